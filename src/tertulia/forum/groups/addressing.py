"""Who may mention a group, or write to it: the levels of both, asked for one actor."""

from __future__ import annotations

from tertulia.forum.unit import Unit
from tertulia.model.groups import Group


def may_address(unit: Unit, group: Group, *, level: int, owns: bool) -> bool:
    """Whether a mentionable or messageable level (0 nobody, 1 admins, 2 staff, 3 members, 4 owners, 99 everybody)
    lets the unit's actor in."""
    actor = unit.actor
    if actor.user is None or level == 0:
        return False
    if level == 99 or actor.is_admin:
        return True
    allowed = {2: actor.is_staff, 3: actor.is_staff or group.id in actor.group_ids, 4: actor.is_staff or owns}
    return allowed.get(level, False)
