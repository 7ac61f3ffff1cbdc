"""Asking to be let into a group: the owners get a message, and one of them says yes or no. Source: upstream."""

from __future__ import annotations

from tertulia.forum.groups.members import put_in
from tertulia.forum.groups.reading import MAXIMUM_MEMBERS, find_group
from tertulia.forum.groups.visibility import group_reader, see
from tertulia.forum.permissions import allow
from tertulia.forum.topics.creating import create_topic
from tertulia.forum.unit import Unit
from tertulia.model.errors import (
    GroupBuiltIn,
    GroupMemberAlready,
    GroupRequestedAlready,
    GroupRequestsClosed,
    LoginRequired,
    ParameterInvalid,
    UserFieldTooLong,
)
from tertulia.model.groups import ADMINS_ID, Group, GroupRequestList
from tertulia.model.posts import PostView
from tertulia.model.topics import Archetype, CreateTopic
from tertulia.model.users import SYSTEM_ID, User
from tertulia.store import group_members, users
from tertulia.store import groups as group_store
from tertulia.store.cards import list_group_names
from tertulia.store.membership import requests as store
from tertulia.store.membership.requests import Asked

MOST_OWNERS = 5  # source: upstream writes to no more
LONGEST_REASON = 5_000


async def request_membership(unit: Unit, *, name: str, reason: str) -> PostView:
    """Asks the owners of a group (where there is none, the admins) to let the actor in, by a message from the actor.

    Raises LoginRequired, Silenced, GroupMissing, GroupRequestsClosed, GroupMemberAlready, GroupRequestedAlready,
    UserFieldTooLong (a reason has at most 5,000 characters)."""
    allow(unit, "message.create")
    user = unit.actor.user
    if user is None:
        raise LoginRequired()
    group = await find_group(unit, name=name)
    await _check_open(unit, group, user)
    if len(reason) > LONGEST_REASON:
        raise UserFieldTooLong(name="reason", maximum=LONGEST_REASON)
    owners = (await group_members.list_owner_cards(unit.tx, [group.id])).get(group.id, [])
    admins = (await list_group_names(unit.tx, [ADMINS_ID])).values()
    text = f"@{user.username} asks to become a member of @{group.name}.\n\n{reason}"
    command = CreateTopic(
        title=f"Membership request for @{group.name}",
        raw=text,
        archetype=Archetype.MESSAGE,
        recipients=tuple(owner.username for owner in owners[:MOST_OWNERS]) or tuple(admins),
    )
    view = await create_topic(unit, command, vouched=True)
    await _check_open(unit, await find_group(unit, name=name), user)
    asked = Asked(group.id, user.id)
    if not await store.insert_request(unit.tx, asked, reason=reason, now=unit.now):
        raise GroupRequestedAlready()
    return view


async def _check_open(unit: Unit, group: Group, user: User) -> None:
    if group.automatic or not group.allow_membership_requests:
        raise GroupRequestsClosed()
    if await group_members.find_members(unit.tx, group.id, ids=[user.id]):
        raise GroupMemberAlready(usernames=(user.username,))
    if await store.has_request(unit.tx, Asked(group.id, user.id)):
        raise GroupRequestedAlready()


async def list_requests(unit: Unit, *, name: str, limit: int, offset: int) -> GroupRequestList:
    """A page (1..1000) of those who wait for an answer, the longest first. For owners and admins.

    Raises GroupMissing, LoginRequired, NotAllowed, ParameterInvalid (limit)."""
    if not 1 <= limit <= MAXIMUM_MEMBERS:
        raise ParameterInvalid(name="limit", problem=f"1..{MAXIMUM_MEMBERS}")
    group = await find_group(unit, name=name)
    reader = await group_reader(unit)
    allow(unit, "group.edit", owns_group=group.id in reader.owned_ids)
    found = await store.list_requests(unit.tx, group.id, limit=limit, offset=offset)
    total = await store.count_requests(unit.tx, group.id)
    return GroupRequestList(requests=tuple(found), total=total, limit=limit, offset=offset)


async def answer_request(unit: Unit, group_id: int, *, user_id: int, accept: bool) -> None:
    """Lets somebody into the group, who gets a message about it, or not; either way the request is gone.

    For owners and admins. Raises GroupMissing, LoginRequired, NotAllowed, GroupBuiltIn, ParameterInvalid (`user_id`
    is nobody's who asked)."""
    group, user = await _find_asked(unit, group_id, user_id=user_id)
    if accept:
        command = CreateTopic(
            title=f"You are a member of @{group.name}",
            raw=f"Your request to become a member of @{group.name} was accepted.",
            archetype=Archetype.MESSAGE,
            recipients=(user.username,),
        )
        await create_topic(unit, command, vouched=True)
    await unit.write()
    group, user = await _find_asked(unit, group_id, user_id=user_id)
    await store.delete_request(unit.tx, Asked(group.id, user.id))
    if accept and not await group_members.find_members(unit.tx, group.id, ids=[user.id]):
        await put_in(unit, group, [user], owner=False)


async def _find_asked(unit: Unit, group_id: int, *, user_id: int) -> tuple[Group, User]:
    reader = await group_reader(unit)
    find = group_store.lock_group if unit.writes else group_store.find_group
    group = see(await find(unit.tx, group_id), reader=reader)
    allow(unit, "group.edit", owns_group=group.id in reader.owned_ids)
    if group.automatic:
        raise GroupBuiltIn()
    user = await users.find_user(unit.tx, user_id) if user_id != SYSTEM_ID else None
    if user is None or not await store.has_request(unit.tx, Asked(group.id, user.id)):
        raise ParameterInvalid(name="user_id", problem="unknown")
    return group, user
