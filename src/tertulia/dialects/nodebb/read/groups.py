"""Groups read: the list, one, and its members."""

from __future__ import annotations

from typing import Any

from tertulia.dialects.nodebb.gathering import find_group
from tertulia.dialects.nodebb.read.frame import page
from tertulia.dialects.nodebb.shapes.groups import GroupDetails, GroupWithFaces, group_name, members
from tertulia.dialects.nodebb.shapes.pagination import Pagination, page_count
from tertulia.dialects.nodebb.v3.groups import PER_PAGE
from tertulia.dialects.nodebb.wire import reader
from tertulia.forum.groups import reading
from tertulia.http.call import Call
from tertulia.model.groups import ListGroups, ListMembers

MEMBERS_PER_PAGE = 50


async def get_all(call: Call) -> dict[str, Any]:
    number = call.query.integer("page", default=1, minimum=1)
    found = await reading.list_groups(call.unit, ListGroups(page=number - 1, per_page=PER_PAGE))
    body = {
        "groups": [GroupWithFaces.of_view(view) for view in found.groups],
        "allowGroupCreation": call.actor.is_admin,
        "sort": "alpha",
        "pagination": Pagination.of(page=number, count=page_count(found.total, per_page=PER_PAGE)),
    }
    return await page(call, body, template="groups/list", title="Groups")


async def get(call: Call) -> dict[str, Any]:
    group = await find_group(call.unit, call.word("slug"))
    found = await reading.list_members(call.unit, ListMembers(group_id=group.group.id, limit=10))
    name = group_name(group.group)
    body = {
        "group": GroupDetails.of_members(found, reader=reader(call)),
        "posts": [],
        "isAdmin": call.actor.is_admin,
        "isGlobalMod": call.actor.is_moderator,
        "allowPrivateGroups": 1,
    }
    return await page(call, body, template="groups/details", title=name, crumbs=(("Groups", "/groups"), (name, None)))


async def get_members(call: Call) -> dict[str, Any]:
    group = await find_group(call.unit, call.word("slug"))
    number = call.query.integer("page", default=1, minimum=1, maximum=100_000)
    command = ListMembers(group_id=group.group.id, limit=MEMBERS_PER_PAGE, offset=(number - 1) * MEMBERS_PER_PAGE)
    found = await reading.list_members(call.unit, command)
    body = {
        "users": members(found, reader=reader(call)),
        "pagination": Pagination.of(page=number, count=page_count(found.total, per_page=MEMBERS_PER_PAGE)),
    }
    return await page(call, body, template="groups/members", title=group_name(group.group))
