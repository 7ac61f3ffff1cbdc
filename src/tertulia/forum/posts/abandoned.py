"""The job that deletes what an author withdrew, once the site's delay is over."""

from __future__ import annotations

from tertulia.forum.posts.deleting import delete_at_once
from tertulia.forum.unit import Unit
from tertulia.store.writing.posts import lock_post


async def delete_abandoned(unit: Unit, *, post_id: int, version: int) -> None:
    """Soft-deletes the post if it is still withdrawn, in the version that withdrew it; otherwise does nothing."""
    await unit.write()
    found = await lock_post(unit.tx, post_id, visibility=unit.actor.visibility)
    if found is None:
        return
    post, topic = found
    if post.user_deleted and post.deleted_at is None and post.version == version:
        await delete_at_once(unit, post, topic)
