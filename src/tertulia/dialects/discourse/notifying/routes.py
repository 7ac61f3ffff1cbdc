"""What may be asked about notifications, beside the other rows in `routes.py`.

Their scopes belong to personal keys only: no narrowed admin key opens them (source: upstream).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tertulia.http.routing import Row
from tertulia.http.routing.later import LaterModule

notifications = LaterModule("tertulia.dialects.discourse.notifying.notifications")
relations = LaterModule("tertulia.dialects.discourse.notifying.relations")


def _row(method: str, path: str, handler: Callable[..., Any], name: str, **options: Any) -> Row:
    return Row(method, path, handler, name=name, access="user", dialect="discourse", **options)


_READ, _MARK = "notifications:read", "notifications:mark_read"
_ONE = "/notifications/{notification_id:int}"

NOTIFICATION_ROWS: tuple[Row, ...] = (
    _row("GET", "/notifications", notifications.get_notifications, "notifications/index", scope=_READ,
         summary="What one was told"),
    _row("GET", "/notifications/totals", notifications.get_totals, "notifications/totals", scope=_READ,
         summary="How much one has not read"),
    _row("PUT", "/notifications/mark-read", notifications.mark_read, "notifications/mark_read", scope=_MARK,
         summary="Marks notifications as read"),
    _row("PUT", "/notifications/read", notifications.mark_read, "notifications/mark_read", scope=_MARK),
    _row("POST", "/notifications", notifications.create_notification, "notifications/create",
         summary="Tells somebody something"),
    _row("PUT", _ONE, notifications.update_notification, "notifications/update"),
    _row("DELETE", _ONE, notifications.delete_notification, "notifications/destroy"),
    *(
        _row("PUT", f"{prefix}/{{username:username}}/notification_level", relations.set_relation,
             "users/notification_level", summary="Mutes or ignores somebody")
        for prefix in ("/u", "/users")
    ),
)  # fmt: skip
