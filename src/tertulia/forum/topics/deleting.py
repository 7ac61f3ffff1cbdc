"""Deleting topics, taking that back, and removing topics for good. What happens then: `posts/whole_topics.py`."""

from __future__ import annotations

from tertulia.forum.posts.whole_topics import PURGE, remove_row, remove_slice, remove_topic, restore_topic, trash_topic
from tertulia.forum.topic_rules.claiming import claim_topic
from tertulia.forum.unit import Unit
from tertulia.model.topics import Topic
from tertulia.store.writing import topics as store


async def delete_topic(unit: Unit, topic_id: int) -> Topic:
    """Soft-deletes a topic with its first post, and answers it.

    Raises TopicMissing, NotAllowed, TopicUndeletable (authors of topics with replies), TopicDeletedAlready."""
    topic = await claim_topic(unit, topic_id, act="topic.delete")
    await trash_topic(unit, topic)
    return await store.read_topic_again(unit.tx, topic.id)


async def recover_topic(unit: Unit, topic_id: int) -> Topic:
    """Takes the deletion of a topic and its first post back. Raises TopicMissing, NotAllowed, TopicNotDeleted."""
    topic = await claim_topic(unit, topic_id, act="topic.recover")
    await restore_topic(unit, topic)
    return await store.read_topic_again(unit.tx, topic.id)


async def purge_topic(unit: Unit, topic_id: int, *, only_deleted: bool = False) -> None:
    """Removes a topic and its posts for good; ids are never given again.

    A topic of over 1,000 posts is gone for readers at once and removed by a job. `only_deleted` adds upstream's
    rule: the site permits it, and another deleted it before, or five minutes have passed. Raises TopicMissing,
    NotAllowed, PurgeForbidden."""
    topic = await claim_topic(unit, topic_id, act="topic.purge")
    await remove_topic(unit, topic, only_deleted=only_deleted)


async def purge_slice(unit: Unit, *, topic_id: int, actor_id: int | None = None) -> None:
    """The job: removes the last 100 posts of a deleted topic and asks for the next slice, until nothing is left.

    Does nothing when the topic is gone or was recovered meanwhile."""
    await unit.write()
    topic = await store.lock_topic(unit.tx, topic_id, visibility=unit.actor.visibility)
    if topic is None or topic.deleted_at is None:
        return
    if await remove_slice(unit, topic):
        await unit.later(PURGE, topic_id=topic.id, actor_id=actor_id)
        return
    await remove_row(unit, topic, actor_id=actor_id)
