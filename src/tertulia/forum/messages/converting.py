"""A topic for everybody turned into a private message of those who wrote in it, and back. For staff.

Counters of category and authors follow here, as no event says what they need.
"""

from __future__ import annotations

from tertulia.forum.permissions import allow
from tertulia.forum.posts.notes import store_note
from tertulia.forum.tags.tagging import count_topic, is_topic_public
from tertulia.forum.topic_rules.placing import place_topic
from tertulia.forum.topics.recipients import Recipients, follow_recipients
from tertulia.forum.unit import Unit
from tertulia.model.errors import ConversionRefused, LoginRequired, NotAMessage, NotFound, TopicMissing
from tertulia.model.events import TopicEdited
from tertulia.model.topics import Archetype, Topic
from tertulia.store.writing import messages as message_store
from tertulia.store.writing import topics as store
from tertulia.store.writing.counters import find_latest, lock_counters, set_latest, shift_category, shift_user

MOST_POSTERS = 1_000


async def make_private(unit: Unit, topic_id: int) -> Topic:
    """Only its authors, and whoever did this, see the topic from now on. It was in a category and leaves it.

    Raises LoginRequired, TopicMissing, NotAllowed (staff only), NotFound (a message already), ConversionRefused
    (over 1,000 authors)."""
    await _find(unit, topic_id, private=False)
    await unit.write()
    topic = await _find(unit, topic_id, private=False)
    posters = await message_store.list_posters(unit.tx, topic.id, limit=MOST_POSTERS + 1)
    if len(posters) > MOST_POSTERS:
        raise ConversionRefused(maximum=MOST_POSTERS)
    was_public = await is_topic_public(unit.tx, topic.id)
    await lock_counters(unit.tx, category_id=topic.category_id, user_id=min([topic.user_id, *dict(posters)]))
    await store.update_topic(
        unit.tx,
        topic.id,
        fields={"archetype": int(Archetype.MESSAGE), "category_id": None, "pinned_at": None, "updated_at": unit.now},
    )
    actor_id = unit.actor.user_id
    if actor_id is None:
        raise LoginRequired()
    people = sorted({topic.user_id, actor_id, *(user_id for user_id, _ in posters)})
    await store.allow_readers(unit.tx, topic.id, user_ids=people, group_ids=[])
    await follow_recipients(unit, topic.id, Recipients(user_ids=tuple(people)))
    await _count(unit, topic, posters=posters, category_id=topic.category_id, by=-1)
    await count_topic(unit.tx, topic.id, was_public=was_public)
    return await _finish(unit, topic, action="private_topic", category_id=None)


async def make_public(unit: Unit, topic_id: int, *, category_id: int | None) -> Topic:
    """Everybody who sees the category (none given: where the site puts such topics) sees the message from now on.

    Raises LoginRequired, TopicMissing, NotAMessage, NotAllowed (staff only), ConversionRefused, and what placing a
    topic raises."""
    await _find(unit, topic_id, private=True)
    category = await place_topic(unit, category_id)
    await unit.write()
    topic = await _find(unit, topic_id, private=True)
    category = await place_topic(unit, category_id)
    posters = await message_store.list_posters(unit.tx, topic.id, limit=MOST_POSTERS + 1)
    if len(posters) > MOST_POSTERS:
        raise ConversionRefused(maximum=MOST_POSTERS)
    await lock_counters(unit.tx, category_id=category.id, user_id=min([topic.user_id, *dict(posters)]))
    await store.update_topic(
        unit.tx,
        topic.id,
        fields={"archetype": int(Archetype.REGULAR), "category_id": category.id, "updated_at": unit.now},
    )
    await message_store.remove_everybody(unit.tx, topic.id)
    await _count(unit, topic, posters=posters, category_id=category.id, by=1)
    await count_topic(unit.tx, topic.id, was_public=False)
    return await _finish(unit, topic, action="public_topic", category_id=category.id)


async def _find(unit: Unit, topic_id: int, *, private: bool) -> Topic:
    allow(unit, "member")
    topic = await store.lock_topic(unit.tx, topic_id, visibility=unit.actor.visibility)
    if topic is None or topic.deleted_at is not None:
        raise TopicMissing()
    allow(unit, "staff")
    if private and not topic.is_message:
        raise NotAMessage()
    if not private and topic.is_message:
        raise NotFound()
    return topic


async def _count(unit: Unit, topic: Topic, *, posters: list[tuple[int, int]], category_id: int | None, by: int) -> None:
    """What profiles and categories count: posts and topics outside messages. The line that says so is not counted."""
    if category_id is not None and topic.visible:
        await shift_category(unit.tx, category_id, topics=by, posts=by * topic.posts_count)
        await set_latest(unit.tx, category_id, fields=await find_latest(unit.tx, category_id))
    counts = dict(posters)
    for user_id in sorted({topic.user_id, *counts}):
        add = {"post_count": by * counts.get(user_id, 0), "topic_count": by if user_id == topic.user_id else 0}
        await shift_user(unit.tx, user_id, add=add)


async def _finish(unit: Unit, topic: Topic, *, action: str, category_id: int | None) -> Topic:
    now = await store.read_topic_again(unit.tx, topic.id)
    await store_note(unit, now, action_code=action)
    if category_id is not None and now.visible:
        await shift_category(unit.tx, category_id, posts=1)
    unit.tell(
        TopicEdited(
            topic_id=topic.id,
            category_id=category_id,
            before={"archetype": topic.archetype},
            after={"archetype": now.archetype},
        )
    )
    return await store.read_topic_again(unit.tx, topic.id)
