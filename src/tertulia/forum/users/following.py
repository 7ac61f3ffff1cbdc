"""People who follow people."""

from __future__ import annotations

from tertulia.forum.permissions import allow
from tertulia.forum.unit import Unit
from tertulia.forum.users.finding import as_seen, find_user
from tertulia.model.errors import FollowAlready, FollowMissing, FollowSelf, LoginRequired, UserMissing
from tertulia.model.users import SYSTEM_ID, User, UserCard
from tertulia.store.accounts import follows as store

PAGE = 50


async def follow_user(unit: Unit, user_id: int) -> User:
    """The actor follows somebody. Raises LoginRequired, UserMissing, FollowSelf, FollowAlready."""
    user, follower = await _both(unit, user_id)
    await unit.write()
    if not await store.insert_follow(unit.tx, follower, followed_id=user.id, now=unit.now):
        raise FollowAlready()
    return as_seen(unit, user)


async def unfollow_user(unit: Unit, user_id: int) -> User:
    """The actor follows somebody no longer. Raises LoginRequired, UserMissing, FollowSelf, FollowMissing."""
    user, follower = await _both(unit, user_id)
    await unit.write()
    if not await store.delete_follow(unit.tx, follower, followed_id=user.id):
        raise FollowMissing()
    return as_seen(unit, user)


async def _both(unit: Unit, user_id: int) -> tuple[User, int]:
    allow(unit, "member")
    follower = unit.actor.user_id
    if follower is None:
        raise LoginRequired()
    if user_id == follower:
        raise FollowSelf()
    user = await find_user(unit, user_id=user_id)
    if user.id == SYSTEM_ID:
        raise UserMissing()
    return user, follower


async def list_followers(unit: Unit, user_id: int, *, page: int) -> tuple[UserCard, ...]:
    """Who follows the user, newest first, 50 a page (0-based). Raises UserMissing."""
    user = await find_user(unit, user_id=user_id)
    return tuple(await store.list_followers(unit.tx, user.id, limit=PAGE, offset=_offset(page)))


async def list_following(unit: Unit, user_id: int, *, page: int) -> tuple[UserCard, ...]:
    """Whom the user follows, newest first, 50 a page (0-based). Raises UserMissing."""
    user = await find_user(unit, user_id=user_id)
    return tuple(await store.list_following(unit.tx, user.id, limit=PAGE, offset=_offset(page)))


def _offset(page: int) -> int:
    return max(0, min(page, 1_000_000)) * PAGE
