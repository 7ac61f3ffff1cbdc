"""What a post refers to: people it names, posts it quotes, links it holds.

Each is replaced as a whole when a text changes; a post that `is_new` referred to nothing, so that nothing is asked.
What a text refers to is found by `forum/posts/references.py`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, delete, or_, select, update

from tertulia.model.actor import Visibility
from tertulia.model.topics import Archetype
from tertulia.store.engine import Tx, among, insert_query, parameter, query
from tertulia.store.schema.posts import post_group_mentions, post_mentions, post_quotes, posts
from tertulia.store.schema.topics import topic_links, topics
from tertulia.store.schema.users import users
from tertulia.store.visibility import topic_is_visible, values


def _is_of_post() -> ColumnElement[bool]:
    """Its links and where they show in other topics; not what other posts' links show in it."""
    return or_(
        (topic_links.c.post_id == parameter("post_id")) & (topic_links.c.reflection == 0),
        (topic_links.c.linked_post_id == parameter("post_id")) & (topic_links.c.reflection == 1),
    )


_NAMED_USERS = query(
    lambda: select(users.c.id, users.c.username, users.c.username_key).where(among(users.c.username_key, "keys"))
)
_CLEAR_MENTIONS = query(lambda: delete(post_mentions).where(post_mentions.c.post_id == parameter("post_id")))
_MENTION = insert_query(post_mentions, "post_id", "user_id", ignore=True)
_CLEAR_GROUP_MENTIONS = query(
    lambda: delete(post_group_mentions).where(post_group_mentions.c.post_id == parameter("post_id"))
)
_GROUP_MENTION = insert_query(post_group_mentions, "post_id", "group_id", ignore=True)
_QUOTABLE = query(
    lambda: (
        select(posts.c.topic_id, posts.c.post_number, posts.c.id)
        .select_from(posts.join(topics, topics.c.id == posts.c.topic_id))
        .where(
            among(posts.c.topic_id, "topic_ids"),
            among(posts.c.post_number, "numbers"),
            posts.c.deleted_at.is_(None),
            topic_is_visible(),
        )
    )
)
_QUOTED = query(lambda: select(post_quotes.c.quoted_post_id).where(post_quotes.c.post_id == parameter("post_id")))
_CLEAR_QUOTES = query(lambda: delete(post_quotes).where(post_quotes.c.post_id == parameter("post_id")))
_QUOTE = insert_query(post_quotes, "post_id", "quoted_post_id", ignore=True)
_COUNT_QUOTES = query(
    lambda: (
        update(posts).where(among(posts.c.id, "quoted_ids")).values(quote_count=posts.c.quote_count + parameter("by"))
    )
)
_CLEAR_LINKS = query(lambda: delete(topic_links).where(_is_of_post()))
_LINKS_BEFORE = query(
    lambda: select(
        topic_links.c.topic_id, topic_links.c.url, topic_links.c.reflection, topic_links.c.clicks,
        topic_links.c.created_at,
    ).where(_is_of_post())
)  # fmt: skip
# What an import brought of a link has the other forum's address before the path, and names no post.
_CLEAR_IMPORTED = query(
    lambda: delete(topic_links).where(
        topic_links.c.post_id == parameter("post_id"),
        topic_links.c.reflection == 1,
        topic_links.c.linked_post_id.is_(None),
        topic_links.c.linked_topic_id == parameter("linked_topic_id"),
        topic_links.c.url.endswith(parameter("path", str)),
    )
)
_LINK = insert_query(
    topic_links, "topic_id", "post_id", "user_id", "url", "domain", "title", "internal", "reflection",
    "linked_topic_id", "linked_post_id", "clicks", "created_at",
)  # fmt: skip
_LINKED = query(
    lambda: select(topics.c.id, topics.c.title, topics.c.first_post_id).where(
        among(topics.c.id, "topic_ids"),
        topics.c.archetype == int(Archetype.REGULAR),
        topics.c.deleted_at.is_(None),
        topic_is_visible(),
    )
)


async def list_named_users(tx: Tx, keys: Collection[str]) -> dict[str, tuple[int, str]]:
    """(id, username) by the key under which users are unique; names that nobody has are left out."""
    return {row[2]: (int(row[0]), row[1]) for row in await tx.all(_NAMED_USERS, keys=list(keys))} if keys else {}


