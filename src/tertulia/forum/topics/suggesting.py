"""What to read after a topic: what is unread, then what is new, then the latest of its category and of the forum."""

from __future__ import annotations

from tertulia.forum.topics.list_items import view_topics
from tertulia.forum.topics.selecting import Chosen, select
from tertulia.forum.unit import Unit
from tertulia.model.topics import ListTopics, Topic, TopicFilter, TopicListItem
from tertulia.model.users import UserCard
from tertulia.store.lists.topics import list_topics


async def suggest_topics(unit: Unit, topic: Topic) -> tuple[tuple[TopicListItem, ...], dict[int, UserCard]]:
    """At most `suggested_topics` other topics that the actor can see, and everybody that they name."""
    wanted = unit.site.suggested_topics
    if not wanted or topic.is_message:
        return (), {}
    found: dict[int, Topic] = {}
    for command in _sources(unit, topic):
        if len(found) < wanted:
            chosen = Chosen(categories=(command.category_id,) if command.category_id is not None else ())
            selection = select(unit, command, chosen=chosen)
            for each in await list_topics(unit.tx, selection.spec, offset=0, limit=wanted + 1, **selection.values):
                if each.id != topic.id:
                    found.setdefault(each.id, each)
    return await view_topics(unit, list(found.values())[:wanted])


def _sources(unit: Unit, topic: Topic) -> list[ListTopics]:
    """Lists to take from, the best first."""
    found = []
    if unit.actor.user is not None:
        found = [ListTopics(filter=TopicFilter.UNREAD), ListTopics(filter=TopicFilter.NEW)]
    if topic.category_id is not None:
        found.append(ListTopics(category_id=topic.category_id, include_subcategories=False))
    return [*found, ListTopics()]
