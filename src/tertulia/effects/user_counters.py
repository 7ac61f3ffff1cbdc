"""What users' profiles count: their ordinary posts (first posts among them) and topics outside private messages."""

from __future__ import annotations

from tertulia.forum.unit import Unit
from tertulia.model import events
from tertulia.model.posts import PostType
from tertulia.store.writing import counters as store
from tertulia.store.writing.posts import read_post_again
from tertulia.store.writing.topics import read_topic_again


async def count_created_topic(unit: Unit, event: events.TopicCreated) -> None:
    await _count_topic(unit, event.topic_id, user_id=event.user_id, topics=1, posts=0)


async def count_deleted_topic(unit: Unit, event: events.TopicDeleted) -> None:
    """The first post went with it; the others are still their authors' until a purge."""
    await _count_topic(unit, event.topic_id, user_id=event.user_id, topics=-1, posts=-1)


async def count_recovered_topic(unit: Unit, event: events.TopicRecovered) -> None:
    await _count_topic(unit, event.topic_id, user_id=event.user_id, topics=1, posts=1)


async def _count_topic(unit: Unit, topic_id: int, *, user_id: int, topics: int, posts: int) -> None:
    if not (await read_topic_again(unit.tx, topic_id)).is_message:
        await store.shift_user(unit.tx, user_id, add={"topic_count": topics, "post_count": posts})


async def count_created_post(unit: Unit, event: events.PostCreated) -> None:
    await _count_post(unit, event, by=1)
    post = await read_post_again(unit.tx, event.post_id)
    await store.set_last_posted(unit.tx, event.user_id, at=post.created_at)


async def count_deleted_post(unit: Unit, event: events.PostDeleted) -> None:
    await _count_post(unit, event, by=-1)


async def count_recovered_post(unit: Unit, event: events.PostRecovered) -> None:
    await _count_post(unit, event, by=1)


async def _count_post(unit: Unit, event: events.PostEvent, *, by: int) -> None:
    post = await read_post_again(unit.tx, event.post_id)
    topic = await read_topic_again(unit.tx, event.topic_id)
    if post.post_type <= PostType.MODERATOR_ACTION and not topic.is_message:
        await store.shift_user(unit.tx, event.user_id, add={"post_count": by})
