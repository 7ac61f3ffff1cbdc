"""What happens in categories: how many topics were made lately, and the newest post of each."""

from __future__ import annotations

from collections.abc import Collection

import msgspec
from sqlalchemy import ColumnElement, FromClause, and_, case, func, select

from tertulia.model.users import UserCard
from tertulia.store.cards import CARD
from tertulia.store.engine import Tx, among, parameter, query
from tertulia.store.engine.base import Row
from tertulia.store.schema.categories import categories
from tertulia.store.schema.posts import posts
from tertulia.store.schema.topics import topics
from tertulia.store.schema.users import users

DAY = 86_400_000
PERIODS = (DAY, 7 * DAY, 30 * DAY, 365 * DAY)


class NewestPost(msgspec.Struct, frozen=True):
    """The last post of the most lately active listed topic of a category."""

    post_id: int
    topic_id: int
    topic_title: str
    topic_slug: str
    post_number: int
    created_at: int
    cooked: str
    user: UserCard


def _listed(table: FromClause) -> ColumnElement[bool]:
    """Only ordinary topics have a category. That it is not said again leaves engines the category's index."""
    return and_(table.c.deleted_at.is_(None), table.c.visible == 1)


def _since(name: str) -> ColumnElement[int]:
    return func.sum(case((topics.c.created_at >= parameter(name), 1), else_=0))


_RECENT = query(
    lambda: (
        select(topics.c.category_id, *(_since(f"period_{index}") for index in range(len(PERIODS))))
        .where(
            among(topics.c.category_id, "category_ids"),
            topics.c.created_at >= parameter(f"period_{len(PERIODS) - 1}"),
            _listed(topics),
        )
        .group_by(topics.c.category_id)
    )
)


async def count_recent_topics(tx: Tx, category_ids: Collection[int], *, now: int) -> dict[int, tuple[int, ...]]:
    """Listed topics made in the last day, 7, 30 and 365 days, by category id where there are any."""
    bounds = {f"period_{index}": now - length for index, length in enumerate(PERIODS)}
    rows = await tx.all(_RECENT, category_ids=list(category_ids), **bounds)
    return {int(row[0]): tuple(int(value) for value in row[1:]) for row in rows}


def _latest_topic() -> ColumnElement[int]:
    inner = topics.alias("latest")
    return (
        select(inner.c.id)
        .where(inner.c.category_id == categories.c.id, _listed(inner))
        .order_by(inner.c.bumped_at.desc(), inner.c.id.desc())
        .limit(1)
        .correlate(categories)
        .scalar_subquery()
    )


_NEWEST = query(
    lambda: (
        select(
            categories.c.id,
            posts.c.id,
            topics.c.id,
            topics.c.title,
            topics.c.slug,
            posts.c.post_number,
            posts.c.created_at,
            posts.c.cooked,
            *CARD.columns,
        )
        .select_from(categories)
        .join(topics, topics.c.id == _latest_topic())
        .join(posts, posts.c.id == topics.c.last_post_id)
        .join(users, users.c.id == posts.c.user_id)
        .where(among(categories.c.id, "category_ids"), posts.c.deleted_at.is_(None), posts.c.hidden == 0)
    )
)


async def list_newest_posts(tx: Tx, category_ids: Collection[int]) -> dict[int, NewestPost]:
    """The newest post by category id. The categories given were found readable before."""
    rows = await tx.all(_NEWEST, category_ids=list(category_ids))
    return {int(row[0]): _newest(row) for row in rows}


def _newest(row: Row) -> NewestPost:
    _, post_id, topic_id, title, slug, number, created_at, cooked = row[:8]
    return NewestPost(post_id, topic_id, title, slug, number, created_at, cooked, CARD.one(row, offset=8))
