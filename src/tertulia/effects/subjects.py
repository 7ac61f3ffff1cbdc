"""What an event is about: told with it, or read once for all effects that follow from it."""

from __future__ import annotations

from tertulia.forum.unit import Subject, Unit
from tertulia.model import events
from tertulia.model.topics import Topic
from tertulia.store.writing.posts import read_post_again
from tertulia.store.writing.topics import read_topic_again


async def read_subject(unit: Unit, event: events.PostEvent) -> Subject:
    """The post and its topic as this unit left them. Raises LookupError when one is gone."""
    if unit.subject is None:
        unit.subject = await read_post_again(unit.tx, event.post_id), await read_topic_again(unit.tx, event.topic_id)
    return unit.subject


async def read_topic_of(unit: Unit, event: events.TopicEvent) -> Topic:
    """The topic as this unit left it. Raises LookupError when it is gone."""
    return await read_topic_again(unit.tx, event.topic_id) if unit.subject is None else unit.subject[1]
