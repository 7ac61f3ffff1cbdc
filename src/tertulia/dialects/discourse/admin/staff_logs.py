"""The staff action log, narrowed by action, people, subject and time."""

from __future__ import annotations

from urllib.parse import urlencode

from tertulia.dialects.discourse.commands import time_of
from tertulia.dialects.discourse.shapes.staff_logs import LogAnswer
from tertulia.forum.sites.staff_log import MAXIMUM_PAGE, StaffActionFilter, list_staff_actions
from tertulia.forum.users.profiles import read_user
from tertulia.http.call import Call
from tertulia.model.errors import UserMissing

_NAMES = ("action_name", "acting_user", "target_user", "subject", "start_date", "end_date", "limit")
_DAY = 86_400_000
_NOBODY = -(2**62)


async def get_staff_actions(call: Call) -> LogAnswer:
    parameters = call.parameters
    page = parameters.integer("page", default=0, minimum=0, maximum=1_000_000)
    limit = parameters.integer("limit", default=MAXIMUM_PAGE, minimum=1, maximum=MAXIMUM_PAGE)
    found = await list_staff_actions(call.unit, chosen=await _chosen(call), page=page, limit=limit)
    kept = {name: value for name in _NAMES if (value := call.query.text(name))}
    more_url = f"/admin/logs/staff_action_logs.json?{urlencode({**kept, 'page': page + 1})}"
    return LogAnswer.of(found, more_url=more_url)


async def _chosen(call: Call) -> StaffActionFilter:
    parameters = call.parameters
    return StaffActionFilter(
        action=parameters.text("action_name") or None,
        acting_user_id=await _user_id(call, "acting_user"),
        target_user_id=await _user_id(call, "target_user"),
        subject=parameters.text("subject") or None,
        since=time_of(parameters, "start_date"),
        until=_last_moment(call),
    )


def _last_moment(call: Call) -> int | None:
    until = time_of(call.parameters, "end_date")
    return until + _DAY - 1 if until is not None and until % _DAY == 0 else until  # a bare date is that whole day


async def _user_id(call: Call, name: str) -> int | None:
    """Who is named; an unknown name matches no line."""
    username = call.parameters.text(name)
    if not username:
        return None
    try:
        return (await read_user(call.unit, username=username)).user.id
    except UserMissing:
        return _NOBODY
