"""Groups of the plugin: made, deleted, joined and left."""

from __future__ import annotations

from tertulia.dialects.nodebb import asking, membership
from tertulia.dialects.nodebb.gathering import find_group, owner_names
from tertulia.dialects.nodebb.shapes.groups import Group
from tertulia.dialects.nodebb.wire import payload, require
from tertulia.forum.groups import saving
from tertulia.http.call import Answer, Call


async def create(call: Call) -> Answer:
    require(call, "name")
    owners = await owner_names(call)
    view = await saving.save_group(call.unit, asking.save_group(call, owners=owners))
    return payload(Group.of(view.group))


async def delete(call: Call) -> Answer:
    group = await find_group(call.unit, call.word("slug"))
    await saving.delete_group(call.unit, group.group.id)
    return payload({})


async def join(call: Call) -> Answer:
    group = await find_group(call.unit, call.word("slug"))
    await membership.enter(call.unit, group, call.actor.user_id or 0)
    return payload({})


async def leave(call: Call) -> Answer:
    group = await find_group(call.unit, call.word("slug"))
    await membership.leave(call.unit, group, call.actor.user_id or 0)
    return payload({})


async def add_member(call: Call) -> Answer:
    group = await find_group(call.unit, call.word("slug"))
    await membership.enter(call.unit, group, call.integer("uid"))
    return payload({})


async def remove_member(call: Call) -> Answer:
    group = await find_group(call.unit, call.word("slug"))
    await membership.leave(call.unit, group, call.integer("uid"))
    return payload({})
