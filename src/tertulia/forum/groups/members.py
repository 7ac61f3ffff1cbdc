"""Who is in a custom group: adding, removing, owners, joining and leaving.

Members of built-in groups follow from roles and trust levels (`users/roles.py`).
"""

from __future__ import annotations

from collections.abc import Sequence

from tertulia.forum.groups.logs import log_members
from tertulia.forum.groups.people import find_people
from tertulia.forum.groups.visibility import group_reader, see
from tertulia.forum.handles import handle_key
from tertulia.forum.limits.acting import take_membership
from tertulia.forum.permissions import allow
from tertulia.forum.staff_actions import log_staff_action
from tertulia.forum.unit import Unit
from tertulia.model.errors import (
    GroupBuiltIn,
    GroupClosed,
    GroupMemberAlready,
    GroupMemberMissing,
    GroupMissing,
    LoginRequired,
)
from tertulia.model.events import GroupMembersAdded, GroupMembersRemoved
from tertulia.model.groups import ChangeMembers, Group
from tertulia.model.users import User, UserCard
from tertulia.store import group_members as store
from tertulia.store.accounts.changes import adopt_group_marks, drop_group_marks
from tertulia.store.cards import list_cards
from tertulia.store.groups import find_group, lock_group
from tertulia.store.versions import PERMISSIONS, bump_version


async def add_members(unit: Unit, command: ChangeMembers) -> tuple[UserCard, ...]:
    """Adds everybody named. For admins and owners of the group; who names only themselves joins an open group.

    Raises GroupMissing, GroupBuiltIn, NotAllowed, UserMissing, ParameterInvalid, GroupMemberAlready (naming those
    who are: nobody is added then)."""
    if await _is_about_self(unit, command):
        await join_group(unit, command.group_id)
        return await _cards(unit, [_actor(unit)])
    group = await _custom(unit, command.group_id, locked=False)
    people = await find_people(unit, command)
    await unit.write()
    group = await _custom(unit, command.group_id, locked=True)
    present = await store.find_members(unit.tx, group.id, ids=[user.id for user in people])
    if present:
        raise GroupMemberAlready(usernames=tuple(user.username for user in people if user.id in present))
    await put_in(unit, group, people, owner=False)
    return await _cards(unit, people)


async def remove_members(unit: Unit, command: ChangeMembers) -> tuple[tuple[UserCard, ...], tuple[str, ...]]:
    """Removes everybody named who is a member; (removed, usernames of those who were none). For admins and owners;
    who names only themselves leaves a group that lets people go.

    Raises GroupMissing, GroupBuiltIn, GroupClosed, NotAllowed, UserMissing, ParameterInvalid."""
    if await _is_about_self(unit, command):
        await leave_group(unit, command.group_id)
        return await _cards(unit, [_actor(unit)]), ()
    await _custom(unit, command.group_id, locked=False)
    people = await find_people(unit, command)
    await unit.write()
    group = await _custom(unit, command.group_id, locked=True)
    present = await store.find_members(unit.tx, group.id, ids=[user.id for user in people])
    leaving = [user for user in people if user.id in present]
    await _take_out(unit, group, leaving)
    skipped = tuple(user.username for user in people if user.id not in present)
    return await _cards(unit, leaving), skipped


async def set_owners(unit: Unit, command: ChangeMembers, *, owner: bool) -> tuple[UserCard, ...]:
    """Makes people owners (members too, if they are none), or owners plain members. For admins and owners.

    Raises GroupMissing, GroupBuiltIn, NotAllowed, UserMissing, ParameterInvalid, GroupMemberMissing (taking
    ownership from somebody who is no member)."""
    await _custom(unit, command.group_id, locked=False)
    people = await find_people(unit, command)
    await unit.write()
    group = await _custom(unit, command.group_id, locked=True)
    ids = [user.id for user in people]
    present = await store.find_members(unit.tx, group.id, ids=ids)
    absent = [user for user in people if user.id not in present]
    if absent and not owner:
        raise GroupMemberMissing(usernames=tuple(user.username for user in absent))
    if absent:
        await put_in(unit, group, absent, owner=True)
    await store.set_owner(unit.tx, group.id, ids=ids, owner=owner)
    names = ", ".join(user.username for user in people)
    action = "make_user_group_owner" if owner else "remove_user_as_group_owner"
    changed = [user_id for user_id, owns in present.items() if owns != owner]
    await log_members(unit, group, action=action, user_ids=changed)
    await log_staff_action(unit, action, subject=group.name, details=names)
    return await _cards(unit, people)


