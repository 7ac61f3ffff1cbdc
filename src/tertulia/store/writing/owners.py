"""When posts were written and by whom, as staff may set it right afterwards."""

from __future__ import annotations

from sqlalchemy import case, update

from tertulia.model.posts import Post, PostType
from tertulia.store.engine import Tx, parameter, query
from tertulia.store.schema.posts import posts
from tertulia.store.writing.counters import shift_user
from tertulia.store.writing.posts import update_post
from tertulia.store.writing.readers import count_participants, count_post_of, shift_posts_of
from tertulia.store.writing.topics import update_topic


def _moved() -> object:
    moved = posts.c.created_at + parameter("by")
    return case((moved > parameter("now"), parameter("now")), else_=moved)


_SHIFT = query(lambda: update(posts).where(posts.c.topic_id == parameter("of_topic")).values(created_at=_moved()))


async def shift_times(tx: Tx, topic_id: int, *, by: int, now: int) -> None:
    """Moves every post of the topic by `by` ms, none beyond `now`."""
    await tx.run(_SHIFT, of_topic=topic_id, by=by, now=now)


async def give_post(tx: Tx, post: Post, *, owner_id: int, with_topic: bool) -> None:
    """Makes somebody else the author, with the counts of both. `with_topic`: it counts in their profiles."""
    await update_post(tx, post.id, fields={"user_id": owner_id})
    if post.deleted_at is not None or post.post_type == PostType.SMALL_ACTION:
        return
    if post.post_type != PostType.WHISPER:
        await shift_posts_of(tx, post.topic_id, post.user_id, by=-1)
        await count_post_of(tx, post.topic_id, owner_id, at=post.created_at)
    participants = await count_participants(tx, post.topic_id)
    await update_topic(tx, post.topic_id, fields={"participant_count": participants})
    if not with_topic or post.post_type > PostType.MODERATOR_ACTION:
        return
    topics = int(post.post_number == 1)
    for user_id, by in sorted({post.user_id: -1, owner_id: 1}.items()):
        likes = {"likes_received": by * post.like_count, "down_votes_received": by * post.down_count}
        await shift_user(tx, user_id, add={"post_count": by, "topic_count": by * topics, **likes})
