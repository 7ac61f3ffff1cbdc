"""Topics as one reader may see them: found by id, external id or slug, and read whole with a window of posts.

Invisible and absent are the same everywhere here. Read next: `windows.py` (which posts), `abilities.py`, `listing.py`.
"""

from __future__ import annotations

from collections.abc import Mapping

from tertulia.forum.batches import note_visit
from tertulia.forum.categories.reading import read_category
from tertulia.forum.posts.reading import unknown_user, view_posts
from tertulia.forum.topics.abilities import topic_abilities
from tertulia.forum.topics.suggesting import suggest_topics
from tertulia.forum.topics.windows import find_window
from tertulia.forum.unit import Unit
from tertulia.model.categories import CategoryView
from tertulia.model.errors import CategoryMissing, TopicMissing
from tertulia.model.levels import Level
from tertulia.model.posts import Post
from tertulia.model.topics import Participant, ReadTopic, Topic, TopicView
from tertulia.model.users import UserCard
from tertulia.store import cards, posts_reading, topics_reading
from tertulia.store.lists.streams import HIDE, StreamSpec, has_deleted_posts, list_stream_after
from tertulia.store.notifications.audience import find_around, list_levels_around
from tertulia.store.readers import bookmarks, topic_states
from tertulia.store.writing.messages import is_archived

MOST_PARTICIPANTS = 24  # source: upstream
MOST_LINKS = 50
MOST_IDS = 10_000


async def read_topic(unit: Unit, command: ReadTopic) -> TopicView:
    """The topic with a window of its posts and everything a page shows around them.

    The number of statements depends neither on the posts nor on the people. Raises TopicMissing (also for what the
    actor cannot see) and NotFound (no such page)."""
    topic = await find_topic(unit, command.topic_id)
    window = await find_window(unit, topic, command=command)
    posts = await _load_posts(unit, topic, window.post_ids)
    if command.record_visit:
        note_visit(unit, topic.id)
    unit.hold_until(topic.pinned_until)
    reader, tx = unit.actor.user_id, unit.tx
    busiest = await topics_reading.list_participants(tx, topic.id, limit=MOST_PARTICIPANTS)
    allowed = (await topics_reading.list_allowed_users(tx, [topic.id])).get(topic.id, ()) if topic.is_message else ()
    groups = (await topics_reading.list_allowed_groups(tx, [topic.id])).get(topic.id, ()) if topic.is_message else ()
    named = {topic.user_id, topic.last_post_user_id, topic.deleted_by, *allowed, *(each for each, _ in busiest)}
    people = await cards.list_cards(tx, named)
    suggested, suggested_users = await suggest_topics(unit, topic) if command.with_suggested else ((), {})
    tags = (await cards.list_topic_tags(tx, [topic.id])).get(topic.id, ())
    category = await _category_of(unit, topic)
    return TopicView(
        topic=topic,
        tags=tags,
        category=category,
        stream=window.stream,
        posts=tuple(await view_posts(unit, posts)),
        timeline=window.timeline,
        creator=_card(people, topic.user_id),
        last_poster=_card(people, topic.last_post_user_id),
        deleted_by=people.get(topic.deleted_by) if topic.deleted_by is not None else None,
        participants=tuple(Participant(people[each], count) for each, count in busiest if each in people),
        links=await topics_reading.list_topic_links(tx, topic.id, visibility=unit.actor.visibility, limit=MOST_LINKS),
        state=await topic_states.find_state(tx, topic.id, reader) if reader is not None else None,
        abilities=topic_abilities(unit, topic),
        bookmarked=bool(await bookmarks.list_marked_topics(tx, reader, [topic.id])) if reader is not None else False,
        allowed_users=tuple(people[each] for each in allowed if each in people),
        allowed_groups=await cards.list_groups_by_ids(tx, groups) if groups else (),
        message_archived=topic.is_message and await _is_archived(unit, topic),
        suggested=suggested,
        suggested_users=suggested_users,
        is_mega=window.is_mega,
        first_post_id=window.first_post_id,
        last_post_id=window.last_post_id,
        has_deleted=unit.actor.visibility.sees_deleted and await has_deleted_posts(tx, topic.id),
        page=window.page,
        page_count=window.page_count,
        current_post_number=window.current_post_number,
        chunk_size=command.chunk,
        follower_count=await topics_reading.count_followers(tx, topic.id),
        around_level=await _level_around(unit, topic, category=category, tagged=bool(tags)),
    )


async def _is_archived(unit: Unit, topic: Topic) -> bool:
    actor = unit.actor
    return await is_archived(unit.tx, topic.id, actor.user_id or 0, group_ids=actor.group_ids)


async def list_post_ids(unit: Unit, topic_id: int, *, after_number: int, limit: int) -> tuple[int, ...]:
    """Ids of the visible posts with numbers above `after_number`, at most 10,000. Raises TopicMissing."""
    await find_topic(unit, topic_id)
    spec = StreamSpec(deleted=HIDE, whispers=unit.actor.visibility.sees_deleted)
    rows = await list_stream_after(unit.tx, topic_id, after_number, spec=spec, limit=min(max(limit, 0), MOST_IDS))
    return tuple(row.id for row in rows)


async def _load_posts(unit: Unit, topic: Topic, post_ids: tuple[int, ...]) -> list[Post]:
    found = await posts_reading.list_posts_of_topic(unit.tx, topic.id, post_ids, visibility=unit.actor.visibility)
    places = {post_id: place for place, post_id in enumerate(post_ids)}
    return sorted(found, key=lambda post: places[post.id])


async def _category_of(unit: Unit, topic: Topic) -> CategoryView | None:
    """The topic's category. None for private messages, and where the topic may be read but not the category found."""
    if topic.category_id is None:
        return None
    try:
        return await read_category(unit, topic.category_id)
    except CategoryMissing:
        return None


async def _level_around(unit: Unit, topic: Topic, *, category: CategoryView | None, tagged: bool) -> int:
    reader = unit.actor.user_id
    if reader is None:
        return int(Level.REGULAR)
    levels = {category.level} if category is not None else set()
    if tagged or (category is None and topic.category_id is not None):
        around = await find_around(unit.tx, topic.id, category_id=topic.category_id, is_message=False)
        levels |= (await list_levels_around(unit.tx, [reader], around)).get(reader, set())
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
