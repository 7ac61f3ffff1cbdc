"""Categories of the plugin: made, changed, deleted with everything in them, switched off, and their privileges."""

from __future__ import annotations

from tertulia.dialects.nodebb import asking
from tertulia.dialects.nodebb.shapes.categories import Category
from tertulia.dialects.nodebb.wire import payload, privilege_bits, require
from tertulia.forum.categories import privileges, saving
from tertulia.forum.category_purging import purge_category
from tertulia.http.call import Answer, Call
from tertulia.model.categories import SaveCategory


async def create(call: Call) -> Answer:
    require(call, "name")
    view = await saving.save_category(call.unit, asking.save_category(call))
    return payload(Category.of(view.category, max_tags=call.unit.site.max_tags_per_topic))


async def update(call: Call) -> Answer:
    await saving.save_category(call.unit, asking.save_category(call, category_id=call.integer("cid")))
    return payload({})


async def delete(call: Call) -> Answer:
    await purge_category(call.unit, call.integer("cid"))
    return payload({})


async def enable(call: Call) -> Answer:
    await saving.save_category(call.unit, SaveCategory(category_id=call.integer("cid"), disabled=False))
    return payload({})


async def disable(call: Call) -> Answer:
    await saving.save_category(call.unit, SaveCategory(category_id=call.integer("cid"), disabled=True))
    return payload({})


async def give(call: Call) -> Answer:
    return await _change(call, give=True)


async def take(call: Call) -> Answer:
    return await _change(call, give=False)


async def _change(call: Call, *, give: bool) -> Answer:
    require(call, "privileges", "groups")
    bits = privilege_bits(call.parameters.texts("privileges", commas=True))
    commands = [
        await asking.change_privileges(call.unit, call.integer("cid"), member=member, bits=bits, give=give)
        for member in call.parameters.texts("groups", commas=True)
    ]
    for command in commands:
        await privileges.change_privileges(call.unit, command)
    return payload({})
