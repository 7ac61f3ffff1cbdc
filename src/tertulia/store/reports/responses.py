"""How soon topics are answered: the first reply of each topic of a range of days, found by its number."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, select

from tertulia.model.posts import PostType
from tertulia.model.topics import Archetype
from tertulia.store.engine import Query, Tx, among, parameter, query
from tertulia.store.reports.series import DAY, DAY_LITERAL
from tertulia.store.schema.posts import posts
from tertulia.store.schema.topics import topics


def _responses(*where: ColumnElement[bool], by_category: bool = False) -> Query:
    reply = (
        select(posts.c.created_at)
        .where(
            posts.c.topic_id == topics.c.id,
            posts.c.post_number > 1,
            posts.c.user_id != topics.c.user_id,
            posts.c.user_id > 0,
            posts.c.deleted_at.is_(None),
            posts.c.post_type == int(PostType.REGULAR),
        )
        .order_by(posts.c.post_number)
        .limit(1)
        .correlate(topics)
        .scalar_subquery()
    )
    each = (
        select(
            (topics.c.created_at // DAY_LITERAL).label("on_day"),
            topics.c.category_id.label("category"),
            topics.c.created_at.label("asked_at"),
            reply.label("answered_at"),
        )
        .where(
            topics.c.archetype == int(Archetype.REGULAR),
            topics.c.deleted_at.is_(None),
            topics.c.created_at >= parameter("since"),
            topics.c.created_at < parameter("until"),
            *where,
        )
        .subquery()
    )
    waited = func.coalesce(func.sum(each.c.answered_at - each.c.asked_at), 0)
    groups = (each.c.on_day, each.c.category) if by_category else (each.c.on_day,)
    return query(
        lambda: (
            select(*groups, func.count() - func.count(each.c.answered_at), func.count(each.c.answered_at), waited)
            .group_by(*groups)
            .order_by(*groups)
        )
    )


_ALL = _responses()
_BY_CATEGORY = _responses(topics.c.category_id.is_not(None), by_category=True)
_IN_CATEGORIES = _responses(among(topics.c.category_id, "categories"))


async def count_responses(
    tx: Tx, *, first: int, last: int, categories: Sequence[int] = ()
) -> dict[int, tuple[int, int, int]]:
    """By day, of topics begun on it: those nobody else answered, those somebody did, ms waited for that together."""
    statement = _IN_CATEGORIES if categories else _ALL
    rows = await tx.all(statement, since=first * DAY, until=(last + 1) * DAY, categories=list(categories))
    return {int(row[0]): (int(row[1]), int(row[2]), int(row[3])) for row in rows}


async def count_category_responses(tx: Tx, *, first: int, last: int) -> dict[tuple[int, int], tuple[int, int, int]]:
    """The same by (day, category id)."""
    rows = await tx.all(_BY_CATEGORY, since=first * DAY, until=(last + 1) * DAY)
    return {(int(row[0]), int(row[1])): (int(row[2]), int(row[3]), int(row[4])) for row in rows}
