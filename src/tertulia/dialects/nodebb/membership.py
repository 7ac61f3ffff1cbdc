"""Joining and leaving groups, oneself and others; the two built-in groups that carry a role are roles here."""

from __future__ import annotations

from tertulia.forum.groups.members import add_members, join_group, leave_group, remove_members
from tertulia.forum.unit import Unit
from tertulia.forum.users.roles import set_role
from tertulia.model.errors import GroupMemberMissing
from tertulia.model.groups import ADMINS_ID, MODERATORS_ID, ChangeMembers, GroupView

ROLES = {ADMINS_ID: "admin", MODERATORS_ID: "moderator"}


async def enter(unit: Unit, group: GroupView, user_id: int) -> None:
    """Makes somebody a member: oneself where the group is open, others as its owner or an admin."""
    group_id = group.group.id
    if group_id in ROLES:
        await set_role(unit, user_id, ROLES[group_id], True)
    elif user_id == unit.actor.user_id and not group.can_edit:
        await join_group(unit, group_id)
    else:
        await add_members(unit, ChangeMembers(group_id=group_id, user_ids=(user_id,)))


async def leave(unit: Unit, group: GroupView, user_id: int) -> None:
    """The reverse. Raises GroupMemberMissing for somebody who is no member."""
    group_id = group.group.id
    if group_id in ROLES:
        await set_role(unit, user_id, ROLES[group_id], False)
    elif user_id == unit.actor.user_id and not group.can_edit:
        await leave_group(unit, group_id)
    else:
        _, skipped = await remove_members(unit, ChangeMembers(group_id=group_id, user_ids=(user_id,)))
        if skipped:
            raise GroupMemberMissing(usernames=skipped)
