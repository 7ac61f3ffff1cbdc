"""Taking people and groups out of a private message, and leaving one."""

from __future__ import annotations

from tertulia.forum.groups.visibility import group_reader, reaches
from tertulia.forum.handles import handle_key
from tertulia.forum.messages.finding import find_message
from tertulia.forum.permissions import allow
from tertulia.forum.posts.notes import store_note
from tertulia.forum.unit import Unit
from tertulia.forum.users.finding import is_visible
from tertulia.forum.users.names import username_key
from tertulia.model.errors import GroupMissing, RecipientMissing, UserMissing
from tertulia.model.events import TopicGroupRemoved, TopicUserRemoved
from tertulia.model.groups import Group
from tertulia.model.topics import Topic
from tertulia.model.users import User
from tertulia.store.groups import find_group_by_key
from tertulia.store.users import find_user_by_key
from tertulia.store.writing import messages as store


async def remove_user(unit: Unit, topic_id: int, *, username: str) -> None:
    """Takes somebody out, with a line that says so; the actor may leave by themselves.

    For staff and the message's author, who stays in unless staff takes them out.
    Raises LoginRequired, TopicMissing, NotAMessage, UserMissing (also for somebody who is neither in it nor to be
    seen), NotAllowed, RecipientMissing."""
    topic, user = await _find_user(unit, topic_id, username=username)
    await unit.write()
    topic, user = await _find_user(unit, topic_id, username=username)
    if not await store.remove_user(unit.tx, topic.id, user.id):
        raise RecipientMissing(name=user.username)
    action = "user_left" if user.id == unit.actor.user_id else "removed_user"
    await store_note(unit, topic, action_code=action, subject=user.username)
    unit.tell(TopicUserRemoved(topic_id=topic.id, user_id=user.id))


async def remove_group(unit: Unit, topic_id: int, *, name: str) -> None:
    """Takes a group out, with a line that says so. For staff and the message's author.

    Raises LoginRequired, TopicMissing, NotAMessage, NotAllowed, GroupMissing (also for a group that is neither in it
    nor to be seen), RecipientMissing."""
    topic, group = await _find_group(unit, topic_id, name=name)
    await unit.write()
    topic, group = await _find_group(unit, topic_id, name=name)
    if not await store.remove_group(unit.tx, topic.id, group.id):
        raise RecipientMissing(name=group.name)
    await store_note(unit, topic, action_code="removed_group", subject=group.name)
    unit.tell(TopicGroupRemoved(topic_id=topic.id, group_id=group.id))


async def _find_user(unit: Unit, topic_id: int, *, username: str) -> tuple[Topic, User]:
    topic = await find_message(unit, topic_id)
    name = username.strip().removeprefix("@")
    user = await find_user_by_key(unit.tx, username_key(name)) if name.isprintable() else None
    if user is None or not (is_visible(unit, user) or await store.is_in(unit.tx, topic.id, user.id)):
        raise UserMissing()
    allow(unit, "message.remove", topic=topic, user=user)
    if user.id == topic.user_id and not unit.actor.is_staff:
        allow(unit, "staff")
    return topic, user


async def _find_group(unit: Unit, topic_id: int, *, name: str) -> tuple[Topic, Group]:
    topic = await find_message(unit, topic_id)
    allow(unit, "message.remove", topic=topic)
    group = await find_group_by_key(unit.tx, handle_key(name.strip().removeprefix("@")))
    if group is None:
        raise GroupMissing()
    seen = reaches(group.visibility_level, group_id=group.id, reader=await group_reader(unit))
    if not seen and not await store.list_groups_in(unit.tx, topic.id, group_ids=[group.id]):
        raise GroupMissing()
    return topic, group
