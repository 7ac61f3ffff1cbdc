"""How soon topics are answered: the first reply of each topic of a range of days, found by its number."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, select

from tertulia.model.posts import PostType
from tertulia.model.topics import Archetype
from tertulia.store.engine import Query, Tx, among, parameter, query
from tertulia.store.reports.kept import Numbers
from tertulia.store.reports.series import DAY, DAY_LITERAL, QUARTER, QUARTER_LITERAL
from tertulia.store.schema.posts import posts
from tertulia.store.schema.topics import topics


def _responses(
    *where: ColumnElement[bool], by_category: bool = False, length: ColumnElement[int] = DAY_LITERAL
) -> Query:
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
            (topics.c.created_at // length).label("span"),
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
    groups = (each.c.span, each.c.category) if by_category else (each.c.span,)
    return query(
        lambda: (
            select(*groups, func.count() - func.count(each.c.answered_at), func.count(each.c.answered_at), waited)
            .group_by(*groups)
            .order_by(*groups)
        )
    )


_ALL = {DAY: _responses(), QUARTER: _responses(length=QUARTER_LITERAL)}
_BY_CATEGORY = _responses(topics.c.category_id.is_not(None), by_category=True)
_IN_CATEGORIES = _responses(among(topics.c.category_id, "categories"))


async def count_responses(tx: Tx, *, since: int, until: int, length: int) -> dict[int, Numbers]:
    """Of topics begun from `since` to before `until` (ms), by days or quarters of an hour, whichever is `length` ms:
    those nobody else answered, those somebody did, ms waited for that together."""
    return _spans(await tx.all(_ALL[length], since=since, until=until))


async def count_responses_in(tx: Tx, *, first: int, last: int, categories: Sequence[int]) -> dict[int, Numbers]:
    """The same of the topics in these categories, by day from `first` to `last`."""
    rows = await tx.all(_IN_CATEGORIES, since=first * DAY, until=(last + 1) * DAY, categories=list(categories))
    return _spans(rows)


async def count_category_responses(tx: Tx, *, first: int, last: int) -> dict[tuple[int, int], Numbers]:
    """The same of all topics by (day, category id)."""
    rows = await tx.all(_BY_CATEGORY, since=first * DAY, until=(last + 1) * DAY)
    return {(int(row[0]), int(row[1])): (int(row[2]), int(row[3]), int(row[4])) for row in rows}


def _spans(rows: Sequence[Sequence[int]]) -> dict[int, Numbers]:
    return {int(row[0]): (int(row[1]), int(row[2]), int(row[3])) for row in rows}
