"""Who takes part in private messages, who put one away, and how closely they follow it.

What a reader sees of messages is in `store/visibility.py`; lists of them are in `lists/clauses.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, delete, exists, func, or_, select, update

from tertulia.model.levels import Level
from tertulia.model.posts import PostType
from tertulia.model.topics import Archetype
from tertulia.store.engine import Tx, among, insert_query, parameter, query
from tertulia.store.schema.posts import posts
from tertulia.store.schema.topics import topic_allowed_groups, topic_allowed_users, topic_states, topics

_USERS, _GROUPS = topic_allowed_users.c, topic_allowed_groups.c
_ALLOW = insert_query(topic_allowed_users, "topic_id", "user_id", ignore=True)
_BY_GROUP = query(
    lambda: (
        select(_GROUPS.group_id)
        .where(_GROUPS.topic_id == parameter("of_topic"), among(_GROUPS.group_id, "group_ids"))
        .order_by(_GROUPS.group_id)
    )
)
_BY_NAME = query(
    lambda: select(_USERS.user_id).where(
        _USERS.topic_id == parameter("of_topic"), _USERS.user_id == parameter("of_user")
    )
)
_TAKE_USER = query(
    lambda: delete(topic_allowed_users).where(
        _USERS.topic_id == parameter("of_topic"), _USERS.user_id == parameter("of_user")
    )
)
_TAKE_GROUP = query(
    lambda: delete(topic_allowed_groups).where(
        _GROUPS.topic_id == parameter("of_topic"), _GROUPS.group_id == parameter("of_group")
    )
)
_TAKE_ALL = (
    query(lambda: delete(topic_allowed_users).where(_USERS.topic_id == parameter("of_topic"))),
    query(lambda: delete(topic_allowed_groups).where(_GROUPS.topic_id == parameter("of_topic"))),
)
_COUNT_USERS = query(lambda: select(func.count()).where(_USERS.topic_id == parameter("of_topic")))
_COUNT_GROUPS = query(lambda: select(func.count()).where(_GROUPS.topic_id == parameter("of_topic")))
_ARCHIVE_USER = query(
    lambda: (
        update(topic_allowed_users)
        .where(_USERS.topic_id == parameter("of_topic"), _USERS.user_id == parameter("of_user"))
        .values(archived_at=parameter("at"))
    )
)
_ARCHIVE_GROUPS = query(
    lambda: (
        update(topic_allowed_groups)
        .where(_GROUPS.topic_id == parameter("of_topic"), among(_GROUPS.group_id, "group_ids"))
        .values(archived_at=parameter("at"))
    )
)
_IS_ARCHIVED = query(
    lambda: (
        select(_USERS.topic_id)
        .where(_USERS.topic_id == parameter("of_topic"), _USERS.user_id == parameter("of_user"), _USERS.archived_at > 0)
        .union_all(
            select(_GROUPS.topic_id).where(
                _GROUPS.topic_id == parameter("of_topic"), among(_GROUPS.group_id, "group_ids"), _GROUPS.archived_at > 0
            )
        )
    )
)


def _muted() -> ColumnElement[bool]:
    return exists(
        select(topic_states.c.topic_id).where(
            topic_states.c.topic_id == _USERS.topic_id,
            topic_states.c.user_id == _USERS.user_id,
            topic_states.c.level == int(Level.MUTED),
        )
    )


_BACK_USERS = query(
    lambda: (
        update(topic_allowed_users)
        .where(_USERS.topic_id == parameter("of_topic"), _USERS.archived_at > 0, ~_muted())
        .values(archived_at=0)
    )
)
_BACK_GROUPS = query(
    lambda: (
        update(topic_allowed_groups)
        .where(_GROUPS.topic_id == parameter("of_topic"), _GROUPS.archived_at > 0)
        .values(archived_at=0)
    )
)
_FOLLOW = insert_query(topic_states, "topic_id", "user_id", "level", ignore=True)
_CHOOSE = query(
    lambda: (
        update(topic_states)
        .where(
            topic_states.c.topic_id == parameter("of_topic"),
            topic_states.c.user_id == parameter("of_user"),
            or_(topic_states.c.level.is_(None), topic_states.c.level == int(Level.REGULAR)),
        )
        .values(level=parameter("wanted"))
    )
)
_FORGET = query(
    lambda: (
        update(topic_states)
        .where(topic_states.c.topic_id == parameter("of_topic"), topic_states.c.user_id == parameter("of_user"))
        .values(level=None)
    )
)
_BEGUN = query(
    lambda: (
        select(topics.c.created_at)
        .where(
            topics.c.user_id == parameter("of_user"),
            topics.c.created_at > parameter("since"),
            topics.c.archetype == int(Archetype.MESSAGE),
        )
        .order_by(topics.c.created_at)
    )
)
_POSTERS = query(
    lambda: (
        select(posts.c.user_id, func.count(posts.c.id))
        .where(
            posts.c.topic_id == parameter("of_topic"),
            posts.c.deleted_at.is_(None),
            posts.c.post_type <= int(PostType.MODERATOR_ACTION),
        )
        .group_by(posts.c.user_id)
        .order_by(posts.c.user_id)
        .limit(parameter("limit"))
    )
)


async def take_part(tx: Tx, topic_id: int, user_id: int, *, group_ids: Iterable[int]) -> None:
    """Somebody who writes is in the message from now on, unless one of their groups is."""
    if not await list_groups_in(tx, topic_id, group_ids=group_ids):
        await tx.run(_ALLOW, topic_id=topic_id, user_id=user_id)


async def is_in(tx: Tx, topic_id: int, user_id: int) -> bool:
    """Whether the message is for the user by name."""
    return await tx.value(_BY_NAME, of_topic=topic_id, of_user=user_id) is not None


async def list_groups_in(tx: Tx, topic_id: int, *, group_ids: Iterable[int]) -> list[int]:
    """Those of the groups that the message is for."""
    rows = await tx.all(_BY_GROUP, of_topic=topic_id, group_ids=sorted(set(group_ids)))
    return [int(row[0]) for row in rows]


async def count_people(tx: Tx, topic_id: int) -> tuple[int, int]:
    """How many users and groups the message is for."""
    return (
        int(await tx.value(_COUNT_USERS, of_topic=topic_id)),
        int(await tx.value(_COUNT_GROUPS, of_topic=topic_id)),
    )


async def remove_user(tx: Tx, topic_id: int, user_id: int) -> bool:
    """Takes a user out and lets them follow it no longer; False when the message was not for them."""
    if await tx.run(_TAKE_USER, of_topic=topic_id, of_user=user_id) == 0:
        return False
    await tx.run(_FORGET, of_topic=topic_id, of_user=user_id)
    return True


async def remove_group(tx: Tx, topic_id: int, group_id: int) -> bool:
    """Takes a group out; False when the message was not for it."""
    return await tx.run(_TAKE_GROUP, of_topic=topic_id, of_group=group_id) > 0


async def remove_everybody(tx: Tx, topic_id: int) -> None:
    """The topic is for nobody by name any more."""
    for statement in _TAKE_ALL:
        await tx.run(statement, of_topic=topic_id)


async def set_archived(tx: Tx, topic_id: int, user_id: int, *, at: int) -> None:
    """Puts the message away for one user (`at` in ms), or back (0)."""
    await tx.run(_ARCHIVE_USER, of_topic=topic_id, of_user=user_id, at=at)


async def set_archived_for_groups(tx: Tx, topic_id: int, group_ids: Sequence[int], *, at: int) -> None:
    """The same for groups that the message is for."""
    await tx.run(_ARCHIVE_GROUPS, of_topic=topic_id, group_ids=list(group_ids), at=at)


async def is_archived(tx: Tx, topic_id: int, user_id: int, *, group_ids: Iterable[int]) -> bool:
    """Whether the user, or one of the groups, put the message away."""
    found = await tx.one(_IS_ARCHIVED, of_topic=topic_id, of_user=user_id, group_ids=sorted(set(group_ids)))
    return found is not None


async def bring_back(tx: Tx, topic_id: int) -> None:
    """To the inbox of everybody who put it away, except those who muted it."""
    await tx.run(_BACK_USERS, of_topic=topic_id)
    await tx.run(_BACK_GROUPS, of_topic=topic_id)


async def follow_message(tx: Tx, topic_id: int, levels: Iterable[tuple[int, int]]) -> None:
    """(user id, level) of people who now take part; a level that somebody chose stays."""
    pairs = sorted(set(levels))
    await tx.many(_FOLLOW, [{"topic_id": topic_id, "user_id": user, "level": level} for user, level in pairs])
    await tx.many(_CHOOSE, [{"of_topic": topic_id, "of_user": user, "wanted": level} for user, level in pairs])


async def list_begun(tx: Tx, user_id: int, *, since: int) -> list[int]:
    """When the user began messages after `since` (ms), the oldest first."""
    return [int(row[0]) for row in await tx.all(_BEGUN, of_user=user_id, since=since)]


async def list_posters(tx: Tx, topic_id: int, *, limit: int) -> list[tuple[int, int]]:
    """(user id, posts) of at most `limit` people who have visible posts in the topic, by id."""
    rows = await tx.all(_POSTERS, of_topic=topic_id, limit=limit)
    return [(int(row[0]), int(row[1])) for row in rows]