async def join_group(unit: Unit, group_id: int) -> Group:
    """The actor becomes a member of a group that is open to all.

    Raises LoginRequired, GroupMissing, GroupClosed, GroupMemberAlready, RateLimited (three times a minute)."""
    user = _actor(unit)
    see(await find_group(unit.tx, group_id), reader=await group_reader(unit))
    await take_membership(unit)
    await unit.write()
    group = await _visible(unit, group_id)
    if group.automatic or not group.public_admission:
        raise GroupClosed()
    if await store.find_members(unit.tx, group.id, ids=[user.id]):
        raise GroupMemberAlready(usernames=(user.username,))
    await put_in(unit, group, [user], owner=False)
    return group


async def leave_group(unit: Unit, group_id: int) -> Group:
    """The actor leaves a group that lets people go.

    Raises LoginRequired, GroupMissing, GroupClosed, GroupMemberMissing, RateLimited (together with joining)."""
    user = _actor(unit)
    see(await find_group(unit.tx, group_id), reader=await group_reader(unit))
    await take_membership(unit)
    await unit.write()
    group = await _visible(unit, group_id)
    if group.automatic or not group.public_exit:
        raise GroupClosed()
    if not await store.find_members(unit.tx, group.id, ids=[user.id]):
        raise GroupMemberMissing(usernames=(user.username,))
    await _take_out(unit, group, [user])
    return group


async def put_in(unit: Unit, group: Group, people: Sequence[User], *, owner: bool) -> None:
    """Adds people who are no members, in a unit that writes; they get what the group gives its members."""
    ids = sorted(user.id for user in people)
    if not ids:
        return
    await store.insert_members(unit.tx, group.id, ids=ids, owner=owner, now=unit.now)
    await adopt_group_marks(
        unit.tx,
        ids,
        group_id=group.id if group.primary_group else None,
        title=group.title,
        trust_level=group.grant_trust_level,
    )
    await bump_version(unit.tx, PERMISSIONS)
    unit.tell(GroupMembersAdded(group_id=group.id, name=group.name, user_ids=tuple(ids)))
    await log_members(unit, group, action="add_user_to_group", user_ids=ids)
    if owner:
        await log_members(unit, group, action="make_user_group_owner", user_ids=ids)
    await _log(unit, "add_user_to_group", group=group, people=people)


async def _take_out(unit: Unit, group: Group, people: Sequence[User]) -> None:
    ids = sorted(user.id for user in people)
    if not ids:
        return
    await store.delete_members(unit.tx, group.id, ids=ids)
    await drop_group_marks(unit.tx, ids, group_id=group.id, title=group.title)
    await bump_version(unit.tx, PERMISSIONS)
    unit.tell(GroupMembersRemoved(group_id=group.id, name=group.name, user_ids=tuple(ids)))
    await log_members(unit, group, action="remove_user_from_group", user_ids=ids)
    await _log(unit, "remove_user_from_group", group=group, people=people)


async def _log(unit: Unit, action: str, *, group: Group, people: Sequence[User]) -> None:
    """A line for what was done to others; who joins or leaves by themselves is no business of staff."""
    if [user.id for user in people] != [unit.actor.user_id]:
        details = ", ".join(user.username for user in people)
        await log_staff_action(unit, action, subject=group.name, details=details)


async def _is_about_self(unit: Unit, command: ChangeMembers) -> bool:
    """Whether somebody without rights over the group names nobody but themselves."""
    user = unit.actor.user
    if user is None or user.admin or command.group_id in (await group_reader(unit)).owned_ids:
        return False
    names = {handle_key(name.strip().removeprefix("@")) for name in command.usernames if name.strip()}
    others = command.emails or (names - {user.username_key}) or (set(command.user_ids) - {user.id})
    return not others and bool(names or command.user_ids)


async def _custom(unit: Unit, group_id: int, *, locked: bool) -> Group:
    """A group whose members the actor may change."""
    reader = await group_reader(unit)
    stored = await (lock_group if locked else find_group)(unit.tx, group_id)
    group = see(stored, reader=reader)
    allow(unit, "group.edit", owns_group=group.id in reader.owned_ids)
    if group.automatic:
        raise GroupBuiltIn()
    return group


async def _visible(unit: Unit, group_id: int) -> Group:
    group = await lock_group(unit.tx, group_id)
    if group is None:
        raise GroupMissing()
    return see(group, reader=await group_reader(unit))


def _actor(unit: Unit) -> User:
    allow(unit, "member")
    if unit.actor.user is None:
        raise LoginRequired()
    return unit.actor.user


async def _cards(unit: Unit, people: Sequence[User]) -> tuple[UserCard, ...]:
    cards = await list_cards(unit.tx, [user.id for user in people])
    return tuple(cards[user.id] for user in people)
