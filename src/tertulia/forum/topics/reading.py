"""Topics as one reader may see them: found by id, external id or slug, and read whole with a window of posts.

Invisible and absent are the same everywhere here. Read next: `windows.py` (which posts), `abilities.py`, `listing.py`.
"""

from __future__ import annotations

from collections.abc import Mapping

from tertulia.forum.batches import note_visit
from tertulia.forum.posts.reading import Own, present_posts, unknown_user
from tertulia.forum.topics.abilities import topic_abilities
from tertulia.forum.topics.gathering import Shared, category_for, gather_topic
from tertulia.forum.topics.suggesting import NOTHING, suggest_topics
from tertulia.forum.unit import Unit
from tertulia.model.errors import TopicMissing
from tertulia.model.groups import Group
from tertulia.model.levels import Level
from tertulia.model.topics import ReadTopic, Topic, TopicView
from tertulia.model.users import UserCard
from tertulia.store import cards, topics_reading
from tertulia.store.lists.streams import HIDE, StreamSpec, list_stream_after
from tertulia.store.readers.overlays import Mine, read_mine
from tertulia.store.writing.messages import is_archived

MOST_IDS = 10_000


async def read_topic(unit: Unit, command: ReadTopic) -> TopicView:
    """The topic with a window of its posts and everything a page shows around them.

    The number of statements depends neither on the posts nor on the people. Raises TopicMissing (also for what the
    actor cannot see) and NotFound (no such page)."""
    shared = await gather_topic(unit, command)
    topic, window, people = shared.topic, shared.window, shared.people
    if command.record_visit:
        note_visit(unit, topic.id)
    unit.hold_until(topic.pinned_until)
    mine = await _read_mine(unit, shared)
    named, allowed, groups = await _taking_part(unit, topic)
    suggested = await suggest_topics(unit, topic) if command.with_suggested else NOTHING
    own = Own(votes=mine.votes, bookmarks=mine.marked, states={topic.id: mine.state} if mine.state is not None else {})
    return TopicView(
        topic=topic,
        tags=shared.tags,
        category=category_for(unit, shared.category, level=mine.category_level),
        stream=window.stream,
        posts=tuple(present_posts(unit, shared.posts, beside=shared.beside, own=own)),
        timeline=window.timeline,
        creator=_card(people, topic.user_id),
        last_poster=_card(people, topic.last_post_user_id),
        deleted_by=people.get(topic.deleted_by) if topic.deleted_by is not None else None,
        participants=shared.participants,
        links=shared.links,
        state=mine.state,
        abilities=topic_abilities(unit, topic),
        bookmarked=mine.topic_marked,
        allowed_users=tuple(named[each] for each in allowed if each in named),
        allowed_groups=groups,
        message_archived=topic.is_message and await _is_archived(unit, topic),
        suggested=suggested.items,
        suggested_users=suggested.users,
        suggested_forms=suggested.forms,
        is_mega=window.is_mega,
        first_post_id=window.first_post_id,
        last_post_id=window.last_post_id,
        has_deleted=shared.has_deleted,
        page=window.page,
        page_count=window.page_count,
        current_post_number=window.current_post_number,
        chunk_size=command.chunk,
        around_level=_level_around(unit, mine.levels),
    )


async def _read_mine(unit: Unit, shared: Shared) -> Mine:
    reader, topic = unit.actor.user_id, shared.topic
    if reader is None:
        return Mine()
    return await read_mine(
        unit.tx,
        reader,
        topic.id,
        post_ids=[post.id for post in shared.posts],
        category_id=topic.category_id,
        tag_ids=[tag.id for tag in shared.tags],
    )


async def _taking_part(unit: Unit, topic: Topic) -> tuple[Mapping[int, UserCard], tuple[int, ...], tuple[Group, ...]]:
    """Of a message: cards and ids of the people that it is for, and the groups."""
    if not topic.is_message:
        return {}, (), ()
    tx = unit.tx
    allowed = (await topics_reading.list_allowed_users(tx, [topic.id])).get(topic.id, ())
    groups = (await topics_reading.list_allowed_groups(tx, [topic.id])).get(topic.id, ())
    return await cards.list_cards(tx, allowed), allowed, await cards.list_groups_by_ids(tx, groups) if groups else ()


async def _is_archived(unit: Unit, topic: Topic) -> bool:
    actor = unit.actor
    return await is_archived(unit.tx, topic.id, actor.user_id or 0, group_ids=actor.group_ids)


async def list_post_ids(unit: Unit, topic_id: int, *, after_number: int, limit: int) -> tuple[int, ...]:
    """Ids of the visible posts with numbers above `after_number`, at most 10,000. Raises TopicMissing."""
    await find_topic(unit, topic_id)
    spec = StreamSpec(deleted=HIDE, whispers=unit.actor.visibility.sees_deleted)
    rows = await list_stream_after(unit.tx, topic_id, after_number, spec=spec, limit=min(max(limit, 0), MOST_IDS))
    return tuple(row.id for row in rows)


def _level_around(unit: Unit, levels: frozenset[int]) -> int:
    if unit.actor.user is None:
        return int(Level.REGULAR)
    return next((int(each) for each in (Level.WATCHING, Level.TRACKING, Level.MUTED) if each in levels), Level.REGULAR)


def _card(people: Mapping[int, UserCard], user_id: int) -> UserCard:
    return people.get(user_id) or unknown_user(user_id)


async def find_topic(unit: Unit, topic_id: int) -> Topic:
    """The topic. Raises TopicMissing, also for what the actor cannot see."""
    return _found(await topics_reading.find_topic(unit.tx, topic_id, visibility=unit.actor.visibility))


async def find_topic_by_external_id(unit: Unit, external_id: str) -> Topic:
    """The topic that was created with the id of another system. Raises TopicMissing."""
    visibility = unit.actor.visibility
    return _found(await topics_reading.find_topic_by_external_id(unit.tx, external_id, visibility=visibility))


async def find_topic_by_slug(unit: Unit, slug: str) -> Topic:
    """The oldest topic with the slug. Raises TopicMissing."""
    return _found(await topics_reading.find_topic_by_slug(unit.tx, slug, visibility=unit.actor.visibility))


def _found(topic: Topic | None) -> Topic:
    if topic is None:
        raise TopicMissing()
    return topic
