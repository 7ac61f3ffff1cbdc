"""What a browser may ask about private messages and groups."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from tertulia.http.call import Answer, Call
from tertulia.http.routing import Row
from tertulia.http.routing.later import LaterModule

lists = LaterModule("tertulia.pages.messages.lists")
compose = LaterModule("tertulia.pages.messages.compose")
people = LaterModule("tertulia.pages.messages.people")
screens = LaterModule("tertulia.pages.groups.screens")

Handler = Callable[[Call], Awaitable[Answer]]


def _row(method: str, path: str, handler: Callable[..., Any], *, access: str = "user") -> Row:
    return Row(method, path, handler, formats=("html",), suffixes=(), dialect="pages", access=access)


_MESSAGES, _TOPIC, _GROUP = "/u/{username:username}/messages", "/t/{slug}/{topic_id:int}", "/g/{group_name:name}"

MESSAGE_ROWS: tuple[Row, ...] = (
    _row("GET", _MESSAGES, lists.get_inbox),
    _row("GET", f"{_MESSAGES}/sent", lists.get_sent),
    _row("GET", f"{_MESSAGES}/archive", lists.get_archive),
    _row("GET", f"{_MESSAGES}/group/{{group_name:name}}", lists.get_group),
    _row("GET", "/new-message", compose.get_new_message),
    _row("POST", "/new-message", compose.post_new_message),
    _row("POST", f"{_TOPIC}/let-in", people.post_invite),
    _row("POST", f"{_TOPIC}/take-out", people.post_remove),
    _row("POST", f"{_TOPIC}/put-away", people.post_archive),
    _row("POST", f"{_TOPIC}/bring-back", people.post_unarchive),
    _row("GET", "/g", screens.get_groups, access="anyone"),
    _row("GET", _GROUP, screens.get_group, access="anyone"),
    _row("POST", f"{_GROUP}/become-member", screens.post_join),
    _row("POST", f"{_GROUP}/stop-membership", screens.post_leave),
    _row("POST", f"{_GROUP}/ask", screens.post_ask),
)
