"""A topic found, allowed and locked for a change: looked at before the turn to write, and again in it."""

from __future__ import annotations

from tertulia.forum.permissions import allow
from tertulia.forum.unit import Unit
from tertulia.model.errors import TopicMissing
from tertulia.model.topics import Topic
from tertulia.store.writing.topics import lock_topic


async def find_allowed(unit: Unit, topic_id: int, *, act: str) -> Topic:
    """The topic when the actor sees it and may do `act`. Raises TopicMissing and the row's refusal."""
    topic = await lock_topic(unit.tx, topic_id, visibility=unit.actor.visibility)
    if topic is None:
        raise TopicMissing()
    allow(unit, act, topic=topic)
    return topic


async def claim_topic(unit: Unit, topic_id: int, *, act: str) -> Topic:
    """The same, once before waiting to write (refusals cost no turn) and once after, locked."""
    if not unit.writes:
        await find_allowed(unit, topic_id, act=act)
        await unit.write()
    return await find_allowed(unit, topic_id, act=act)
