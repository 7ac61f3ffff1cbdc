"""Who follows whom; the two counters on the accounts change with the rows."""

from __future__ import annotations

from sqlalchemy import delete, select, update

from tertulia.model.users import UserCard
from tertulia.store.cards import CARD
from tertulia.store.engine import Tx, insert_query, parameter, query
from tertulia.store.schema.users import user_follows, users

_FIND = query(
    lambda: select(user_follows.c.created_at).where(
        user_follows.c.user_id == parameter("user_id"), user_follows.c.followed_id == parameter("followed_id")
    )
)
_INSERT = insert_query(user_follows, "user_id", "followed_id", "created_at", ignore=True)
_DELETE = query(
    lambda: delete(user_follows).where(
        user_follows.c.user_id == parameter("user_id"), user_follows.c.followed_id == parameter("followed_id")
    )
)
_COUNT_FOLLOWING = query(
    lambda: (
        update(users)
        .where(users.c.id == parameter("user_id"))
        .values(following_count=users.c.following_count + parameter("step"))
    )
)
_COUNT_FOLLOWER = query(
    lambda: (
        update(users)
        .where(users.c.id == parameter("user_id"))
        .values(follower_count=users.c.follower_count + parameter("step"))
    )
)
_FOLLOWERS = query(
    lambda: (
        select(*CARD.columns)
        .join(user_follows, user_follows.c.user_id == users.c.id)
        .where(user_follows.c.followed_id == parameter("user_id"), users.c.active == 1)
        .order_by(user_follows.c.created_at.desc(), users.c.id.desc())
        .limit(parameter("limit"))
        .offset(parameter("offset"))
    )
)
_FOLLOWING = query(
    lambda: (
        select(*CARD.columns)
        .join(user_follows, user_follows.c.followed_id == users.c.id)
        .where(user_follows.c.user_id == parameter("user_id"), users.c.active == 1)
        .order_by(user_follows.c.created_at.desc(), users.c.id.desc())
        .limit(parameter("limit"))
        .offset(parameter("offset"))
    )
)


async def follows(tx: Tx, user_id: int, *, followed_id: int) -> bool:
    return await tx.value(_FIND, user_id=user_id, followed_id=followed_id) is not None


async def insert_follow(tx: Tx, user_id: int, *, followed_id: int, now: int) -> bool:
    """False when the row was there already; counters then stay."""
    return await _count(tx, await tx.run(_INSERT, user_id=user_id, followed_id=followed_id, created_at=now), 1,
                        pair=(user_id, followed_id))  # fmt: skip


async def delete_follow(tx: Tx, user_id: int, *, followed_id: int) -> bool:
    """False when there was no such row."""
    return await _count(tx, await tx.run(_DELETE, user_id=user_id, followed_id=followed_id), -1,
                        pair=(user_id, followed_id))  # fmt: skip


async def _count(tx: Tx, changed: int, step: int, *, pair: tuple[int, int]) -> bool:
    if changed < 1:
        return False
    # Ascending ids, so that two people who follow each other at once do not wait for each other.
    for user_id, counter in sorted(((pair[0], _COUNT_FOLLOWING), (pair[1], _COUNT_FOLLOWER)), key=lambda row: row[0]):
        await tx.run(counter, user_id=user_id, step=step)
    return True


async def list_followers(tx: Tx, user_id: int, *, limit: int, offset: int) -> list[UserCard]:
    """Newest first."""
    return CARD.all(await tx.all(_FOLLOWERS, user_id=user_id, limit=limit, offset=offset))


async def list_following(tx: Tx, user_id: int, *, limit: int, offset: int) -> list[UserCard]:
    """Newest first."""
    return CARD.all(await tx.all(_FOLLOWING, user_id=user_id, limit=limit, offset=offset))
