"""What tests of categories, tags, search and the site begin with: people, topics and posts, put by the store."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any

import pytest

from tertulia.forum.indexing.posts import index_post
from tertulia.forum.sessions.actors import build_actor
from tertulia.forum.sites.knobs import load_settings
from tertulia.forum.tags.names import tag_key
from tertulia.forum.tags.tagging import replace_topic_tags
from tertulia.forum.unit import Ports, Unit
from tertulia.forum.users.names import username_key
from tertulia.store import tags as tag_store
from tertulia.store.engine import insert_query
from tertulia.store.schema.posts import posts
from tertulia.store.schema.topics import topic_allowed_users, topics
from tertulia.store.users import find_user, insert_user

ADMIN = 1
_TOPIC = (
    "title", "title_key", "slug", "archetype", "category_id", "user_id", "created_at", "updated_at", "bumped_at",
    "last_posted_at", "last_post_user_id", "posts_count", "highest_post_number", "visible", "closed", "views",
    "deleted_at", "pinned_at",
)  # fmt: skip
_POST = (
    "topic_id", "post_number", "user_id", "post_type", "raw", "cooked", "like_count", "created_at", "updated_at",
    "deleted_at", "hidden", "wiki",
)  # fmt: skip
_INSERT_TOPIC = insert_query(topics, *_TOPIC, returning="id")
_INSERT_POST = insert_query(posts, *_POST, returning="id")
_ALLOW = insert_query(topic_allowed_users, "topic_id", "user_id")


@contextlib.asynccontextmanager
async def acting(ports: Ports, user_id: int | None = ADMIN) -> AsyncIterator[Unit]:
    """A unit for a user (None: a visitor) with the settings in force; what is not committed is undone."""
    async with ports.unit() as unit:
        user = None if user_id is None else await find_user(unit.tx, user_id)
        unit.actor = await build_actor(unit, user)
        unit.settings = await load_settings(unit)
        yield unit


async def add_user(ports: Ports, username: str, **fields: Any) -> int:
    async with ports.unit() as unit:
        await unit.write()
        user_id = await insert_user(
            unit.tx,
            fields={
                "username": username,
                "username_key": username_key(username),
                "name": "",
                "active": 1,
                "approved": 1,
                "admin": 0,
                "moderator": 0,
                "trust_level": 1,
                "locale": "",
                "created_at": unit.now,
                "updated_at": unit.now,
                **fields,
            },
        )
        await unit.commit()
    return user_id


async def add_topic(ports: Ports, title: str, *bodies: str, user_id: int = ADMIN, **fields: Any) -> int:
    """A topic with one post a body; `fields` are columns, and `tags` their names, `to` who a message is for."""
    tags: Sequence[str] = fields.pop("tags", ())
    to: Sequence[int] = fields.pop("to", ())
    async with ports.unit() as unit:
        await unit.write()
        at = fields.pop("at", unit.now)
        shared = {"created_at": at, "updated_at": at, "bumped_at": at, "last_posted_at": at}
        blank = dict.fromkeys(_TOPIC) | {"archetype": 1 if to else 0, "visible": 1, "closed": 0, "views": 0}
        blank |= {"title": title, "title_key": title.casefold(), "slug": "topic", "user_id": user_id}
        blank |= {"category_id": None if to else 1, "last_post_user_id": user_id}
        blank |= {"posts_count": len(bodies), "highest_post_number": len(bodies)}
        topic_id = int(await unit.tx.value(_INSERT_TOPIC, **{**blank, **shared, **fields}))
        for person in to:
            await unit.tx.run(_ALLOW, topic_id=topic_id, user_id=person)
        ids = []
        for number, body in enumerate(bodies, start=1):
            ids.append(await _add_post(unit, topic_id, number, user_id=user_id, title=title, body=body, at=at))
        await unit.tx.text(
            f"UPDATE topics SET last_post_id = {ids[-1]}, first_post_id = {ids[0]} WHERE id = {topic_id}"
        )
        await replace_topic_tags(unit.tx, topic_id, [await _tag(unit, name) for name in tags])
        await unit.commit()
    return topic_id


async def add_post(ports: Ports, topic_id: int, number: int, body: str, *, user_id: int = ADMIN, **fields: Any) -> int:
    async with ports.unit() as unit:
        await unit.write()
        at = fields.pop("at", unit.now)
        post_id = await _add_post(unit, topic_id, number, user_id=user_id, title="", body=body, at=at, **fields)
        await unit.commit()
    return post_id


async def _add_post(
    unit: Unit, topic_id: int, number: int, *, user_id: int, title: str, body: str, at: int, **fields: Any
) -> int:
    blank = {"post_type": 1, "like_count": 0, "deleted_at": None, "hidden": 0, "wiki": 0}
    post_id = await unit.tx.value(
        _INSERT_POST,
        topic_id=topic_id,
        post_number=number,
        user_id=user_id,
        raw=body,
        cooked=f"<p>{body}</p>",
        created_at=at,
        updated_at=at,
        **{**blank, **fields},
    )
    await index_post(unit, post_id=int(post_id), title=title if number == 1 else "", body=body)
    return int(post_id)


async def _tag(unit: Unit, name: str) -> int:
    known = await tag_store.list_tags_by_key(unit.tx, {tag_key(name)})
    if known:
        return next(iter(known.values())).id
    return await tag_store.insert_tag(unit.tx, name=name, name_key=tag_key(name), description="", now=unit.now)


@contextlib.contextmanager
def counted(unit: Unit) -> Iterator[list[str]]:
    """The statements that the unit's transaction runs meanwhile."""
    seen: list[str] = []
    tx = unit.tx
    before = type(tx).all, type(tx).one

    async def all_(self: Any, query: Any, /, **values: Any) -> Any:
        seen.append(str(query))
        return await before[0](self, query, **values)

    async def one(self: Any, query: Any, /, **values: Any) -> Any:
        if tx.engine == "sqlite":  # on PostgreSQL it is made of `all`
            seen.append(str(query))
        return await before[1](self, query, **values)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(tx), "all", all_)
        patch.setattr(type(tx), "one", one)
        yield seen
