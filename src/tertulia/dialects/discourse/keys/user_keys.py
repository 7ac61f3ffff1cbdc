"""User API keys, which belong to people and not to admins, and the calls that show keys where none is read."""

from __future__ import annotations

from tertulia.dialects.discourse.answers import Success, success
from tertulia.dialects.discourse.shapes.user_keys import ProblemsAnswer
from tertulia.forum.keys.apps import KINDS, revoke_app
from tertulia.forum.keys.deprecated import list_deprecated_calls
from tertulia.forum.keys.revoking import restore_key
from tertulia.http.call import Call


async def revoke_user_key(call: Call) -> Success:
    await revoke_app(call.unit, call.parameters.integer("id", minimum=1))
    return success()


async def restore_user_key(call: Call) -> Success:
    await restore_key(call.unit, call.parameters.required_integer("id", minimum=1), kinds=KINDS)
    return success()


async def get_problems(call: Call) -> ProblemsAnswer:
    return ProblemsAnswer.of(await list_deprecated_calls(call.unit))
