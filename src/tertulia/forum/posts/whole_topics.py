"""A topic with all its posts taken away, put back, removed for good: small ones at once, large ones in slices.

Who may, and what they are told, is in `deleting.py` of posts and of topics.
"""

from __future__ import annotations

from tertulia.forum.posts.removing import remove_some
from tertulia.forum.posts.trashing import restore_post, trash_post
from tertulia.forum.staff_actions import log_staff_action
from tertulia.forum.tags.tagging import count_topic, is_topic_public, replace_topic_tags
from tertulia.forum.unit import Unit
from tertulia.model import errors
from tertulia.model.events import TopicDeleted, TopicPurged, TopicRecovered
from tertulia.model.topics import Topic
from tertulia.model.users import SYSTEM_ID
from tertulia.store.writing import purging
from tertulia.store.writing import topics as store
from tertulia.store.writing.counters import lock_counters
from tertulia.store.writing.posts import read_post_again

PURGE = "topics.purge"
AT_ONCE = 1000
SLICE = 100  # posts in one transaction of the job: well under 100 ms
SECOND_LOOK = 300_000


async def trash_topic(unit: Unit, topic: Topic) -> None:
    """Soft-deletes a locked topic with its first post, and says so. Raises TopicDeletedAlready."""
    if topic.deleted_at is not None:
        raise errors.TopicDeletedAlready()
    was_public = await is_topic_public(unit.tx, topic.id)
    await lock_counters(unit.tx, category_id=topic.category_id, user_id=topic.user_id)
    first = await read_post_again(unit.tx, topic.first_post_id)
    if first.deleted_at is None:
        await trash_post(unit, first, topic)
    by = unit.actor.user_id if unit.actor.user_id is not None else SYSTEM_ID
    await store.update_topic(unit.tx, topic.id, fields={"deleted_at": unit.now, "deleted_by": by})
    await count_topic(unit.tx, topic.id, was_public=was_public)
    if unit.actor.is_staff and topic.user_id != unit.actor.user_id:
        await log_staff_action(
            unit, "delete_topic", target_user_id=topic.user_id, topic_id=topic.id, details=topic.title
        )
    unit.tell(TopicDeleted(topic_id=topic.id, category_id=topic.category_id, user_id=topic.user_id))


async def restore_topic(unit: Unit, topic: Topic) -> None:
    """Takes the deletion of a locked topic and its first post back, and says so. Raises TopicNotDeleted."""
    if topic.deleted_at is None:
        raise errors.TopicNotDeleted()
    await lock_counters(unit.tx, category_id=topic.category_id, user_id=topic.user_id)
    await store.update_topic(unit.tx, topic.id, fields={"deleted_at": None, "deleted_by": None})
    first = await read_post_again(unit.tx, topic.first_post_id)
    if first.deleted_at is not None:
        await restore_post(unit, first, topic)
    await count_topic(unit.tx, topic.id, was_public=False)
    if unit.actor.is_staff and topic.user_id != unit.actor.user_id:
        await log_staff_action(unit, "recover_topic", target_user_id=topic.user_id, topic_id=topic.id)
    unit.tell(TopicRecovered(topic_id=topic.id, category_id=topic.category_id, user_id=topic.user_id))


async def remove_topic(unit: Unit, topic: Topic, *, only_deleted: bool) -> None:
    """Removes a locked topic for good, or (over 1,000 posts) hides it and leaves that to the job.

    `only_deleted` asks `check_second_look` first. Raises PurgeForbidden."""
    if only_deleted:
        check_second_look(unit, deleted_at=topic.deleted_at, deleted_by=topic.deleted_by)
    await log_staff_action(
        unit, "delete_topic_permanently", target_user_id=topic.user_id, subject=str(topic.id), details=topic.title
    )
    if topic.deleted_at is None:
        await trash_topic(unit, topic)
        await unit.settle()  # what follows from the deletion looks at rows that are gone in a moment
    if await purging.count_posts(unit.tx, topic.id) > AT_ONCE:
        await unit.later(PURGE, topic_id=topic.id, actor_id=unit.actor.user_id)
        return
    while await remove_slice(unit, topic):
        pass
    await remove_row(unit, topic, actor_id=unit.actor.user_id)


async def remove_slice(unit: Unit, topic: Topic) -> bool:
    """Removes the last 100 posts of a deleted topic; False when nothing is left."""
    post_ids = await purging.list_next_posts(unit.tx, topic.id, limit=SLICE)
    if post_ids:
        await remove_some(unit, post_ids, is_message=topic.is_message)
    return len(post_ids) == SLICE


async def remove_row(unit: Unit, topic: Topic, *, actor_id: int | None) -> None:
    """Removes a topic without posts, and says so in the name of whoever asked for it."""
    await replace_topic_tags(unit.tx, topic.id, [])
    await purging.delete_topic(unit.tx, topic.id)
    unit.tell(
        TopicPurged(
            actor_id=actor_id,
            topic_id=topic.id,
            category_id=topic.category_id,
            title=topic.title,
            slug=topic.slug,
            user_id=topic.user_id,
            posts_count=topic.posts_count,
        )
    )


def check_second_look(unit: Unit, *, deleted_at: int | None, deleted_by: int | None) -> None:
    """The site permits purges, and somebody else deleted it before, or five minutes have passed.

    Raises PurgeForbidden. Source: upstream."""
    if not unit.site.can_permanently_delete or deleted_at is None:
        raise errors.PurgeForbidden()
    if deleted_by == unit.actor.user_id and unit.now - deleted_at < SECOND_LOOK:
        raise errors.PurgeForbidden()
