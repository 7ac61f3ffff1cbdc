"""Topics: locked, put, changed, and what must be unique among them.

Their posts are in `posts.py`, who posted and who follows in `readers.py`, removal for good in `purging.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select

from tertulia.model.actor import Visibility
from tertulia.model.topics import Archetype, Topic
from tertulia.store.engine import Mapper, Tx, insert_query, parameter, query
from tertulia.store.engine.query import POSTGRESQL
from tertulia.store.schema.topics import topic_allowed_groups, topic_allowed_users, topics
from tertulia.store.visibility import topic_is_visible, values
from tertulia.store.writing.rows import change_row

TOPIC = Mapper(Topic, topics)
_CREATED = (
    "title", "title_key", "fancy_title", "slug", "archetype", "category_id", "user_id", "created_at", "updated_at",
    "bumped_at", "last_posted_at", "last_post_user_id", "visible", "external_id", "featured_link",
)  # fmt: skip

_SEEN = query(lambda: select(*TOPIC.columns).where(topics.c.id == parameter("topic_id"), topic_is_visible()))
_SEEN_LOCKED = query(
    lambda: select(*TOPIC.columns).where(topics.c.id == parameter("topic_id"), topic_is_visible()).with_for_update()
)
_AGAIN = query(lambda: select(*TOPIC.columns).where(topics.c.id == parameter("topic_id")))
_INSERT = insert_query(topics, *_CREATED, returning="id")
_SAME_TITLE = query(
    lambda: (
        select(topics.c.id)
        .where(
            topics.c.title_key == parameter("title_key", str),
            topics.c.archetype == int(Archetype.REGULAR),
            topics.c.visible == 1,
            topics.c.deleted_at.is_(None),
            topics.c.id != parameter("except_id"),
        )
        .limit(1)
    )
)
_SAME_TITLE_IN_CATEGORY = query(
    lambda: (
        select(topics.c.id)
        .where(
            topics.c.title_key == parameter("title_key", str),
            topics.c.archetype == int(Archetype.REGULAR),
            topics.c.visible == 1,
            topics.c.deleted_at.is_(None),
            topics.c.id != parameter("except_id"),
            topics.c.category_id == parameter("category"),
        )
        .limit(1)
    )
)
_SAME_EXTERNAL_ID = query(
    lambda: (
        select(topics.c.id)
        .where(topics.c.external_id.is_not(None), func.lower(topics.c.external_id) == parameter("lowered", str))
        .limit(1)
    )
)
_ALLOW_USER = insert_query(topic_allowed_users, "topic_id", "user_id", ignore=True)
_ALLOW_GROUP = insert_query(topic_allowed_groups, "topic_id", "group_id", ignore=True)


async def lock_topic(tx: Tx, topic_id: int, *, visibility: Visibility) -> Topic | None:
    """The topic when the reader can see it; locked until the unit ends where the unit writes."""
    statement = _SEEN_LOCKED if tx.writing else _SEEN
    return TOPIC.maybe(await tx.one(statement, topic_id=topic_id, **values(visibility)))


async def read_topic_again(tx: Tx, topic_id: int) -> Topic:
    """The topic as this unit left it. Raises LookupError when there is none."""
    topic = TOPIC.maybe(await tx.one(_AGAIN, topic_id=topic_id))
    if topic is None:
        raise LookupError(topic_id)
    return topic


async def insert_topic(tx: Tx, *, fields: Mapping[str, Any]) -> int:
    """A topic without posts yet; `fields` holds every column of `_CREATED`."""
    return int(await tx.value(_INSERT, **{name: fields[name] for name in _CREATED}))


async def update_topic(
    tx: Tx, topic_id: int, *, fields: Mapping[str, Any] | None = None, add: Mapping[str, int] | None = None
) -> None:
    """Sets columns and adds to counters; the row's version always rises, as caches ask for it."""
    await change_row(tx, topics, topic_id, fields=fields, add={**(add or {}), "version": 1})


async def lock_title(tx: Tx, title_key: str) -> None:
    """Nobody else decides about the same title until the unit ends. SQLite has one writer anyway."""
    if tx.engine == POSTGRESQL:
        await tx.text("SELECT pg_advisory_xact_lock(hashtextextended($1::text, 0))", title_key)


async def is_title_taken(tx: Tx, title_key: str, *, category_id: int | None, except_id: int = 0) -> bool:
    """Whether a listed ordinary topic (of the category, when one is given) has the title."""
    if category_id is None:
        return await tx.value(_SAME_TITLE, title_key=title_key, except_id=except_id) is not None
    found = await tx.value(_SAME_TITLE_IN_CATEGORY, title_key=title_key, except_id=except_id, category=category_id)
    return found is not None


async def is_external_id_taken(tx: Tx, external_id: str) -> bool:
    """Compared without case (ASCII)."""
    return await tx.value(_SAME_EXTERNAL_ID, lowered=external_id.lower()) is not None


async def allow_readers(tx: Tx, topic_id: int, *, user_ids: list[int], group_ids: list[int]) -> None:
    """Lets users and groups into a private message; those who are in it stay."""
    await tx.many(_ALLOW_USER, [{"topic_id": topic_id, "user_id": user_id} for user_id in user_ids])
    await tx.many(_ALLOW_GROUP, [{"topic_id": topic_id, "group_id": group_id} for group_id in group_ids])
