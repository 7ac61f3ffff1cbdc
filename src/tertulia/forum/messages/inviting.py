"""Letting more people and groups into a private message. Source of the rules: upstream."""

from __future__ import annotations

from tertulia.forum.groups.visibility import group_reader, see
from tertulia.forum.handles import handle_key
from tertulia.forum.limits.acting import take_invitation
from tertulia.forum.messages.finding import find_message
from tertulia.forum.permissions import allow
from tertulia.forum.posts.notes import store_note
from tertulia.forum.sessions.actors import built_in_groups
from tertulia.forum.topics.recipients import (
    Recipients,
    follow_recipients,
    may_write_to_group,
    may_write_to_user,
)
from tertulia.forum.unit import Unit
from tertulia.forum.users.finding import is_visible
from tertulia.forum.users.names import email_key, username_key
from tertulia.model.errors import (
    NotAllowed,
    RecipientAlready,
    RecipientsRefused,
    RecipientsTooMany,
    RecipientsUnknown,
)
from tertulia.model.events import TopicGroupInvited, TopicUserInvited
from tertulia.model.groups import EVERYONE_ID, Group
from tertulia.model.levels import Level
from tertulia.model.topics import Topic
from tertulia.model.users import User, UserCard
from tertulia.store import users as user_store
from tertulia.store.accounts.memberships import list_custom_group_ids
from tertulia.store.cards import list_cards
from tertulia.store.groups import find_group_by_key
from tertulia.store.readers.topic_states import find_state
from tertulia.store.writing import messages as store
from tertulia.store.writing.topics import allow_readers, read_topic_again, update_topic


async def invite_user(unit: Unit, topic_id: int, *, name: str) -> UserCard:
    """Lets somebody in, by username or (for staff) e-mail address, with a line that says so, and answers who it was.

    Raises LoginRequired, TopicMissing, NotAMessage, Silenced, NotAllowed (no right to begin messages),
    RecipientsUnknown, RecipientsRefused (the actor may not write to them, or they muted the message),
    RecipientAlready, RecipientsTooMany (not to staff), RateLimited."""
    topic = await _find_open(unit, topic_id)
    user = await _find_user(unit, name)
    await _check_user(unit, topic, user)
    await take_invitation(unit)
    await unit.write()
    topic = await _find_open(unit, topic_id)
    await _check_user(unit, topic, user)
    groups = {*built_in_groups(user), *await list_custom_group_ids(unit.tx, user.id)} - {EVERYONE_ID}
    known_by_group = await store.list_groups_in(unit.tx, topic.id, group_ids=groups)
    await allow_readers(unit.tx, topic.id, user_ids=[user.id], group_ids=[])
    await follow_recipients(unit, topic.id, Recipients(user_ids=(user.id,)))
    await _say(unit, topic, action="" if known_by_group else "invited_user", subject=user.username)
    unit.tell(TopicUserInvited(topic_id=topic.id, user_id=user.id))
    return (await list_cards(unit.tx, [user.id]))[user.id]


async def invite_group(unit: Unit, topic_id: int, *, name: str) -> Group:
    """Lets a group in, with a line that says so, and answers it.

    Raises LoginRequired, GroupMissing, TopicMissing, NotAMessage, Silenced, NotAllowed (the group's level),
    RecipientAlready, RecipientsTooMany (not to staff)."""
    topic = await find_message(unit, topic_id)
    allow(unit, "message.create")
    group = await _find_group(unit, name)
    await _check_group(unit, topic, group)
    await unit.write()
    topic = await find_message(unit, topic_id)
    group = await _find_group(unit, name)
    await _check_group(unit, topic, group)
    await allow_readers(unit.tx, topic.id, user_ids=[], group_ids=[group.id])
    await follow_recipients(unit, topic.id, Recipients(group_ids=(group.id,)))
    await _say(unit, topic, action="invited_group", subject=group.name)
    unit.tell(TopicGroupInvited(topic_id=topic.id, group_id=group.id))
    return group


async def _find_open(unit: Unit, topic_id: int) -> Topic:
    topic = await find_message(unit, topic_id)
    allow(unit, "message.send")
    return topic


async def _find_user(unit: Unit, name: str) -> User:
    name = name.strip().removeprefix("@")
    if "@" in name:
        found = await user_store.find_user_by_email(unit.tx, email_key(name)) if unit.actor.is_staff else None
    else:
        found = await user_store.find_user_by_key(unit.tx, username_key(name)) if name.isprintable() else None
    if found is None or found.id <= 0 or not is_visible(unit, found):
        raise RecipientsUnknown(names=name[:100])
    return found


async def _check_user(unit: Unit, topic: Topic, user: User) -> None:
    if await store.is_in(unit.tx, topic.id, user.id):
        raise RecipientAlready(name=user.username)
    state = await find_state(unit.tx, topic.id, user.id)
    muted = state is not None and state.level == Level.MUTED
    if muted or not may_write_to_user(unit, user):
        raise RecipientsRefused(names=user.username)
    await _check_room(unit, topic)


async def _find_group(unit: Unit, name: str) -> Group:
    key = handle_key(name.strip().removeprefix("@"))
    return see(await find_group_by_key(unit.tx, key), reader=await group_reader(unit))


async def _check_group(unit: Unit, topic: Topic, group: Group) -> None:
    if not may_write_to_group(unit, group, owned_ids=(await group_reader(unit)).owned_ids):
        raise NotAllowed()
    if await store.list_groups_in(unit.tx, topic.id, group_ids=[group.id]):
        raise RecipientAlready(name=group.name)
    await _check_room(unit, topic)


async def _check_room(unit: Unit, topic: Topic) -> None:
    most = unit.site.max_allowed_message_recipients
    if not unit.actor.is_staff and sum(await store.count_people(unit.tx, topic.id)) >= most:
        raise RecipientsTooMany(maximum=most)


async def _say(unit: Unit, topic: Topic, *, action: str, subject: str) -> None:
    if action:
        await store_note(unit, await read_topic_again(unit.tx, topic.id), action_code=action, subject=subject)
    else:
        await update_topic(unit.tx, topic.id)
