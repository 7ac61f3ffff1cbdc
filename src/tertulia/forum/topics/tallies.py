"""What lists show beside topics and posts: watchers and votes of topics; topic, tags and category of posts.

Tallies are for topics that a view has shown to the reader already: nothing is checked again for them.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from tertulia.forum.unit import Unit
from tertulia.model.categories import CategoryRef
from tertulia.model.tags import TagRef
from tertulia.model.topics import Topic
from tertulia.store.cards import list_category_refs, list_topic_tags
from tertulia.store.topic_tallies import count_first_post_votes, count_watchers
from tertulia.store.topics_reading import list_topics_by_ids


class TopicTally(msgspec.Struct, frozen=True, kw_only=True):
    """Watchers of one topic, and votes up and down on its first post."""

    watchers: int = 0
    up: int = 0
    down: int = 0


async def read_tallies(unit: Unit, topic_ids: Iterable[int]) -> dict[int, TopicTally]:
    """One tally for every id, in two queries. Raises nothing."""
    ids = sorted(set(topic_ids))
    if not ids:
        return {}
    watchers = await count_watchers(unit.tx, ids)
    votes = await count_first_post_votes(unit.tx, ids)
    return {
        topic_id: TopicTally(watchers=watchers.get(topic_id, 0), up=up, down=down)
        for topic_id in ids
        for up, down in (votes.get(topic_id, (0, 0)),)
    }


class TopicPlace(msgspec.Struct, frozen=True, kw_only=True):
    """A topic as lists of posts show it, with its tags and category."""

    topic: Topic
    tags: tuple[TagRef, ...]
    category: CategoryRef | None


async def read_places(unit: Unit, topic_ids: Iterable[int]) -> dict[int, TopicPlace]:
    """The topics that the actor can see, in three queries; others are left out. Raises nothing."""
    ids = sorted(set(topic_ids))
    if not ids:
        return {}
    topics = await list_topics_by_ids(unit.tx, ids, visibility=unit.actor.visibility)
    tags = await list_topic_tags(unit.tx, topics)
    categories = await list_category_refs(unit.tx, {topic.category_id for topic in topics.values()})
    return {
        topic_id: TopicPlace(topic=topic, tags=tags.get(topic_id, ()), category=categories.get(topic.category_id or 0))
        for topic_id, topic in topics.items()
    }
