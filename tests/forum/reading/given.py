"""Rows for tests of reading, inserted one by one so that every case can be made, also those that services refuse."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import Table

from tertulia.forum.sessions.actors import build_actor
from tertulia.forum.sites.knobs import load_settings
from tertulia.forum.unit import Ports, Unit
from tertulia.model.actor import Credential
from tertulia.store.engine import Tx, insert_query
from tertulia.store.schema.categories import categories, category_grants
from tertulia.store.schema.groups import group_members, groups
from tertulia.store.schema.posts import posts
from tertulia.store.schema.tags import levels, tags, topic_tags
from tertulia.store.schema.topics import topic_allowed_users, topic_posters, topic_states, topics
from tertulia.store.users import find_user, insert_user
from tertulia.store.versions import PERMISSIONS, bump_version

HOUR = 3_600_000
DAY = 24 * HOUR


async def insert(tx: Tx, table: Table, *, returning: str | None = None, **fields: Any) -> Any:
    if table.name == "votes":
        fields["topic_id"] = (await tx.text(f"SELECT topic_id FROM posts WHERE id = {int(fields['post_id'])}"))[0][0]
    statement = insert_query(table, *fields, returning=returning)
    return await (tx.value if returning else tx.run)(statement, **fields)


@asynccontextmanager
async def acting(
    ports: Ports, user_id: int | None = None, *, credential: Credential | None = None, address: str = ""
) -> AsyncIterator[Unit]:
    """A unit of somebody (None = anonymous) that commits at its end."""
    async with ports.unit() as looking:
        user = await find_user(looking.tx, user_id) if user_id is not None else None
        actor = await build_actor(looking, user, credential=credential, address=address)
        settings = await load_settings(looking)
    async with ports.unit(actor, settings=settings) as unit:
        yield unit
        await unit.commit()


async def make_user(unit: Unit, username: str, **fields: Any) -> int:
    shown = {
        "username": username,
        "username_key": username.lower(),
        "name": "",
        "active": 1,
        "approved": 1,
        "admin": 0,
        "moderator": 0,
        "trust_level": 1,
        "locale": "",
        "created_at": unit.now - 400 * DAY,
        "updated_at": unit.now,
    }
    return await insert_user(unit.tx, fields={**shown, **fields})


async def make_group(unit: Unit, name: str, *, members: tuple[int, ...]) -> int:
    group_id = int(
        await insert(
            unit.tx, groups, returning="id", name=name, name_key=name, created_at=unit.now, updated_at=unit.now
        )
    )
    for user_id in members:
        await insert(unit.tx, group_members, group_id=group_id, user_id=user_id, created_at=unit.now)
    return group_id


async def make_category(unit: Unit, name: str, *, grants: dict[int, int], parent_id: int = 0) -> int:
    slug = name.lower()
    category_id = int(
        await insert(
            unit.tx,
            categories,
            returning="id",
            name=name,
            name_key=slug,
            slug=slug,
            slug_key=slug,
            parent_id=parent_id,
            restricted=int(0 not in grants),
            created_at=unit.now,
            updated_at=unit.now,
        )
    )
    for group_id, bits in grants.items():
        await insert(unit.tx, category_grants, category_id=category_id, holder=0, holder_id=group_id, bits=bits)
    await bump_version(unit.tx, PERMISSIONS)
    return category_id


async def make_topic(
    unit: Unit, title: str, *, by: int, category_id: int | None = 1, at: int | None = None, **fields: Any
) -> int:
    """A topic without posts; `at` is when it was created and bumped."""
    moment = unit.now if at is None else at
    shown = {
        "title": title,
        "title_key": title.lower(),
        "fancy_title": title,
        "slug": title.lower().replace(" ", "-"),
        "archetype": int(category_id is None),
        "category_id": category_id,
        "user_id": by,
        "created_at": moment,
        "updated_at": moment,
        "bumped_at": moment,
        "last_posted_at": moment,
        "last_post_user_id": by,
        "version": 1,
        "visible": 1,
    }
    made = {**shown, **fields}
    if category_id is not None and made["visible"] and not made.get("deleted_at"):
        await unit.tx.text(f"UPDATE categories SET topic_count = topic_count + 1 WHERE id = {category_id}")
    return int(await insert(unit.tx, topics, returning="id", **made))


async def make_post(unit: Unit, topic_id: int, number: int, *, by: int, **fields: Any) -> int:
    """A post; the topic's counters follow when it is an ordinary one."""
    shown = {
        "topic_id": topic_id,
        "post_number": number,
        "user_id": by,
        "raw": f"Text {number} of topic {topic_id}",
        "cooked": f"<p>Text {number} of topic {topic_id}</p>",
        "created_at": unit.now,
        "updated_at": unit.now,
        "last_editor_id": by,
    }
    post_id = int(await insert(unit.tx, posts, returning="id", **{**shown, **fields}))
    first = ", first_post_id = $1" if number == 1 else ""
    text = (
        f"UPDATE topics SET last_post_id = $1, last_post_user_id = $2, posts_count = posts_count + 1,"
        f" highest_post_number = $3{first} WHERE id = $4"
    )
    if unit.tx.engine == "sqlite":
        text = text.replace("$1", "?1").replace("$2", "?2").replace("$3", "?3").replace("$4", "?4")
    await unit.tx.text(text, post_id, by, number, topic_id)
    return post_id


async def post_ids(unit: Unit) -> list[int]:
    return [int(row[0]) for row in await unit.tx.text("SELECT id FROM posts ORDER BY id")]


async def make_discussion(unit: Unit, title: str, *, by: int, posts_of: tuple[int, ...] = (), **fields: Any) -> int:
    """A topic with a first post and one reply by each of `posts_of`, and the faces that follow."""
    topic_id = await make_topic(unit, title, by=by, **fields)
    authors = (by, *posts_of)
    for number, author in enumerate(authors, start=1):
        await make_post(unit, topic_id, number, by=author, created_at=unit.now - DAY + number)
    for author in dict.fromkeys(authors):
        await insert(
            unit.tx,
            topic_posters,
            topic_id=topic_id,
            user_id=author,
            post_count=authors.count(author),
            last_posted_at=unit.now,
        )
    return topic_id


async def make_message(unit: Unit, title: str, *, by: int, to: tuple[int, ...], **fields: Any) -> int:
    topic_id = await make_discussion(unit, title, by=by, category_id=None, posts_of=to, **fields)
    for user_id in (by, *to):
        await insert(unit.tx, topic_allowed_users, topic_id=topic_id, user_id=user_id, archived_at=0)
    return topic_id


async def make_tag(unit: Unit, name: str, *, topic_ids: tuple[int, ...] = ()) -> int:
    tag_id = int(
        await insert(
            unit.tx,
            tags,
            returning="id",
            name=name,
            name_key=name.lower(),
            topic_count=len(topic_ids),
            created_at=unit.now,
        )
    )
    for topic_id in topic_ids:
        await insert(unit.tx, topic_tags, topic_id=topic_id, tag_id=tag_id, position=0)
    return tag_id


async def set_state(unit: Unit, topic_id: int, user_id: int, **fields: Any) -> None:
    await insert(unit.tx, topic_states, topic_id=topic_id, user_id=user_id, **fields)


async def mute(unit: Unit, user_id: int, *, subject: int, subject_id: int) -> None:
    await insert(unit.tx, levels, user_id=user_id, subject=subject, subject_id=subject_id, level=0)
