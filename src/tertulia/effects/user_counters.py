"""What users' profiles count: their ordinary posts (first posts among them) and topics outside private messages."""

from __future__ import annotations

from tertulia.effects.subjects import read_subject, read_topic_of
from tertulia.forum.unit import Unit
from tertulia.model import events
from tertulia.model.posts import Post, PostType
from tertulia.model.topics import Topic
from tertulia.store.writing import counters as store


async def count_created_topic(unit: Unit, event: events.TopicCreated) -> None:
    await _count_topic(unit, event, user_id=event.user_id, topics=1, posts=0)


async def count_deleted_topic(unit: Unit, event: events.TopicDeleted) -> None:
    """The first post went with it; the others are still their authors' until a purge."""
    await _count_topic(unit, event, user_id=event.user_id, topics=-1, posts=-1)


async def count_recovered_topic(unit: Unit, event: events.TopicRecovered) -> None:
    await _count_topic(unit, event, user_id=event.user_id, topics=1, posts=1)


async def _count_topic(unit: Unit, event: events.TopicEvent, *, user_id: int, topics: int, posts: int) -> None:
    if not (await read_topic_of(unit, event)).is_message:
        await store.shift_user(unit.tx, user_id, add={"topic_count": topics, "post_count": posts})


async def count_created_post(unit: Unit, event: events.PostCreated) -> None:
    post, topic = await read_subject(unit, event)
    await store.count_posted(unit.tx, event.user_id, posts=int(_is_counted(post, topic)), at=post.created_at)


async def count_deleted_post(unit: Unit, event: events.PostDeleted) -> None:
    await _count_post(unit, event, by=-1)


async def count_recovered_post(unit: Unit, event: events.PostRecovered) -> None:
    await _count_post(unit, event, by=1)


async def _count_post(unit: Unit, event: events.PostEvent, *, by: int) -> None:
    if _is_counted(*await read_subject(unit, event)):
        await store.shift_user(unit.tx, event.user_id, add={"post_count": by})


def _is_counted(post: Post, topic: Topic) -> bool:
    return post.post_type <= PostType.MODERATOR_ACTION and not topic.is_message
