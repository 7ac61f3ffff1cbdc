"""Groups as one reader may see them: one, a page of them, a page of members."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from tertulia.forum.groups.addressing import may_address
from tertulia.forum.groups.names import group_key
from tertulia.forum.groups.visibility import built_in_ids, group_reader, reaches, see
from tertulia.forum.unit import Unit
from tertulia.model.errors import GroupMissing, NotAllowed, ParameterInvalid, UserMissing
from tertulia.model.groups import (
    EVERYONE_ID,
    Group,
    GroupList,
    GroupView,
    ListGroups,
    ListMembers,
    MemberList,
)
from tertulia.model.users import UserCard
from tertulia.store import group_members as member_store
from tertulia.store import groups as store
from tertulia.store.accounts.lists import contains
from tertulia.store.accounts.memberships import list_custom_group_ids
from tertulia.store.groups import GroupReader
from tertulia.store.users import find_user_by_key

MAXIMUM_MEMBERS = 1_000  # source: upstream's largest page of members
MAXIMUM_PAGE = 1_000
MAXIMUM_OWNERS = 1_000
_MAXIMUM_TERM = 255


async def find_group(unit: Unit, *, name: str | None = None, group_id: int | None = None) -> Group:
    """The group as it is stored. Raises GroupMissing, also for one that the actor may not see."""
    if name is not None:
        group = await store.find_group_by_key(unit.tx, group_key(name))
    else:
        group = await store.find_group(unit.tx, group_id) if group_id is not None else None
    return see(group, reader=await group_reader(unit))


async def read_group(unit: Unit, *, name: str | None = None, group_id: int | None = None) -> GroupView:
    """One group with its owners. Raises GroupMissing."""
    group = await find_group(unit, name=name, group_id=group_id)
    return (await view_groups(unit, [group]))[0]


async def view_groups(unit: Unit, groups: Sequence[Group]) -> tuple[GroupView, ...]:
    """Views of groups that were found visible; counts of built-in ones are counted now."""
    reader = await group_reader(unit)
    counts = await store.count_built_in(unit.tx) if any(group.automatic for group in groups) else {}
    owners = await member_store.list_owner_cards(unit.tx, [group.id for group in groups])
    written = await store.list_groups_with_messages(unit.tx, [group.id for group in groups])
    return tuple(
        msgspec.structs.replace(
            _view(unit, group, reader=reader, counts=counts, owners=owners.get(group.id, [])),
            has_messages=group.id in written,
        )
        for group in groups
    )


def _view(
    unit: Unit, group: Group, *, reader: GroupReader, counts: dict[int, int], owners: list[UserCard]
) -> GroupView:
    if group.automatic:
        group = msgspec.structs.replace(group, member_count=counts.get(group.id, 0))
    owns = group.id in reader.owned_ids
    sees_members = reaches(group.members_visibility_level, group_id=group.id, reader=reader)
    return GroupView(
        group=group,
        is_member=group.id in reader.group_ids,
        is_owner=owns,
        can_see_members=sees_members,
        can_admin=reader.admin,
        can_edit=reader.admin or owns,
        mentionable=may_address(unit, group, level=group.mentionable_level, owns=owns),
        messageable=may_address(unit, group, level=group.messageable_level, owns=owns),
        owners=tuple(owners) if sees_members else (),
    )


async def list_groups(unit: Unit, command: ListGroups) -> GroupList:
    """A page of the groups that the actor may see; `username` lists those of one user.

    Raises ParameterInvalid (kind, order), UserMissing."""
    if command.kind not in store.KINDS:
        raise ParameterInvalid(name="type", problem="unknown")
    if command.order not in ("name", "user_count", "automatic"):
        raise ParameterInvalid(name="order", problem="unknown")
    reader = await group_reader(unit)
    term = group_key(command.filter[:_MAXIMUM_TERM])
    values: dict[str, Any] = store.reader_values(reader)
    if term:
        values["pattern"] = contains(term)
    if command.username:
        values["named_groups"] = await _ids_of(unit, command.username, reader=reader)
    spec = store.GroupListSpec(
        kind=command.kind,
        filtered=bool(term),
        of_user=bool(command.username),
        by_count=command.order == "user_count",
        ascending=command.ascending,
    )
    per_page, page = max(1, min(command.per_page, MAXIMUM_PAGE)), max(0, min(command.page, 1_000_000))
    groups, total = await store.list_groups(unit.tx, spec, values=values, limit=per_page, offset=page * per_page)
    return GroupList(groups=await view_groups(unit, groups), total=total, page=page, per_page=per_page)


async def _ids_of(unit: Unit, username: str, *, reader: GroupReader) -> list[int]:
    """Groups of a user whose members the reader may see."""
    user = await find_user_by_key(unit.tx, group_key(username))
    if user is None or not (user.active or reader.staff or user.id == unit.actor.user_id):
        raise UserMissing()
    ids = {*built_in_ids(user), *await list_custom_group_ids(unit.tx, user.id)}
    found = await store.list_groups_by_ids(unit.tx, ids)
    return [each.id for each in found if reaches(each.members_visibility_level, group_id=each.id, reader=reader)]


async def list_members(unit: Unit, command: ListMembers) -> MemberList:
    """A page (1..1000) of members, with all owners apart. Nobody is listed as a member of `everyone`.

    Raises GroupMissing, NotAllowed (members are hidden), ParameterInvalid (limit, order)."""
    if not 1 <= command.limit <= MAXIMUM_MEMBERS:
        raise ParameterInvalid(name="limit", problem=f"1..{MAXIMUM_MEMBERS}")
    if command.order not in member_store.ORDERS:
        raise ParameterInvalid(name="order", problem="unknown")
    view = await read_group(unit, group_id=command.group_id)
    group = view.group
    if group.id == EVERYONE_ID:
        raise GroupMissing()
    if not view.can_see_members:
        raise NotAllowed()
    term = group_key(command.filter[:_MAXIMUM_TERM])
    spec = member_store.MemberListSpec(
        built_in=group.id if group.automatic else None,
        filtered=bool(term),
        order=command.order,
        ascending=command.ascending,
    )
    offset, pattern = max(0, min(command.offset, 10**9)), contains(term)
    members = await member_store.list_members(
        unit.tx, spec, group_id=group.id, pattern=pattern, limit=command.limit, offset=offset
    )
    owners = []
    if not group.automatic:
        of_owners = msgspec.structs.replace(spec, owners=True, order="username", ascending=True)
        owners = await member_store.list_members(
            unit.tx, of_owners, group_id=group.id, pattern=pattern, limit=MAXIMUM_OWNERS, offset=0
        )
    total = group.member_count
    if not group.automatic or term:
        total = await member_store.count_members(unit.tx, spec, group_id=group.id, pattern=pattern)
    return MemberList(
        group=view, members=tuple(members), owners=tuple(owners), total=total, limit=command.limit, offset=offset
    )
