"""Accounts deleted with everything they wrote, in slices. A module of its own, above users, topics and posts."""

from __future__ import annotations

from tertulia.forum.posts.deleting import delete_at_once
from tertulia.forum.topics.deleting import delete_topic
from tertulia.forum.unit import Unit
from tertulia.forum.users.deleting import find_deletable, lock_deletable, remove_account, shut_account
from tertulia.model.errors import UserHasPosts
from tertulia.store.accounts.traces import give_posts_away, list_posts_of
from tertulia.store.users import count_posts_of
from tertulia.store.users import find_user as find_stored
from tertulia.store.writing.posts import lock_post

DELETE_JOB = "users.delete"
AT_ONCE = 1_000
SLICE = 100


async def delete_user(unit: Unit, user_id: int, *, delete_posts: bool = False) -> None:
    """Deletes an account; with `delete_posts` its posts and topics are soft-deleted, and belong to the system user.

    For admins, and for members their own. Of somebody with over 1,000 posts, and of members with any, the account
    is shut at once, and a job deletes the rest with the rights that it takes.
    Raises UserMissing, NotAllowed, UserIsProtected, UserHasPosts."""
    await find_deletable(unit, user_id)
    await unit.write()
    user = await lock_deletable(unit, user_id)
    posts = await count_posts_of(unit.tx, user.id)
    if posts and not delete_posts:
        raise UserHasPosts(posts=posts)
    left = len(await list_posts_of(unit.tx, user.id, limit=AT_ONCE + 1))
    if left > AT_ONCE or (left and not unit.actor.is_admin):
        await shut_account(unit, user)
        await unit.later(DELETE_JOB, unique=f"{DELETE_JOB} {user.id}", user_id=user.id)
        return
    while await _delete_slice(unit, user.id):
        pass
    await remove_account(unit, await lock_deletable(unit, user.id))


async def delete_user_slice(unit: Unit, *, user_id: int) -> bool:
    """The job: up to 100 posts, then the account itself. True while there is more to do."""
    await unit.write()
    if await find_stored(unit.tx, user_id) is None:
        return False
    user = await lock_deletable(unit, user_id)
    if await _delete_slice(unit, user.id):
        return True
    await remove_account(unit, user)
    return False


async def _delete_slice(unit: Unit, user_id: int) -> bool:
    """Deletes the newest posts that are not deleted yet and gives all of them away. False when there were none."""
    rows = await list_posts_of(unit.tx, user_id, limit=SLICE)
    for post_id, _ in rows:
        found = await lock_post(unit.tx, post_id, visibility=unit.actor.visibility)
        if found is None or found[0].deleted_at is not None:
            continue
        post, topic = found
        if post.post_number != 1:
            await delete_at_once(unit, post, topic)
        elif topic.deleted_at is None:
            await delete_topic(unit, topic.id)
    await unit.settle()  # counters are the author's: before somebody else is
    await give_posts_away(unit.tx, [post_id for post_id, _ in rows])
    return bool(rows)
