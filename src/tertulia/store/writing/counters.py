"""Counters that follow from posts and topics: of categories, of users, and the votes that a deleted post loses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select, case, delete, func, select, update

from tertulia.store.engine import Tx, among, parameter, query
from tertulia.store.engine.query import SQLITE
from tertulia.store.schema.categories import categories
from tertulia.store.schema.posts import votes
from tertulia.store.schema.topics import topics
from tertulia.store.schema.users import users
from tertulia.store.writing.rows import change_row


def _lock_both() -> Select[Any]:
    """The user's row is looked at only when the category's is locked."""
    category = select(categories.c.id).where(categories.c.id == parameter("category")).with_for_update().cte("locked")
    first = select(func.count()).select_from(category).scalar_subquery() >= 0
    return select(users.c.id).where(users.c.id == parameter("user"), first).with_for_update(of=users)


_LOCK_BOTH = query(_lock_both)
_LOCK_USER = query(lambda: select(users.c.id).where(users.c.id == parameter("user")).with_for_update())
_LATEST_TOPIC = query(
    lambda: (
        select(topics.c.id)
        .where(topics.c.category_id == parameter("category"), topics.c.deleted_at.is_(None), topics.c.visible == 1)
        .order_by(topics.c.created_at.desc(), topics.c.id.desc())
        .limit(1)
    )
)
_LATEST_POST = query(
    lambda: (
        select(topics.c.last_post_id)
        .where(topics.c.category_id == parameter("category"), topics.c.deleted_at.is_(None), topics.c.visible == 1)
        .order_by(topics.c.bumped_at.desc(), topics.c.id.desc())
        .limit(1)
    )
)
_VOTERS = query(
    lambda: (
        select(votes.c.user_id, votes.c.value).where(votes.c.post_id == parameter("voted")).order_by(votes.c.user_id)
    )
)
_DELETE_VOTES = query(lambda: delete(votes).where(votes.c.post_id == parameter("voted")))
_UNLIKE = query(lambda: update(users).where(among(users.c.id, "voters")).values(likes_given=users.c.likes_given - 1))
_POSTED = query(
    lambda: (
        update(users)
        .where(users.c.id == parameter("user"))
        .values(
            post_count=users.c.post_count + parameter("by"),
            last_posted_at=case(
                (func.coalesce(users.c.last_posted_at, 0) < parameter("at"), parameter("at")),
                else_=users.c.last_posted_at,
            ),
        )
    )
)


async def lock_counters(tx: Tx, *, category_id: int | None, user_id: int) -> None:
    """Takes the rows that a post will count in, in the order in which everybody takes them. SQLite has one writer."""
    if tx.engine == SQLITE:
        return
    if category_id is None:
        await tx.value(_LOCK_USER, user=user_id)
    else:
        await tx.value(_LOCK_BOTH, category=category_id, user=user_id)


async def shift_category(
    tx: Tx, category_id: int, *, topics: int = 0, posts: int = 0, latest: Mapping[str, int | None] | None = None
) -> None:
    """Adds to how many topics and posts the category holds; `latest` as in `set_latest`."""
    await change_row(tx, categories, category_id, fields=latest, add={"topic_count": topics, "post_count": posts})


async def set_latest(tx: Tx, category_id: int, *, fields: Mapping[str, int | None]) -> None:
    """Sets `latest_post_id` and `latest_topic_id`, either or both."""
    await change_row(tx, categories, category_id, fields=fields)


async def find_latest(tx: Tx, category_id: int) -> dict[str, int | None]:
    """The newest listed topic of the category, and the last post of the one that was active last."""
    return {
        "latest_topic_id": await tx.value(_LATEST_TOPIC, category=category_id),
        "latest_post_id": await tx.value(_LATEST_POST, category=category_id),
    }


async def shift_user(tx: Tx, user_id: int, *, add: Mapping[str, int]) -> None:
    """Adds to counters of the user's row."""
    await change_row(tx, users, user_id, add=add)


async def count_posted(tx: Tx, user_id: int, *, posts: int, at: int) -> None:
    """The user posted at `at` (ms), which is kept if it is later than what is known; `posts` more count."""
    await tx.put(_POSTED, user=user_id, by=posts, at=at)


async def remove_votes(tx: Tx, post_id: int, *, author_id: int) -> int:
    """Takes every vote on the post back, with its counts at voters and author; answers how many were up."""
    found: Sequence[Sequence[int]] = await tx.all(_VOTERS, voted=post_id)
    if not found:
        return 0
    up = [int(row[0]) for row in found if row[1] > 0]
    await tx.run(_DELETE_VOTES, voted=post_id)
    if up:
        await tx.run(_UNLIKE, voters=up)
    down = len(found) - len(up)
    await shift_user(tx, author_id, add={"likes_received": -len(up), "down_votes_received": -down})
    return len(up)
