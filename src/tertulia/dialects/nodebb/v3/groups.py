"""Groups: listed, made, changed, deleted, their members and owners."""

from __future__ import annotations

from tertulia.dialects.nodebb import asking, membership, reauth
from tertulia.dialects.nodebb.gathering import find_group, owner_names
from tertulia.dialects.nodebb.shapes.groups import Group, GroupWithFaces, members
from tertulia.dialects.nodebb.shapes.people import Person
from tertulia.dialects.nodebb.wire import envelope, reader, require
from tertulia.forum.groups import reading, saving
from tertulia.forum.groups.members import set_owners
from tertulia.forum.messages import requesting
from tertulia.http.call import Answer, Call
from tertulia.model.errors import NotAllowed
from tertulia.model.groups import ChangeMembers, ListGroups, ListMembers

PER_PAGE = 15  # source: the original's fixed page of groups


async def get_all(call: Call) -> Answer:
    page = call.parameters.integer("page", default=1, minimum=1)
    order = "user_count" if call.parameters.text("sort") == "count" else "name"
    command = ListGroups(order=order, ascending=order == "name", page=page - 1, per_page=PER_PAGE)
    found = await reading.list_groups(call.unit, command)
    return envelope({"groups": [GroupWithFaces.of_view(view) for view in found.groups], "nextStart": page * PER_PAGE})


async def create(call: Call) -> Answer:
    require(call, "name")
    view = await saving.save_group(call.unit, asking.save_group(call, owners=await owner_names(call)))
    return envelope(Group.of(view.group))


async def exists(call: Call) -> Answer:
    await find_group(call.unit, call.word("slug"))
    return envelope({})


async def update(call: Call) -> Answer:
    group = await find_group(call.unit, call.word("slug"))
    view = await saving.save_group(call.unit, asking.save_group(call, group_id=group.group.id))
    return envelope(Group.of(view.group))


async def delete(call: Call) -> Answer:
    group = await find_group(call.unit, call.word("slug"))
    await saving.delete_group(call.unit, group.group.id)
    return envelope({})


async def get_members(call: Call) -> Answer:
    ask = call.parameters
    group = await find_group(call.unit, call.word("slug"))
    offset = ask.integer("after", default=0, minimum=0)
    command = ListMembers(group_id=group.group.id, filter=ask.text("query", default=""), offset=offset, limit=PER_PAGE)
    found = await reading.list_members(call.unit, command)
    people = members(found, reader=reader(call))
    return envelope({"users": people, "nextStart": offset + len(found.members), "matchCount": None, "timing": None})


async def join(call: Call) -> Answer:
    group = await find_group(call.unit, call.word("slug"))
    if group.group.id in membership.ROLES:
        reauth.require_fresh_login(call)
    elif call.integer("uid") != call.actor.user_id and not group.can_edit:
        raise NotAllowed()
    await membership.enter(call.unit, group, call.integer("uid"))
    return envelope({})


async def leave(call: Call) -> Answer:
    group = await find_group(call.unit, call.word("slug"))
    if group.group.id in membership.ROLES:
        reauth.require_fresh_login(call)
    await membership.leave(call.unit, group, call.integer("uid"))
    return envelope({})


async def give_ownership(call: Call) -> Answer:
    return await _set_owner(call, owner=True)


async def take_ownership(call: Call) -> Answer:
    return await _set_owner(call, owner=False)


async def _set_owner(call: Call, *, owner: bool) -> Answer:
    reauth.require_fresh_login(call)
    group = await find_group(call.unit, call.word("slug"))
    command = ChangeMembers(group_id=group.group.id, user_ids=(call.integer("uid"),))
    await set_owners(call.unit, command, owner=owner)
    return envelope({})


async def get_pending(call: Call) -> Answer:
    """Who asked to be let in, the longest wait first; at most 1,000."""
    group = await find_group(call.unit, call.word("slug"))
    found = await requesting.list_requests(call.unit, name=group.group.name, limit=reading.MAXIMUM_MEMBERS, offset=0)
    return envelope({"pending": [Person.of(asked.user) for asked in found.requests]})


async def accept(call: Call) -> Answer:
    return await _answer_request(call, accept=True)


async def reject(call: Call) -> Answer:
    return await _answer_request(call, accept=False)


async def _answer_request(call: Call, *, accept: bool) -> Answer:
    group = await find_group(call.unit, call.word("slug"))
    await requesting.answer_request(call.unit, group.group.id, user_id=call.integer("uid"), accept=accept)
    return envelope({})
