"""What a browser may ask about notifications, beside the other rows in `pages/routes.py`."""

from __future__ import annotations

from tertulia.http.routing import Row
from tertulia.http.routing.later import LaterModule

screen = LaterModule("tertulia.pages.notifying.screen")


def _row(method: str, path: str, handler: str) -> Row:
    return Row(method, path, getattr(screen, handler), formats=("html",), suffixes=(), dialect="pages", access="user")


NOTIFICATION_ROWS: tuple[Row, ...] = (
    _row("GET", "/notifications", "get_notifications"),
    _row("GET", "/u/{username:username}/notifications", "get_notifications"),
    _row("POST", "/notifications/mark-all-read", "post_mark_all_read"),
)
