"""People who want to hear nothing of somebody: muted, or ignored until a time."""

from __future__ import annotations

from tertulia.forum.permissions import allow
from tertulia.forum.unit import Unit
from tertulia.forum.users.finding import find_user
from tertulia.model.errors import LoginRequired, NotAllowed, UserIsProtected
from tertulia.model.notifications import Relation, SetRelation
from tertulia.store.notifications.relations import delete_relation, save_relation

_IGNORING_LEVEL = 2  # source: upstream lets trust level 2 ignore, and level 1 mute
_MUTING_LEVEL = 1


async def set_relation(unit: Unit, command: SetRelation) -> None:
    """The acts of somebody notify the actor no longer, or (with None) again.

    Raises LoginRequired, UserMissing, UserIsProtected (staff and oneself are always heard), NotAllowed (the actor's
    trust level). Source: upstream's rules for muting and ignoring."""
    allow(unit, "member")
    actor = unit.actor
    if actor.user_id is None:
        raise LoginRequired()
    user = await find_user(unit, user_id=command.user_id)
    if command.relation is None:
        await unit.write()
        await delete_relation(unit.tx, actor.user_id, other_id=user.id)
        return
    if user.is_staff or user.id == actor.user_id:
        raise UserIsProtected()
    least = _IGNORING_LEVEL if command.relation == Relation.IGNORED else _MUTING_LEVEL
    if actor.trust_level < least and not actor.is_staff:
        raise NotAllowed()
    await unit.write()
    await save_relation(
        unit.tx,
        actor.user_id,
        other_id=user.id,
        relation=int(command.relation),
        until=command.until,
        now=unit.now,
    )
