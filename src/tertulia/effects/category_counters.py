"""What categories count: their listed topics and those topics' posts, and which were the latest.

A topic counts while it is ordinary, listed and not deleted; whispers never count.
"""

from __future__ import annotations

from tertulia.effects.subjects import read_subject, read_topic_of
from tertulia.forum.unit import Unit
from tertulia.model import events
from tertulia.model.posts import PostType
from tertulia.model.topics import Topic
from tertulia.store.writing import counters as store
from tertulia.store.writing.topics import read_topic_again


def _is_counted(topic: Topic) -> bool:
    return not topic.is_message and topic.visible and topic.deleted_at is None


async def count_created_topic(unit: Unit, event: events.TopicCreated) -> None:
    topic = await read_topic_of(unit, event)
    if topic.category_id is not None and _is_counted(topic):
        if topic.created_at < unit.now:  # written into the past
            await store.shift_category(unit.tx, topic.category_id, topics=1)
            await _find_latest(unit, topic.category_id)
        else:
            await store.shift_category(unit.tx, topic.category_id, topics=1, latest={"latest_topic_id": topic.id})


async def count_created_post(unit: Unit, event: events.PostCreated) -> None:
    post, topic = await read_subject(unit, event)
    if topic.category_id is None or not _is_counted(topic) or post.post_type == PostType.WHISPER:
        return
    if post.created_at < unit.now:
        await store.shift_category(unit.tx, topic.category_id, posts=1)
        await _find_latest(unit, topic.category_id)
    else:
        await store.shift_category(unit.tx, topic.category_id, posts=1, latest={"latest_post_id": post.id})


async def count_deleted_post(unit: Unit, event: events.PostDeleted) -> None:
    await _count_post(unit, event, by=-1)


async def count_recovered_post(unit: Unit, event: events.PostRecovered) -> None:
    await _count_post(unit, event, by=1)


async def _count_post(unit: Unit, event: events.PostEvent, *, by: int) -> None:
    post, topic = await read_subject(unit, event)
    if topic.category_id is None or not _is_counted(topic) or post.post_type == PostType.WHISPER:
        return
    await store.shift_category(unit.tx, topic.category_id, posts=by)
    await _find_latest(unit, topic.category_id)


async def count_deleted_topic(unit: Unit, event: events.TopicDeleted) -> None:
    topic = await read_topic_again(unit.tx, event.topic_id)
    if topic.category_id is not None and topic.visible and not topic.is_message:
        await _count_whole(unit, topic.category_id, posts=topic.posts_count, by=-1)


async def count_recovered_topic(unit: Unit, event: events.TopicRecovered) -> None:
    topic = await read_topic_again(unit.tx, event.topic_id)
    if topic.category_id is not None and _is_counted(topic):
        await _count_whole(unit, topic.category_id, posts=topic.posts_count, by=1)


async def count_status(unit: Unit, event: events.TopicStatusChanged) -> None:
    """Listing and unlisting counts the whole topic; every other status only the line that says so."""
    topic = await read_topic_again(unit.tx, event.topic_id)
    if topic.category_id is None or topic.is_message or topic.deleted_at is not None:
        return
    if event.status != "visible":
        await store.shift_category(unit.tx, topic.category_id, posts=int(topic.visible))
    elif event.enabled:
        await _count_whole(unit, topic.category_id, posts=topic.posts_count, by=1)
    else:
        # The line that says so was never counted.
        await _count_whole(unit, topic.category_id, posts=topic.posts_count - 1, by=-1)


async def count_moved_topic(unit: Unit, event: events.TopicEdited) -> None:
    if "category_id" not in event.after:
        return
    topic = await read_topic_again(unit.tx, event.topic_id)
    before, after = event.before["category_id"], event.after["category_id"]
    if not _is_counted(topic):
        return
    # By ascending id, as everybody locks them.
    for category_id, by in sorted((key, by) for key, by in ((before, -1), (after, 1)) if isinstance(key, int)):
        await _count_whole(unit, category_id, posts=topic.posts_count, by=by)


async def _count_whole(unit: Unit, category_id: int, *, posts: int, by: int) -> None:
    await store.shift_category(unit.tx, category_id, topics=by, posts=by * posts)
    await _find_latest(unit, category_id)


async def _find_latest(unit: Unit, category_id: int) -> None:
    await store.set_latest(unit.tx, category_id, fields=await store.find_latest(unit.tx, category_id))
