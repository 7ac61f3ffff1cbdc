"""What somebody did, counted for trust levels, and who is to be looked at.

Counts stop at `enough`, so that a forum's busiest people cost no more than others. All times are ms.
"""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import ColumnElement, FromClause, Select, and_, func, literal_column, or_, select

from tertulia.model.topics import Archetype
from tertulia.model.users import User
from tertulia.store.engine import Query, Tx, parameter, query
from tertulia.store.schema.groups import group_members, groups
from tertulia.store.schema.posts import posts, votes
from tertulia.store.schema.sites import staff_actions
from tertulia.store.schema.topics import topic_posters, topic_states, topics
from tertulia.store.schema.users import user_visits, users
from tertulia.store.users import USER

_PUBLIC = and_(topics.c.archetype == int(Archetype.REGULAR), topics.c.deleted_at.is_(None))
_CHANGED = or_(*(staff_actions.c.action == name for name in ("auto_trust_level_change", "change_trust_level")))


class Threshold(msgspec.Struct, frozen=True, kw_only=True):
    """What must have been reached over all time before anything else is worth counting."""

    days_visited: int
    topics_entered: int
    posts_read: int


def _up_to(build: Any) -> Query:
    """How many rows the SELECT finds, at most `enough`."""

    def bounded() -> Any:
        rows: Select[Any] = build()
        found: FromClause = rows.limit(parameter("enough")).subquery()
        return select(func.count()).select_from(found)

    return query(bounded)


_ONE: ColumnElement[Any] = literal_column("1").label("one")
_REPLIED = _up_to(
    lambda: (
        select(_ONE)
        .select_from(topic_posters.join(topics, topics.c.id == topic_posters.c.topic_id))
        .where(
            topic_posters.c.user_id == parameter("user_id"),
            topic_posters.c.last_posted_at >= parameter("since"),
            topic_posters.c.post_count > 0,
            topics.c.user_id != topic_posters.c.user_id,
            _PUBLIC,
        )
    )
)
_VIEWED = _up_to(
    lambda: (
        select(_ONE)
        .select_from(topic_states.join(topics, topics.c.id == topic_states.c.topic_id))
        .where(
            topic_states.c.user_id == parameter("user_id"),
            topic_states.c.last_visited_at >= parameter("since"),
            topics.c.created_at >= parameter("since"),
            _PUBLIC,
        )
    )
)
_GIVEN = _up_to(
    lambda: select(_ONE).where(
        votes.c.user_id == parameter("user_id"), votes.c.value == 1, votes.c.created_at >= parameter("since")
    )
)
_RECEIVED = _up_to(
    lambda: (
        select(_ONE)
        .select_from(posts.join(votes, votes.c.post_id == posts.c.id))
        .where(
            posts.c.user_id == parameter("user_id"),
            posts.c.like_count > 0,
            votes.c.value == 1,
            votes.c.created_at >= parameter("since"),
        )
    )
)
_NEW_TOPICS = _up_to(lambda: select(_ONE).where(topics.c.created_at >= parameter("since"), _PUBLIC))
_NEW_POSTS = _up_to(lambda: select(_ONE).where(posts.c.created_at >= parameter("since")))
_VISITS = query(
    lambda: select(func.count(), func.coalesce(func.sum(user_visits.c.posts_read), 0)).where(
        user_visits.c.user_id == parameter("user_id"), user_visits.c.day > parameter("after_day")
    )
)
_GRANTED = query(
    lambda: (
        select(func.max(groups.c.grant_trust_level))
        .select_from(group_members.join(groups, groups.c.id == group_members.c.group_id))
        .where(group_members.c.user_id == parameter("user_id"))
    )
)
_CHANGED_AT = query(
    lambda: select(func.max(staff_actions.c.created_at)).where(
        staff_actions.c.target_user_id == parameter("user_id"), _CHANGED
    )
)
_REVIEWABLE = query(
    lambda: (
        select(*USER.columns)
        .where(
            users.c.id > parameter("after_id"),
            users.c.active == 1,
            users.c.manual_locked_trust_level.is_(None),
            or_(
                users.c.trust_level == 3,
                and_(
                    users.c.trust_level == 2,
                    users.c.days_visited >= parameter("days_visited"),
                    users.c.topics_entered >= parameter("topics_entered"),
                    users.c.posts_read >= parameter("posts_read"),
                ),
            ),
        )
        .order_by(users.c.id)
        .limit(parameter("limit"))
    )
)


async def count_topics_replied(tx: Tx, user_id: int, *, since: int, enough: int) -> int:
    """Public topics of others in which the user wrote."""
    return int(await tx.value(_REPLIED, user_id=user_id, since=since, enough=enough))


async def count_new_topics_viewed(tx: Tx, user_id: int, *, since: int, enough: int) -> int:
    """Public topics made since then that the user opened."""
    return int(await tx.value(_VIEWED, user_id=user_id, since=since, enough=enough))


async def count_likes_given(tx: Tx, user_id: int, *, since: int, enough: int) -> int:
    """Likes that the user gave and did not take back."""
    return int(await tx.value(_GIVEN, user_id=user_id, since=since, enough=enough))


async def count_likes_received(tx: Tx, user_id: int, *, since: int, enough: int) -> int:
    """Likes on posts of the user, whenever these were written."""
    return int(await tx.value(_RECEIVED, user_id=user_id, since=since, enough=enough))


async def count_new_topics(tx: Tx, *, since: int, enough: int) -> int:
    """Public topics made since then."""
    return int(await tx.value(_NEW_TOPICS, since=since, enough=enough))


async def count_new_posts(tx: Tx, *, since: int, enough: int) -> int:
    """Posts of every kind written since then, as every kind counts as read."""
    return int(await tx.value(_NEW_POSTS, since=since, enough=enough))


async def count_visits(tx: Tx, user_id: int, *, after_day: int) -> tuple[int, int]:
    """(days, posts read) after a day, which is counted since the epoch."""
    row = await tx.one(_VISITS, user_id=user_id, after_day=after_day)
    return (int(row[0]), int(row[1])) if row else (0, 0)


async def find_granted_level(tx: Tx, user_id: int) -> int:
    """The highest trust level that a group of the user grants; 0 when none does."""
    return int(await tx.value(_GRANTED, user_id=user_id) or 0)


async def find_level_changed_at(tx: Tx, user_id: int) -> int | None:
    """When the staff log last says that the user's trust level changed."""
    at = await tx.value(_CHANGED_AT, user_id=user_id)
    return None if at is None else int(at)


async def list_reviewable(tx: Tx, *, after_id: int, threshold: Threshold, limit: int) -> list[User]:
    """By ascending id: everybody at level 3, and who might get there from 2. Locked levels are left out."""
    return USER.all(await tx.all(_REVIEWABLE, after_id=after_id, limit=limit, **msgspec.structs.asdict(threshold)))
