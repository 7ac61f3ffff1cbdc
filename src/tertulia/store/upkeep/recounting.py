"""Counters made anew from the rows they count, set-wise: of users and categories (of tags: `tags.py`).

For loads and repairs; services keep counters as they write (`writing/counters.py`).
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import and_, func, select, update

from tertulia.model.posts import PostType
from tertulia.model.topics import Archetype
from tertulia.store.engine import Tx, among, parameter, query
from tertulia.store.schema.categories import categories
from tertulia.store.schema.posts import posts, votes
from tertulia.store.schema.topics import topics
from tertulia.store.schema.users import users

_LAST_SPOKEN = int(PostType.MODERATOR_ACTION)  # what follows are records of acts, and whispers
_ORDINARY = int(Archetype.REGULAR)


_WRITTEN = query(
    lambda: (
        select(
            posts.c.user_id, func.count(), func.coalesce(func.sum(posts.c.like_count), 0), func.max(posts.c.created_at)
        )
        .select_from(posts.join(topics, topics.c.id == posts.c.topic_id))
        .where(
            among(posts.c.user_id, "ids"),
            posts.c.deleted_at.is_(None),
            posts.c.post_type <= _LAST_SPOKEN,
            topics.c.archetype == _ORDINARY,
        )
        .group_by(posts.c.user_id)
    )
)
_STARTED = query(
    lambda: (
        select(topics.c.user_id, func.count())
        .where(among(topics.c.user_id, "ids"), topics.c.deleted_at.is_(None), topics.c.archetype == _ORDINARY)
        .group_by(topics.c.user_id)
    )
)
_GIVEN = query(
    lambda: (
        select(votes.c.user_id, func.count())
        .where(among(votes.c.user_id, "ids"), votes.c.value == 1)
        .group_by(votes.c.user_id)
    )
)
_SET_USER = query(
    lambda: (
        update(users)
        .where(users.c.id == parameter("of_user"))
        .values(
            post_count=parameter("spoken"),
            likes_received=parameter("liked"),
            likes_given=parameter("given"),
            last_posted_at=parameter("latest"),
            topic_count=parameter("started"),
        )
    )
)
_LIVE = and_(topics.c.category_id == categories.c.id, topics.c.deleted_at.is_(None))
_LISTED = and_(_LIVE, topics.c.visible == 1)
_CATEGORIES = query(
    lambda: (
        update(categories)
        .where(among(categories.c.id, "ids"))
        .values(
            topic_count=select(func.count()).where(_LISTED).scalar_subquery(),
            post_count=select(func.coalesce(func.sum(topics.c.posts_count), 0)).where(_LISTED).scalar_subquery(),
            latest_topic_id=select(topics.c.id)
            .where(_LISTED)
            .order_by(topics.c.created_at.desc(), topics.c.id.desc())
            .limit(1)
            .scalar_subquery(),
            latest_post_id=select(topics.c.last_post_id)
            .where(_LISTED)
            .order_by(topics.c.bumped_at.desc(), topics.c.id.desc())
            .limit(1)
            .scalar_subquery(),
        )
    )
)
_WRONG_TOPICS = query(
    lambda: (
        select(topics.c.id, topics.c.posts_count, func.count(posts.c.id))
        .select_from(topics.outerjoin(posts, and_(posts.c.topic_id == topics.c.id, posts.c.deleted_at.is_(None))))
        .where(topics.c.deleted_at.is_(None), topics.c.id > parameter("after"))
        .group_by(topics.c.id, topics.c.posts_count)
        .having(topics.c.posts_count != func.count(posts.c.id))
        .order_by(topics.c.id)
        .limit(parameter("limit"))
    )
)


async def recount_users(tx: Tx, ids: Sequence[int]) -> None:
    """Posts, topics, likes received and given, and the time of the last post, for these users."""
    written = {int(row[0]): row[1:] for row in await tx.all(_WRITTEN, ids=list(ids))}
    given = {int(row[0]): int(row[1]) for row in await tx.all(_GIVEN, ids=list(ids))}
    started = {int(row[0]): int(row[1]) for row in await tx.all(_STARTED, ids=list(ids))}
    rows = []
    for user_id in ids:
        spoken, liked, latest = written.get(user_id, (0, 0, None))
        rows.append(
            {
                "of_user": user_id,
                "spoken": int(spoken),
                "liked": int(liked),
                "given": given.get(user_id, 0),
                "latest": None if latest is None else int(latest),
                "started": started.get(user_id, 0),
            }
        )
    await tx.many(_SET_USER, rows)


async def recount_categories(tx: Tx, ids: Sequence[int]) -> None:
    """Topics, posts and what is newest, for these categories."""
    await tx.run(_CATEGORIES, ids=list(ids))


async def list_wrong_topics(tx: Tx, *, after: int = 0, limit: int = 20) -> list[tuple[int, int, int]]:
    """(topic id, posts it says it has, posts there are) where the two differ; deleted topics left out."""
    rows = await tx.all(_WRONG_TOPICS, after=after, limit=limit)
    return [(int(row[0]), int(row[1]), int(row[2])) for row in rows]
