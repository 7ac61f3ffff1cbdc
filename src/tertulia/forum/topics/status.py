"""Open or closed, archived, listed, pinned: set by moderators, with a line in the topic that says so.

Pins that single readers cleared are here as well. Read next: `editing.py`.
"""

from __future__ import annotations

from tertulia.forum.permissions import allow
from tertulia.forum.posts.notes import store_note
from tertulia.forum.tags.tagging import count_topic, is_topic_public
from tertulia.forum.topic_rules.claiming import claim_topic
from tertulia.forum.unit import Unit
from tertulia.model.errors import LoginRequired, StatusUnknown, TopicMissing
from tertulia.model.events import TopicStatusChanged
from tertulia.model.topics import SetTopicStatus, Topic
from tertulia.store.writing import topics as store
from tertulia.store.writing.counters import lock_counters
from tertulia.store.writing.readers import set_cleared_pin

_PINS = ("pinned", "pinned_globally")
STATUSES = ("closed", "archived", "visible", *_PINS)


async def set_topic_status(unit: Unit, command: SetTopicStatus) -> Topic:
    """Sets one status and answers the topic; what it is already is left without a line.

    `until` (ms, in the future) ends a pin by itself; other statuses ignore it. Raises StatusUnknown, TopicMissing,
    NotAllowed (moderators of the category only)."""
    if command.status not in STATUSES:
        raise StatusUnknown(name=command.status[:100])
    topic = await claim_topic(unit, command.topic_id, act="topic.moderate")
    fields = _fields(unit, topic, command)
    if all(getattr(topic, name) == value for name, value in fields.items()):
        return topic
    was_public = await is_topic_public(unit.tx, topic.id)
    await lock_counters(unit.tx, category_id=topic.category_id, user_id=topic.user_id)
    await store.update_topic(unit.tx, topic.id, fields={**fields, "updated_at": unit.now})
    await count_topic(unit.tx, topic.id, was_public=was_public)
    code = f"{command.status}.{'enabled' if command.enabled else 'disabled'}"
    await store_note(unit, await store.read_topic_again(unit.tx, topic.id), action_code=code)
    unit.tell(
        TopicStatusChanged(
            topic_id=topic.id, category_id=topic.category_id, status=command.status, enabled=command.enabled
        )
    )
    return await store.read_topic_again(unit.tx, topic.id)


def _fields(unit: Unit, topic: Topic, command: SetTopicStatus) -> dict[str, object]:
    if command.status not in _PINS:
        return {command.status: command.enabled}
    if not command.enabled:
        return {"pinned_at": None, "pinned_until": None, "pinned_globally": False}
    until = command.until if command.until is not None and command.until > unit.now else None
    globally = command.status == "pinned_globally"
    same = topic.pinned_at is not None and topic.pinned_globally == globally and topic.pinned_until == until
    return {
        "pinned_at": topic.pinned_at if same else unit.now,
        "pinned_until": until,
        "pinned_globally": globally,
    }


async def clear_pin(unit: Unit, topic_id: int) -> None:
    """The topic is no longer pinned for the actor. Raises LoginRequired, TopicMissing."""
    await _set_cleared(unit, topic_id, at=unit.now)


async def re_pin(unit: Unit, topic_id: int) -> None:
    """Takes that back. Raises LoginRequired, TopicMissing."""
    await _set_cleared(unit, topic_id, at=None)


async def _set_cleared(unit: Unit, topic_id: int, *, at: int | None) -> None:
    allow(unit, "member")
    if await store.lock_topic(unit.tx, topic_id, visibility=unit.actor.visibility) is None:
        raise TopicMissing()
    if unit.actor.user_id is None:
        raise LoginRequired()
    await unit.write()
    if await store.lock_topic(unit.tx, topic_id, visibility=unit.actor.visibility) is None:
        raise TopicMissing()
    await set_cleared_pin(unit.tx, topic_id, unit.actor.user_id, at=at, now=unit.now)
