"""What to read after a topic: what is unread, then what is new, then the latest of its category and of the forum."""

from __future__ import annotations

import msgspec

from tertulia.forum.topics.list_items import view_topics
from tertulia.forum.topics.selecting import Chosen, select
from tertulia.forum.unit import Unit
from tertulia.model.topics import ListTopics, Suggested, Topic, TopicFilter
from tertulia.store.freshness import NO_TOPIC
from tertulia.store.lists.topics import list_topics

NOTHING = Suggested((), {})
_OF_ITEM = 8_000  # bytes of a row and of those it names, in memory


async def suggest_topics(unit: Unit, topic: Topic) -> Suggested:
    """At most `suggested_topics` other topics that the actor can see, and everybody that they name."""
    wanted, reader = unit.site.suggested_topics, unit.actor.user_id
    if not wanted or topic.is_message:
        return NOTHING
    key = ("suggested", topic.id, reader)
    known: Suggested | None = unit.recall(key) if reader else None
    if known is not None:
        return known
    made = await _suggest(unit, topic, wanted=wanted)
    if reader:
        made = msgspec.structs.replace(made, forms={})
        unit.keep(key, made, topic_id=NO_TOPIC, user_id=reader, size=wanted * _OF_ITEM)
    return made


async def _suggest(unit: Unit, topic: Topic, *, wanted: int) -> Suggested:
    found: dict[int, Topic] = {}
    for command in _sources(unit, topic):
        if len(found) < wanted:
            chosen = Chosen(categories=(command.category_id,) if command.category_id is not None else ())
            selection = select(unit, command, chosen=chosen)
            for each in await list_topics(unit.tx, selection.spec, offset=0, limit=wanted + 1, **selection.values):
                if each.id != topic.id:
                    found.setdefault(each.id, each)
    return Suggested(*await view_topics(unit, list(found.values())[:wanted]))


def _sources(unit: Unit, topic: Topic) -> list[ListTopics]:
    """Lists to take from, the best first."""
    found = []
    if unit.actor.user is not None:
        found = [ListTopics(filter=TopicFilter.UNREAD), ListTopics(filter=TopicFilter.NEW)]
    if topic.category_id is not None:
        found.append(ListTopics(category_id=topic.category_id, include_subcategories=False))
    return [*found, ListTopics()]
