"""A post taken out of its topic and put back, with everything in the topic that counts it.

Who may, and what they are told, is in `deleting.py`; what counts it outside the topic are effects.
"""

from __future__ import annotations

from tertulia.forum.posts.references import restore_links
from tertulia.forum.unit import Unit
from tertulia.model.posts import Post, PostType
from tertulia.model.topics import Topic
from tertulia.model.users import SYSTEM_ID
from tertulia.store.writing import posts as store
from tertulia.store.writing.counters import lock_counters, remove_votes
from tertulia.store.writing.readers import count_participants, shift_posts_of
from tertulia.store.writing.references import count_quotes, list_quoted, replace_links
from tertulia.store.writing.topics import update_topic


async def trash_post(unit: Unit, post: Post, topic: Topic) -> None:
    """Soft-deletes a post of a locked topic. Its votes go for good, as they do upstream."""
    await lock_counters(unit.tx, category_id=topic.category_id, user_id=post.user_id)
    by = unit.actor.user_id if unit.actor.user_id is not None else SYSTEM_ID
    likes = await remove_votes(unit.tx, post.id, author_id=post.user_id)
    await store.update_post(
        unit.tx, post.id, fields={"deleted_at": unit.now, "deleted_by": by, "like_count": 0, "down_count": 0}
    )
    await replace_links(unit.tx, post.id, [])
    await count_quotes(unit.tx, sorted(await list_quoted(unit.tx, post.id)), by=-1)
    if post.post_number == 1:
        await update_topic(unit.tx, topic.id, fields={"first_post_like_count": 0}, add={"like_count": -likes})
        return
    await update_topic(unit.tx, topic.id, add={"like_count": -likes})
    await _count(unit, post, topic, by=-1)


async def restore_post(unit: Unit, post: Post, topic: Topic) -> None:
    """Puts a soft-deleted post of a locked topic back, under its old number."""
    await lock_counters(unit.tx, category_id=topic.category_id, user_id=post.user_id)
    await store.update_post(unit.tx, post.id, fields={"deleted_at": None, "deleted_by": None})
    await restore_links(unit, post, topic=topic)
    await count_quotes(unit.tx, sorted(await list_quoted(unit.tx, post.id)), by=1)
    if post.post_number != 1:
        await _count(unit, post, topic, by=1)


async def _count(unit: Unit, post: Post, topic: Topic, *, by: int) -> None:
    shown = post.post_type != PostType.WHISPER
    if shown and post.reply_to_post_id is not None:
        await store.update_post(unit.tx, post.reply_to_post_id, add={"reply_count": by})
    if shown and post.post_type != PostType.SMALL_ACTION:  # of others nobody is seen to take part
        await shift_posts_of(unit.tx, topic.id, post.user_id, by=by)
    add = {
        "posts_count": by * shown,
        "reply_count": by * (shown and post.reply_to_post_number is not None),
        "word_count": by * shown * post.word_count,
    }
    await update_topic(unit.tx, topic.id, add=add)
    await settle_end(unit, topic)


async def settle_end(unit: Unit, topic: Topic) -> None:
    """Says again who wrote last in the topic, and when. A new last post also says when it was last active."""
    fields: dict[str, object] = {"participant_count": await count_participants(unit.tx, topic.id)}
    last = await store.find_last_post(unit.tx, topic.id)
    if last is not None:
        fields |= {
            "highest_post_number": await store.find_highest_number(unit.tx, topic.id, with_deleted=False),
            "last_post_id": last.id,
            "last_post_user_id": last.user_id,
            "last_posted_at": last.created_at,
        }
        if last.id != topic.last_post_id:
            fields["bumped_at"] = max(last.created_at, topic.created_at)  # posts may be older than their topic
    await update_topic(unit.tx, topic.id, fields=fields)
