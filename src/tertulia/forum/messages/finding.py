"""A private message found, allowed and locked, before the turn to write and again in it."""

from __future__ import annotations

from tertulia.forum.permissions import allow
from tertulia.forum.unit import Unit
from tertulia.model.errors import NotAMessage, TopicMissing
from tertulia.model.topics import Topic
from tertulia.store.writing.topics import lock_topic


async def find_message(unit: Unit, topic_id: int) -> Topic:
    """The message when the actor sees it; locked in a unit that writes.

    Raises LoginRequired, TopicMissing, NotAMessage (the topic is for everybody who sees its category)."""
    allow(unit, "member")
    topic = await lock_topic(unit.tx, topic_id, visibility=unit.actor.visibility)
    if topic is None or topic.deleted_at is not None:
        raise TopicMissing()
    if not topic.is_message:
        raise NotAMessage()
    return topic
