"""How one listens to somebody: as to anybody, not at all (muted), or not at all until a day (ignored)."""

from __future__ import annotations

from tertulia.dialects.discourse.answers import Success, success
from tertulia.dialects.discourse.commands import time_of
from tertulia.forum.users.profiles import read_user
from tertulia.forum.users.relations import set_relation as keep_away
from tertulia.http.call import Call
from tertulia.model.errors import ParameterInvalid, ParameterMissing
from tertulia.model.notifications import Relation, SetRelation

_LEVELS = {"normal": None, "mute": Relation.MUTED, "ignore": Relation.IGNORED}


async def set_relation(call: Call) -> Success:
    """`ignore` asks for `expiring_at`."""
    level = call.parameters.required_text("notification_level")
    if level not in _LEVELS:
        raise ParameterInvalid(name="notification_level", problem="choice")
    until = time_of(call.parameters, "expiring_at") if level == "ignore" else None
    if level == "ignore" and until is None:
        raise ParameterMissing(name="expiring_at")
    user = (await read_user(call.unit, username=call.word("username"))).user
    await keep_away(call.unit, SetRelation(user_id=user.id, relation=_LEVELS[level], until=until))
    return success()
