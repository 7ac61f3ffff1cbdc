"""The people of a group as lists of topics and posts ask for them: rows of a custom group, roles of a built-in one."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import msgspec

from tertulia.forum.unit import Unit
from tertulia.store.groups import find_group
from tertulia.store.lists.clauses import role_values

FEW = 100  # members; more of them have written a good part of everything


class MembersSpec(msgspec.Struct, frozen=True, kw_only=True):
    """How the people of a group are found, with the parameters for it. `few`: sorting what they wrote is cheap."""

    of_role: bool = False
    few: bool = False
    values: Mapping[str, int] = MappingProxyType({})


NOBODY = MembersSpec()


async def members_spec(unit: Unit, group_id: int | None) -> MembersSpec:
    """Whether the actor may see the group and its members is for the caller to say. None: nobody is asked for."""
    if group_id is None:
        return NOBODY
    group = await find_group(unit.tx, group_id)
    if group is not None and group.automatic:
        return MembersSpec(of_role=True, values=role_values(group_id))
    return MembersSpec(few=group is None or group.member_count <= FEW, values={"members_of": group_id})
