"""A topic as all see it who may see the same: read once for many readers, and kept until something in it changes.

What is each reader's own is added in `reading.py`. Messages, and what shows links to messages, are read anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from tertulia.forum.categories.reading import read_category
from tertulia.forum.categories.views import privileges_in
from tertulia.forum.permissions import able
from tertulia.forum.posts.reading import Beside, load_beside
from tertulia.forum.topics.windows import Window, find_window
from tertulia.forum.unit import Unit
from tertulia.model.categories import CategoryView
from tertulia.model.errors import CategoryMissing, TopicMissing
from tertulia.model.posts import Post
from tertulia.model.tags import TagRef
from tertulia.model.topics import Participant, ReadTopic, Topic, TopicLink
from tertulia.model.users import UserCard
from tertulia.store import cards, posts_reading, topics_reading
from tertulia.store.lists.streams import has_deleted_posts

MOST_PARTICIPANTS = 24  # source: upstream
MOST_LINKS = 50
_OF_POST, _OF_VIEW, _OF_PLACE, _OF_TOPIC = 2_000, 4_000, 60, 20_000  # bytes in memory beside the texts, generously
_FORMS = 2  # what is made of the text of a shared view: data and a page


class Shared(msgspec.Struct, frozen=True):
    """A topic with a window of its posts, and everything around them that is no reader's own.

    `category` shows the rights and the level of whoever read it first: see `category_for`."""

    topic: Topic
    window: Window
    posts: tuple[Post, ...]
    beside: Beside
    participants: tuple[Participant, ...]
    people: Mapping[int, UserCard]
    tags: tuple[TagRef, ...]
    category: CategoryView | None
    links: tuple[TopicLink, ...]
    has_deleted: bool


async def gather_topic(unit: Unit, command: ReadTopic) -> Shared:
    """Everything but the reader's own. Raises TopicMissing and NotFound as `read_topic`."""
    key = _key(unit, command)
    known: Shared | None = unit.recall(key) if key is not None else None
    if known is not None:
        unit.weigh(key, _size(known))  # views were added since it was kept
        return known
    shared = await _gather(unit, command)
    if key is not None and await _is_same_for_others(unit, shared):
        shared.beside.plain = {}
        unit.keep(key, shared, topic_id=shared.topic.id, size=_size(shared))
    return shared


def _key(unit: Unit, command: ReadTopic) -> tuple[object, ...] | None:
    """What a topic looks the same for: all that decides on what is seen, but for who takes part in messages."""
    if command.post_ids is not None or command.usernames or command.replies_to is not None or command.summary:
        return None
    sight = msgspec.structs.replace(unit.actor.visibility, user_id=None, group_ids=())
    how = msgspec.structs.replace(command, record_visit=False, with_suggested=False)
    return ("topic", how, sight, unit.actor.findable, unit.actor.is_admin)


async def _is_same_for_others(unit: Unit, shared: Shared) -> bool:
    if shared.topic.is_message:
        return False
    ids = [post.id for post in shared.posts]
    topic_id, links = shared.topic.id, shared.links
    return not await topics_reading.leads_to_messages(unit.tx, topic_id, links, post_ids=ids, limit=MOST_LINKS)


def _size(shared: Shared) -> int:
    shown = sum(len(post.cooked) for post in shared.posts)
    views = len(shared.beside.plain or ())
    made = views * (_OF_VIEW + _FORMS * shown // max(len(shared.posts), 1))
    read = sum(len(post.raw) for post in shared.posts) + shown + _OF_POST * len(shared.posts)
    return read + made + _OF_PLACE * len(shared.window.stream) + _OF_TOPIC


async def _gather(unit: Unit, command: ReadTopic) -> Shared:
    tx, visibility = unit.tx, unit.actor.visibility
    topic = await topics_reading.find_topic(tx, command.topic_id, visibility=visibility)
    if topic is None:
        raise TopicMissing()
    window = await find_window(unit, topic, command=command)
    posts = await _load_posts(unit, topic, window.post_ids, in_order=command.post_ids is not None)
    busiest = await topics_reading.list_participants(tx, topic.id, limit=MOST_PARTICIPANTS)
    named = {topic.user_id, topic.last_post_user_id, topic.deleted_by, *(each for each, _ in busiest)}
    people = await cards.list_cards(tx, named)
    return Shared(
        topic=topic,
        window=window,
        posts=posts,
        beside=await load_beside(unit, posts) if posts else Beside({}, {}, {}, {}, {}),
        participants=tuple(Participant(people[each], count) for each, count in busiest if each in people),
        people=people,
        tags=(await cards.list_topic_tags(tx, [topic.id])).get(topic.id, ()),
        category=await _category_of(unit, topic),
        links=await topics_reading.list_topic_links(tx, topic.id, visibility=visibility, limit=MOST_LINKS),
        has_deleted=visibility.sees_deleted and await has_deleted_posts(tx, topic.id),
    )


async def _load_posts(unit: Unit, topic: Topic, post_ids: Sequence[int], *, in_order: bool) -> tuple[Post, ...]:
    found = await posts_reading.list_posts_of_topic(unit.tx, topic.id, post_ids, visibility=unit.actor.visibility)
    places = {post_id: place for place, post_id in enumerate(post_ids)}
    return tuple(found if in_order else sorted(found, key=lambda post: places[post.id]))


async def _category_of(unit: Unit, topic: Topic) -> CategoryView | None:
    """The topic's category. None for private messages, and where the topic may be read but not the category found."""
    if topic.category_id is None:
        return None
    try:
        return await read_category(unit, topic.category_id)
    except CategoryMissing:
        return None


def category_for(unit: Unit, view: CategoryView | None, *, level: int | None) -> CategoryView | None:
    """The category with what the actor may do in it."""
    if view is None:
        return None
    category = view.category
    return msgspec.structs.replace(
        view,
        privileges=privileges_in(unit.actor, category.id),
        level=level,
        can_edit=able(unit, "category.save"),
        can_create_topic=able(unit, "topic.create", category_id=category.id, category_disabled=category.disabled),
    )
