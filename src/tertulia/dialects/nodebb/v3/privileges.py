"""Privileges of a category: read, given, taken; a moderator is who holds `moderate`."""

from __future__ import annotations

from tertulia.dialects.nodebb import asking
from tertulia.dialects.nodebb.shapes.privileges import privilege_table
from tertulia.dialects.nodebb.wire import envelope, privilege_bits, require
from tertulia.forum.categories.privileges import change_privileges
from tertulia.forum.categories.reading import read_category_grants
from tertulia.http.call import Answer, Call
from tertulia.model.privileges import FULL, Privilege

_MODERATOR = FULL | Privilege.MODERATE | Privilege.POSTS_VIEW_DELETED


async def get(call: Call) -> Answer:
    grants = await read_category_grants(call.unit, call.integer("cid"))
    return envelope(privilege_table(grants, now=call.unit.now))


async def give(call: Call) -> Answer:
    require(call, "member")
    return await _change(call, member=call.parameters.text("member", default=""), give=True)


async def take(call: Call) -> Answer:
    require(call, "member")
    return await _change(call, member=call.parameters.text("member", default=""), give=False)


async def take_from(call: Call) -> Answer:
    return await _change(call, member=call.word("member"), give=False)


async def make_moderator(call: Call) -> Answer:
    return await _change(call, member=str(call.integer("uid")), give=True, bits=int(_MODERATOR))


async def end_moderator(call: Call) -> Answer:
    return await _change(call, member=str(call.integer("uid")), give=False, bits=int(_MODERATOR))


async def _change(call: Call, *, member: str, give: bool, bits: int | None = None) -> Answer:
    category_id = call.integer("cid")
    if bits is None:
        bits = privilege_bits([call.word("privilege")])
    command = await asking.change_privileges(call.unit, category_id, member=member, bits=bits, give=give)
    grants = await change_privileges(call.unit, command)
    return envelope(privilege_table(grants, now=call.unit.now))
