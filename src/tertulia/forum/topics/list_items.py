"""Rows of topic lists: everything that a row shows, loaded in bulk with a fixed number of statements."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from tertulia.forum.topics.selecting import DAY, NEW_DAYS
from tertulia.forum.unit import Unit
from tertulia.model.categories import CategoryRef
from tertulia.model.levels import Level
from tertulia.model.tags import TagRef
from tertulia.model.topics import Poster, Teaser, Topic, TopicListItem, TopicState
from tertulia.model.users import UserCard
from tertulia.store import cards, topics_reading
from tertulia.store.lists.topics import list_frequent_posters, list_teasers
from tertulia.store.readers import bookmarks, topic_states, votes

MOST_POSTERS = 5


class _Beside(msgspec.Struct):
    """What was loaded beside the topics, each in bulk."""

    tags: Mapping[int, tuple[TagRef, ...]]
    categories: Mapping[int, CategoryRef]
    frequent: Mapping[int, tuple[int, ...]]
    states: Mapping[int, TopicState]
    bookmarked: set[int]
    liked: set[int]
    teasers: Mapping[int, Teaser]
    participants: Mapping[int, tuple[int, ...]]


async def view_topics(
    unit: Unit, topics: Sequence[Topic], *, with_teasers: bool = False, messages: bool = False
) -> tuple[tuple[TopicListItem, ...], dict[int, UserCard]]:
    """Rows for topics that the actor was found to see, in the given order, and everybody that they name."""
    if not topics:
        return (), {}
    beside = await _load(unit, topics, with_teasers=with_teasers, messages=messages)
    items = tuple(_item(unit, topic, beside=beside) for topic in topics)
    return items, await cards.list_cards(unit.tx, _people(items))


async def _load(unit: Unit, topics: Sequence[Topic], *, with_teasers: bool, messages: bool) -> _Beside:
    tx, reader = unit.tx, unit.actor.user_id
    ids = [topic.id for topic in topics]
    shown = [post_id for topic in topics for post_id in (topic.first_post_id, topic.last_post_id)]
    member = reader is not None
    return _Beside(
        tags=await cards.list_topic_tags(tx, ids),
        categories=await cards.list_category_refs(tx, [topic.category_id for topic in topics]),
        frequent=await list_frequent_posters(tx, ids),
        states=await topic_states.list_states(tx, reader or 0, ids) if member else {},
        bookmarked=await bookmarks.list_marked_topics(tx, reader or 0, ids) if member else set(),
        liked=await votes.list_liked_topics(tx, reader or 0, ids) if member else set(),
        teasers=await list_teasers(tx, shown) if with_teasers else {},
        participants=await topics_reading.list_allowed_users(tx, ids) if messages else {},
    )


def _item(unit: Unit, topic: Topic, *, beside: _Beside) -> TopicListItem:
    state = beside.states.get(topic.id)
    pinned = topic.is_pinned(unit.now)
    unit.hold_until(topic.pinned_until)
    cleared = pinned and state is not None and (state.cleared_pinned_at or 0) >= (topic.pinned_at or 0)
    return TopicListItem(
        topic=topic,
        tags=beside.tags.get(topic.id, ()),
        posters=_posters(topic, beside.frequent.get(topic.id, ())),
        state=state,
        category=beside.categories.get(topic.category_id or 0),
        teaser=beside.teasers.get(topic.last_post_id),
        first_post=beside.teasers.get(topic.first_post_id),
        bookmarked=topic.id in beside.bookmarked,
        liked=topic.id in beside.liked,
        pinned=pinned and not cleared,
        unpinned=cleared,
        is_new=_is_new(unit, topic, state),
        unread_posts=_unread_posts(topic, state),
        participants=beside.participants.get(topic.id, ()),
    )


def _posters(topic: Topic, frequent: Iterable[int]) -> tuple[Poster, ...]:
    """At most five faces: the author, those who wrote most, and whoever wrote last."""
    latest, original = topic.last_post_user_id, topic.user_id
    between = [user_id for user_id in frequent if user_id not in (original, latest)]
    ids = [original, *between[: MOST_POSTERS - (1 if latest == original else 2)]]
    if latest != original:
        ids.append(latest)
    return tuple(Poster(user_id, user_id == original, user_id == latest) for user_id in ids)


def _is_new(unit: Unit, topic: Topic, state: TopicState | None) -> bool:
    user = unit.actor.user
    if user is None or topic.created_at < max(unit.now - NEW_DAYS * DAY, user.created_at):
        return False
    return state is None or (state.last_read_post_number == 0 and state.highest_seen_post_number == 0)


def _unread_posts(topic: Topic, state: TopicState | None) -> int:
    if state is None or (state.level or Level.REGULAR) < Level.TRACKING or state.last_read_post_number == 0:
        return 0
    return max(topic.highest_post_number - state.last_read_post_number, 0)


def _people(items: Sequence[TopicListItem]) -> set[int]:
    found: set[int] = set()
    for item in items:
        found.update(poster.user_id for poster in item.posters)
        found.update((item.topic.user_id, item.topic.last_post_user_id), item.participants)
        found.update(teaser.user_id for teaser in (item.teaser, item.first_post) if teaser is not None)
    return found