async def replace_mentions(tx: Tx, post_id: int, user_ids: Sequence[int], *, is_new: bool = False) -> None:
    if not is_new:
        await tx.run(_CLEAR_MENTIONS, post_id=post_id)
    if user_ids:
        await tx.many(_MENTION, [{"post_id": post_id, "user_id": user_id} for user_id in user_ids])


async def replace_group_mentions(tx: Tx, post_id: int, group_ids: Sequence[int], *, is_new: bool = False) -> None:
    if not is_new:
        await tx.run(_CLEAR_GROUP_MENTIONS, post_id=post_id)
    if group_ids:
        await tx.many(_GROUP_MENTION, [{"post_id": post_id, "group_id": group_id} for group_id in group_ids])


async def find_quotable(
    tx: Tx, places: Collection[tuple[int, int]], *, visibility: Visibility
) -> dict[tuple[int, int], int]:
    """Post ids by (topic id, post number), of those that the author can see."""
    if not places:
        return {}
    found = await tx.all(
        _QUOTABLE,
        topic_ids=sorted({topic_id for topic_id, _ in places}),
        numbers=sorted({number for _, number in places}),
        **values(visibility),
    )
    by_place = {(int(row[0]), int(row[1])): int(row[2]) for row in found}
    return {place: by_place[place] for place in places if place in by_place}


async def replace_quotes(
    tx: Tx, post_id: int, quoted_ids: Collection[int], *, counted: bool, is_new: bool = False
) -> None:
    """Makes these the posts that the post quotes, and keeps their counts unless the post is deleted (not `counted`)."""
    before = set() if is_new else await list_quoted(tx, post_id)
    wanted = set(quoted_ids) - {post_id}
    if before:
        await tx.run(_CLEAR_QUOTES, post_id=post_id)
    if wanted:
        await tx.many(_QUOTE, [{"post_id": post_id, "quoted_post_id": quoted} for quoted in sorted(wanted)])
    if counted:
        await count_quotes(tx, sorted(wanted - before), by=1)
        await count_quotes(tx, sorted(before - wanted), by=-1)


async def list_quoted(tx: Tx, post_id: int) -> set[int]:
    return {int(row[0]) for row in await tx.all(_QUOTED, post_id=post_id)}


async def count_quotes(tx: Tx, quoted_ids: Sequence[int], *, by: int) -> None:
    """Adds to how often posts are quoted."""
    if quoted_ids:
        await tx.run(_COUNT_QUOTES, quoted_ids=list(quoted_ids), by=by)


async def find_linkable(tx: Tx, topic_ids: Collection[int], *, visibility: Visibility) -> dict[int, tuple[str, int]]:
    """(title, first post id) by id, of those ordinary topics that the author can see."""
    if not topic_ids:
        return {}
    rows = await tx.all(_LINKED, topic_ids=list(topic_ids), **values(visibility))
    return {int(row[0]): (row[1], int(row[2])) for row in rows}


async def replace_links(tx: Tx, post_id: int, rows: Sequence[Mapping[str, Any]], *, is_new: bool = False) -> None:
    """Makes these the links of the post, reflections in the topics it leads to included.

    A link that it had before keeps its clicks and its time."""
    before: dict[tuple[int, str, int], dict[str, int]] = {}
    if not is_new:
        for topic_id, url, reflection, clicks, created_at in await tx.all(_LINKS_BEFORE, post_id=post_id):
            before[int(topic_id), url, int(reflection)] = {"clicks": int(clicks), "created_at": int(created_at)}
        await tx.run(_CLEAR_LINKS, post_id=post_id)
        for row in (row for row in rows if row["reflection"]):
            lead = row["linked_topic_id"]
            await tx.run(_CLEAR_IMPORTED, post_id=row["post_id"], linked_topic_id=lead, path=row["url"])
    if rows:
        none: dict[str, int] = {"clicks": 0}
        kept = [before.get((row["topic_id"], row["url"], row["reflection"]), none) for row in rows]
        await tx.many(_LINK, [{**row, **known} for row, known in zip(rows, kept, strict=True)])
