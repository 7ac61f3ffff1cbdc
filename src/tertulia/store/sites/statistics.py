"""Totals of the whole forum, counted when asked: topics, posts, people, likes; and who runs it."""

from __future__ import annotations

from sqlalchemy import ColumnElement, FromClause, and_, case, func, select

from tertulia.model.posts import PostType
from tertulia.model.sites import SiteCounts
from tertulia.model.topics import Archetype
from tertulia.model.users import SYSTEM_ID, UserCard
from tertulia.store.cards import CARD
from tertulia.store.engine import Query, Tx, parameter, query
from tertulia.store.schema.posts import posts, votes
from tertulia.store.schema.topics import topics
from tertulia.store.schema.users import users

DAY = 86_400_000
_PERIODS = {"day": DAY, "week": 7 * DAY, "month": 30 * DAY}


def _counting(table: FromClause, at: ColumnElement[int], *where: ColumnElement[bool]) -> Query:
    def since(name: str) -> ColumnElement[int]:
        return func.coalesce(func.sum(case((at >= parameter(name), 1), else_=0)), 0)

    return query(
        lambda: select(func.count(), *(since(name) for name in _PERIODS)).select_from(table).where(and_(*where))
    )


_COUNTED = {
    "topics": _counting(
        topics,
        topics.c.created_at,
        topics.c.archetype == int(Archetype.REGULAR),
        topics.c.deleted_at.is_(None),
        topics.c.visible == 1,
    ),
    "posts": _counting(
        posts.join(topics, topics.c.id == posts.c.topic_id),
        posts.c.created_at,
        topics.c.archetype == int(Archetype.REGULAR),
        topics.c.deleted_at.is_(None),
        posts.c.deleted_at.is_(None),
        posts.c.post_type != int(PostType.SMALL_ACTION),
        posts.c.post_type != int(PostType.WHISPER),
    ),
    "users": _counting(users, users.c.created_at, users.c.id != SYSTEM_ID, users.c.staged == 0),
    "likes": _counting(votes, votes.c.created_at, votes.c.value == 1),
    "active": _counting(
        users, users.c.last_seen_at, users.c.id != SYSTEM_ID, users.c.last_seen_at >= parameter("month")
    ),
}
_STAFF = query(
    lambda: (
        select(*CARD.columns)
        .where(users.c.id != SYSTEM_ID, (users.c.admin == 1) | (users.c.moderator == 1))
        .order_by(users.c.id)
        .limit(parameter("limit"))
    )
)
_FIRST = query(lambda: select(func.min(users.c.created_at)))


async def count_site(tx: Tx, *, now: int) -> SiteCounts:
    """Totals and those of the last day, 7 and 30 days. Private messages and deleted things do not count."""
    bounds = {name: now - length for name, length in _PERIODS.items()}
    values: dict[str, int] = {}
    for noun, statement in _COUNTED.items():
        total, day, week, month = await tx.one(statement, **bounds) or (0, 0, 0, 0)
        values |= {f"{noun}_day": int(day), f"{noun}_week": int(week), f"{noun}_month": int(month)}
        if noun != "active":
            values[noun] = int(total)
    return SiteCounts(**values)


async def list_staff(tx: Tx, *, limit: int) -> list[UserCard]:
    """Admins and moderators, the oldest account first."""
    return CARD.all(await tx.all(_STAFF, limit=limit))


async def find_site_age(tx: Tx) -> int:
    """When the first account was made, in ms: the day on which the forum was founded."""
    return int(await tx.value(_FIRST) or 0)
