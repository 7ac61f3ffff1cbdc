"""Groups beside their members: requests to be let in, the log, levels of messages, rights in categories, names."""

from __future__ import annotations

from typing import Any

from tertulia.dialects.discourse.answers import Success, success
from tertulia.dialects.discourse.errors import texts
from tertulia.dialects.discourse.shapes.group_extras import GroupPermission, Logs, RequesterList
from tertulia.forum.addresses import topic_path
from tertulia.forum.categories.of_group import list_group_bundles
from tertulia.forum.groups.logs import read_group_log
from tertulia.forum.groups.reading import find_group
from tertulia.forum.levels import set_level
from tertulia.forum.messages import requesting
from tertulia.forum.users.availability import check_username_availability
from tertulia.http.call import Call
from tertulia.model.errors import ParameterMissing, Refusals
from tertulia.model.groups import ReadGroupLog
from tertulia.model.levels import SetLevel

_MOST_PAGE = 100_000


async def request_membership(call: Call) -> Any:
    reason = call.parameters.text("reason", default="").strip()
    if not reason:
        raise ParameterMissing(name="reason")
    view = await requesting.request_membership(call.unit, name=call.word("group_name"), reason=reason)
    return {"success": "OK", "relative_url": topic_path(view.topic_slug, view.post.topic_id)}


async def handle_request(call: Call) -> Success:
    user_id = call.parameters.required_integer("user_id")
    accept = call.parameters.boolean("accept", default=False)
    await requesting.answer_request(call.unit, call.integer("group_id"), user_id=user_id, accept=accept)
    return success()


async def get_requesters(call: Call) -> RequesterList:
    parameters = call.parameters
    found = await requesting.list_requests(
        call.unit,
        name=call.word("group_name"),
        limit=parameters.integer("limit", default=50),
        offset=parameters.integer("offset", default=0, minimum=0, maximum=10**9),
    )
    return RequesterList.of(found)


async def get_logs(call: Call) -> Logs:
    narrowed = call.parameters.nested("filters")
    command = ReadGroupLog(
        name=call.word("group_name"),
        action=narrowed.text("action", default=""),
        subject=narrowed.text("subject", default=""),
        acting_username=narrowed.text("acting_user", default=""),
        target_username=narrowed.text("target_user", default=""),
        page=call.parameters.integer("offset", default=0, minimum=0, maximum=_MOST_PAGE),
    )
    return Logs.of(await read_group_log(call.unit, command))


async def set_notifications(call: Call) -> Success:
    group = await find_group(call.unit, name=call.word("group_name"))
    level = call.parameters.required_integer("notification_level")
    other = call.parameters.integer("user_id") if call.actor.is_staff else None
    await set_level(call.unit, SetLevel(subject="group", subject_id=group.id, level=level, user_id=other))
    return success()


async def check_name(call: Call) -> Any:
    """`available`, or a `suggestion`, or the `errors` that the name breaks."""
    found = await check_username_availability(call.unit, call.parameters.required_text("group_name"))
    if found.broken:
        return {"errors": texts(Refusals(found.broken))}
    return {"available": True} if found.available else {"available": False, "suggestion": found.suggestion}


async def get_permissions(call: Call) -> list[GroupPermission]:
    group = await find_group(call.unit, name=call.word("group_name"))
    return [GroupPermission.of(view, bundle) for view, bundle in await list_group_bundles(call.unit, group.id)]
