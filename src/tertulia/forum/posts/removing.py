"""Posts removed for good, in the counts as well. Who may is decided by `deleting.py` of posts and of topics."""

from __future__ import annotations

from collections.abc import Sequence

from tertulia.forum.indexing.posts import remove_posts
from tertulia.forum.unit import Unit
from tertulia.model.posts import Post
from tertulia.store.writing import purging as store
from tertulia.store.writing.counters import remove_votes, shift_user
from tertulia.store.writing.references import count_quotes, list_quoted


async def remove_post(unit: Unit, post: Post) -> None:
    """Removes one post that was soft-deleted in this unit or before, so that nothing counts it any more."""
    await store.delete_posts(unit.tx, [post.id])
    await remove_posts(unit.tx, [post.id])


async def remove_some(unit: Unit, post_ids: Sequence[int], *, is_message: bool) -> None:
    """Removes posts of a topic that goes as a whole: what counts them in it no longer matters."""
    for post_id, author_id in await store.list_voted_posts(unit.tx, post_ids):
        await remove_votes(unit.tx, post_id, author_id=author_id)
    for post_id in await store.list_quoting(unit.tx, post_ids):
        await count_quotes(unit.tx, sorted(await list_quoted(unit.tx, post_id)), by=-1)
    if not is_message:
        for user_id, number in await store.count_live_posts(unit.tx, post_ids):
            await shift_user(unit.tx, user_id, add={"post_count": -number})
    await store.delete_posts(unit.tx, post_ids)
    await remove_posts(unit.tx, post_ids)
