"""Deleting posts, taking that back, and removing posts for good.

What an author withdraws is deleted later by `abandoned.py`; the first post goes with its topic
(`topics/deleting.py`).
"""

from __future__ import annotations

from tertulia.forum.limits.acting import take_deletion
from tertulia.forum.permissions import allow
from tertulia.forum.posts.claiming import claim_post, find_allowed
from tertulia.forum.posts.editing import store_text, tell_edited
from tertulia.forum.posts.preparing import prepare_body
from tertulia.forum.posts.reading import view_posts
from tertulia.forum.posts.removing import remove_post
from tertulia.forum.posts.trashing import restore_post, trash_post
from tertulia.forum.posts.versions import decode_changes, record_changes
from tertulia.forum.posts.whole_topics import check_second_look, remove_topic, restore_topic, trash_topic
from tertulia.forum.staff_actions import log_staff_action
from tertulia.forum.unit import Unit
from tertulia.model import errors
from tertulia.model.events import PostDeleted, PostPurged, PostRecovered
from tertulia.model.oneboxes import Place
from tertulia.model.posts import Post, PostView
from tertulia.model.topics import Topic
from tertulia.store.writing.posts import read_post_again, update_post
from tertulia.store.writing.revisions import find_last_revision

ABANDONED = "posts.delete_abandoned"
HOUR = 3_600_000
# What stands in place of a text that its author withdrew. Source: upstream's words, which clients look for.
NOTICE = "(post deleted by author)"


async def delete_post(unit: Unit, post_id: int) -> PostView | None:
    """Deletes a post and answers it as the actor still sees it, or None.

    Moderators delete at once; an author's own reply keeps its place under a notice until the site's delay is over.
    The first post takes its topic with it. Raises PostMissing, NotAllowed, PostFirstUndeletable, TopicArchived,
    PostDeletedAlready."""
    post, topic = await find_allowed(unit, post_id, act="post.delete")
    notice = await prepare_body(unit, NOTICE, place=Place())
    if not unit.actor.moderates(topic.category_id):
        await take_deletion(unit)
    await unit.write()
    post, topic = await find_allowed(unit, post_id, act="post.delete")
    if post.deleted_at is not None:
        raise errors.PostDeletedAlready()
    if post.post_number == 1:
        await trash_topic(unit, topic)
    elif unit.actor.moderates(topic.category_id) or not unit.site.delete_removed_posts_after:
        await delete_at_once(unit, post, topic)
    else:
        await store_text(unit, post, topic, body=notice)
        await update_post(unit.tx, post.id, fields={"user_deleted": 1})
        version = await record_changes(unit, post, changes={"raw": (post.raw, notice.raw)}, force=True)
        tell_edited(unit, post, topic, version=version, raw_changed=True)
        at = unit.now + unit.site.delete_removed_posts_after * HOUR
        await unit.later(ABANDONED, at=at, post_id=post.id, version=version)
    if topic.first_post_id == post.id and not unit.actor.visibility.sees_deleted:
        return None
    return await _seen(unit, post.id)


async def delete_at_once(unit: Unit, post: Post, topic: Topic) -> None:
    """Soft-deletes a reply in a locked topic, and says so."""
    await trash_post(unit, post, topic)
    by_author = unit.actor.user_id == post.user_id
    if unit.actor.is_staff and not by_author:
        await log_staff_action(
            unit, "delete_post", target_user_id=post.user_id, topic_id=topic.id, post_id=post.id, details=post.raw
        )
    unit.tell(
        PostDeleted(
            post_id=post.id,
            topic_id=topic.id,
            user_id=post.user_id,
            category_id=topic.category_id,
            post_number=post.post_number,
            by_author=by_author,
        )
    )


async def _seen(unit: Unit, post_id: int) -> PostView | None:
    post = await read_post_again(unit.tx, post_id)
    if post.deleted_at is not None and not unit.actor.visibility.sees_deleted:
        return None
    return (await view_posts(unit, [post]))[0]


async def recover_post(unit: Unit, post_id: int) -> PostView:
    """Takes a deletion back: of a deleted post, or of a text that its author withdrew, which then stands again.

    The first post brings its topic back. Raises PostMissing, NotAllowed, PostNotDeleted."""
    post, topic = await find_allowed(unit, post_id, act="post.recover")
    raw = await _withdrawn_raw(unit, post)
    body = await prepare_body(unit, raw, place=Place(topic.id, topic.category_id)) if raw is not None else None
    if not unit.actor.moderates(topic.category_id):
        await take_deletion(unit)
    post, topic = await claim_post(unit, post_id, act="post.recover")
    if post.deleted_at is None and not post.user_deleted:
        raise errors.PostNotDeleted()
    if post.post_number == 1 and topic.deleted_at is not None:
        allow(unit, "topic.recover", topic=topic)
        await restore_topic(unit, topic)
    elif post.deleted_at is not None:
        await restore_post(unit, post, topic)
        unit.tell(
            PostRecovered(
                post_id=post.id,
                topic_id=topic.id,
                user_id=post.user_id,
                category_id=topic.category_id,
                post_number=post.post_number,
            )
        )
    if post.user_deleted:
        version = post.version
        if body is not None and raw == await _withdrawn_raw(unit, post):
            await store_text(unit, post, topic, body=body)
            version = await record_changes(unit, post, changes={"raw": (post.raw, body.raw)}, force=True)
        await update_post(unit.tx, post.id, fields={"user_deleted": 0})
        tell_edited(unit, post, topic, version=version, raw_changed=body is not None)
    return (await view_posts(unit, [await read_post_again(unit.tx, post.id)]))[0]


async def _withdrawn_raw(unit: Unit, post: Post) -> str | None:
    """The text that stood there before its author withdrew it."""
    if not post.user_deleted:
        return None
    last = await find_last_revision(unit.tx, post.id)
    pair = decode_changes(last.changes).get("raw") if last is not None else None
    return str(pair[0]) if pair is not None else None


async def purge_post(unit: Unit, post_id: int, *, only_deleted: bool = False) -> None:
    """Removes a post with everything about it; the first one with its topic. Nothing brings it back.

    `only_deleted` adds the stricter rule of `check_second_look`. Raises PostMissing, NotAllowed, PurgeForbidden."""
    post, topic = await claim_post(unit, post_id, act="post.purge")
    if post.post_number == 1:
        allow(unit, "topic.purge", topic=topic)
        await remove_topic(unit, topic, only_deleted=only_deleted)
        return
    if only_deleted:
        check_second_look(unit, deleted_at=post.deleted_at, deleted_by=post.deleted_by)
    await _purge_reply(unit, post, topic)


async def _purge_reply(unit: Unit, post: Post, topic: Topic) -> None:
    if post.deleted_at is None:
        await delete_at_once(unit, post, topic)
        await unit.settle()  # what follows from the deletion looks at a row that is gone in a moment
    await remove_post(unit, post)
    await log_staff_action(
        unit, "delete_post_permanently", target_user_id=post.user_id, topic_id=topic.id, subject=str(post.id)
    )
    unit.tell(
        PostPurged(
            post_id=post.id,
            topic_id=topic.id,
            user_id=post.user_id,
            category_id=topic.category_id,
            post_number=post.post_number,
            raw=post.raw,
        )
    )
