"""Topics by id, slug and external id, and what one topic's page shows beside its posts.

Lists of topics are in `lists/topics.py`, posts in `posts_reading.py`, read state in `readers/topic_states.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Select, case, exists, func, or_, select, union_all

from tertulia.model.actor import Visibility
from tertulia.model.posts import PostType
from tertulia.model.topics import Archetype, Topic, TopicLink
from tertulia.store.engine import Mapper, Query, Tx, among, parameter, query
from tertulia.store.schema.posts import posts
from tertulia.store.schema.topics import (
    topic_allowed_groups,
    topic_allowed_users,
    topic_links,
    topic_posters,
    topics,
)
from tertulia.store.visibility import topic_is_visible, values

TOPIC = Mapper(Topic, topics)
LINK = Mapper(TopicLink, topic_links)


def link_may_tell() -> ColumnElement[bool]:
    """Whether what a link leads to (join topics by `linked_topic_id`) is no topic that is hidden from the reader."""
    return or_(topic_links.c.linked_topic_id.is_(None), topic_is_visible())


def link_is_seen() -> ColumnElement[bool]:
    """Whether the post that holds the link, or of a reflection the one that leads here, is no whisper, and neither
    hidden nor deleted, or the reader sees such posts. What an import brought may name none."""
    holder = posts.alias("holder")
    holds = case((topic_links.c.reflection == 1, topic_links.c.linked_post_id), else_=topic_links.c.post_id)
    unseen = or_(holder.c.post_type == int(PostType.WHISPER), holder.c.hidden == 1, holder.c.deleted_at.is_not(None))
    return or_(parameter("visible_deleted") == 1, ~exists(select(holder.c.id).where(holder.c.id == holds, unseen)))


_FIND = query(lambda: select(*TOPIC.columns).where(topics.c.id == parameter("topic_id"), topic_is_visible()))
_BY_EXTERNAL_ID = query(
    lambda: select(*TOPIC.columns).where(
        func.lower(topics.c.external_id) == parameter("external_id", str), topic_is_visible()
    )
)
_BY_SLUG = query(
    lambda: (
        select(*TOPIC.columns)
        .where(topics.c.slug == parameter("slug", str), topics.c.deleted_at.is_(None), topic_is_visible())
        .order_by(topics.c.id)
        .limit(1)
    )
)
_LIST = query(lambda: select(*TOPIC.columns).where(among(topics.c.id, "ids"), topic_is_visible()))
_LOCK = query(lambda: select(*TOPIC.columns).where(topics.c.id == parameter("topic_id")).with_for_update())
_PARTICIPANTS = query(
    lambda: (
        select(topic_posters.c.user_id, topic_posters.c.post_count)
        .where(topic_posters.c.topic_id == parameter("topic_id"), topic_posters.c.post_count > 0)
        .order_by(topic_posters.c.post_count.desc(), topic_posters.c.user_id.desc())
        .limit(parameter("limit"))
    )
)
_LINKS = query(
    lambda: (
        select(*LINK.columns, case((link_may_tell(), 1), else_=0))
        .select_from(topic_links.outerjoin(topics, topics.c.id == topic_links.c.linked_topic_id))
        .where(
            topic_links.c.topic_id == parameter("topic_id"),
            or_(topic_links.c.reflection == 0, link_may_tell()),
            link_is_seen(),
        )
        .order_by(topic_links.c.clicks.desc(), topic_links.c.id)
        .limit(parameter("limit"))
    )
)
_ALLOWED_USERS = query(
    lambda: (
        select(topic_allowed_users.c.topic_id, topic_allowed_users.c.user_id)
        .where(among(topic_allowed_users.c.topic_id, "ids"))
        .order_by(topic_allowed_users.c.topic_id, topic_allowed_users.c.user_id)
    )
)
_ALLOWED_GROUPS = query(
    lambda: (
        select(topic_allowed_groups.c.topic_id, topic_allowed_groups.c.group_id)
        .where(among(topic_allowed_groups.c.topic_id, "ids"))
        .order_by(topic_allowed_groups.c.topic_id, topic_allowed_groups.c.group_id)
    )
)


def _to_message(*where: ColumnElement[bool]) -> Select[Any]:
    leading = topic_links.join(topics, topics.c.id == topic_links.c.linked_topic_id)
    return select(topic_links.c.id).select_from(leading).where(topics.c.archetype == int(Archetype.MESSAGE), *where)


# Each arm is a range of an index. With OR it would be all links of the topic, of which there may be thousands.
_LEADS_TO_MESSAGES = query(
    lambda: union_all(
        _to_message(
            topic_links.c.topic_id == parameter("topic_id"),
            topic_links.c.clicks == parameter("clicks"),
            topic_links.c.id <= parameter("last_id"),
        ),
        _to_message(topic_links.c.topic_id == parameter("topic_id"), topic_links.c.clicks > parameter("clicks")),
        _to_message(among(topic_links.c.post_id, "post_ids")),
    ).limit(1)
)


async def find_topic(tx: Tx, topic_id: int, *, visibility: Visibility) -> Topic | None:
    """The topic, when the reader can see it."""
    return TOPIC.maybe(await tx.one(_FIND, topic_id=topic_id, **values(visibility)))


async def find_topic_by_external_id(tx: Tx, external_id: str, *, visibility: Visibility) -> Topic | None:
    return TOPIC.maybe(await tx.one(_BY_EXTERNAL_ID, external_id=external_id.lower(), **values(visibility)))


async def find_topic_by_slug(tx: Tx, slug: str, *, visibility: Visibility) -> Topic | None:
    """The oldest topic with the slug that the reader can see; never a deleted one."""
    return TOPIC.maybe(await tx.one(_BY_SLUG, slug=slug, **values(visibility)))


async def list_topics_by_ids(tx: Tx, ids: Iterable[int], *, visibility: Visibility) -> dict[int, Topic]:
    """Those of the topics that the reader can see, by id."""
    rows = await tx.all(_LIST, ids=sorted(set(ids)), **values(visibility))
    return {topic.id: topic for topic in TOPIC.all(rows)}


async def lock_topic(tx: Tx, topic_id: int) -> Topic | None:
    """The topic whoever asks, locked until the unit ends: for services that found it visible before."""
    return TOPIC.maybe(await tx.one(_LOCK, topic_id=topic_id))


async def list_participants(tx: Tx, topic_id: int, *, limit: int) -> list[tuple[int, int]]:
    """(user id, posts) of those who posted most, the busiest first."""
    rows = await tx.all(_PARTICIPANTS, topic_id=topic_id, limit=limit)
    return [(int(row[0]), int(row[1])) for row in rows]


async def list_topic_links(tx: Tx, topic_id: int, *, visibility: Visibility, limit: int) -> tuple[TopicLink, ...]:
    """Links of a topic, the most followed first. What leads to a topic that the reader cannot see has no title,
    and links from such topics are left out, as are those in posts that the reader cannot see."""
    rows = await tx.all(_LINKS, topic_id=topic_id, limit=limit, **values(visibility))
    found = []
    for row in rows:
        link = LINK.one(row)
        found.append(link if row[len(LINK.names)] else msgspec.structs.replace(link, title=""))
    return tuple(found)


async def list_allowed_users(tx: Tx, topic_ids: Iterable[int]) -> dict[int, tuple[int, ...]]:
    """Ids of the users that private messages are for, by topic id."""
    return await _ids_by_topic(tx, _ALLOWED_USERS, topic_ids)


async def list_allowed_groups(tx: Tx, topic_ids: Iterable[int]) -> dict[int, tuple[int, ...]]:
    return await _ids_by_topic(tx, _ALLOWED_GROUPS, topic_ids)


async def _ids_by_topic(tx: Tx, statement: Query, topic_ids: Iterable[int]) -> dict[int, tuple[int, ...]]:
    found: dict[int, list[int]] = {}
    for row in await tx.all(statement, ids=sorted(set(topic_ids))):
        found.setdefault(int(row[0]), []).append(int(row[1]))
    return {topic_id: tuple(ids) for topic_id, ids in found.items()}


async def leads_to_messages(
    tx: Tx, topic_id: int, links: Sequence[TopicLink], *, post_ids: Iterable[int], limit: int
) -> bool:
    """Whether what is shown of a topic depends on which private messages its reader takes part in: whether one is
    linked with any of the posts, or stands before the last of `links` (what `list_topic_links` found with this
    limit), seen or left out. Links further down show nowhere."""
    last = links[-1] if len(links) == limit else None
    found = await tx.value(
        _LEADS_TO_MESSAGES,
        topic_id=topic_id,
        clicks=last.clicks if last else -1,
        last_id=last.id if last else 0,
        post_ids=sorted(set(post_ids)),
    )
    return found is not None
