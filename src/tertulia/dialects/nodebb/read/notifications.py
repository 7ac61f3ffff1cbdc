"""The page of what the reader was told."""

from __future__ import annotations

from typing import Any

from tertulia.dialects.nodebb.read.frame import page
from tertulia.dialects.nodebb.shapes.notifications import FILTERS, Notification, filter_of
from tertulia.dialects.nodebb.shapes.pagination import PER_PAGE, Pagination, page_count
from tertulia.forum.notifications.reading import list_notifications
from tertulia.http.call import Call
from tertulia.model.notifications import ListNotifications, NotificationList

_GENERAL = {"": "[[notifications:all]]"}
_REGULAR = {name: f"[[notifications:{name}]]" for name in FILTERS}


async def get_all(call: Call) -> dict[str, Any]:
    """Raises LoginRequired."""
    number = call.query.integer("page", default=1, minimum=1, maximum=10_000)
    chosen = call.query.text("filter", default="")
    chosen = chosen if chosen in FILTERS else ""
    offset = (number - 1) * PER_PAGE
    command = ListNotifications(kinds=FILTERS.get(chosen, ()), offset=offset, limit=PER_PAGE)
    found = await list_notifications(call.unit, command)
    return await page(call, _body(found, number=number, chosen=chosen), template="notifications", title="Notifications")


def _body(found: NotificationList, *, number: int, chosen: str) -> dict[str, Any]:
    general = [filter_of(name, label, chosen=chosen) for name, label in _GENERAL.items()]
    regular = [filter_of(name, label, chosen=chosen) for name, label in _REGULAR.items()]
    shapes = [Notification.of(view) for view in found.items]
    return {
        "notifications": shapes,
        "unreadNids": [shape.nid for shape in shapes if not shape.read],
        "pagination": Pagination.of(page=number, count=page_count(found.total, per_page=PER_PAGE)),
        "filters": [*general, {**filter_of("", "", chosen="none"), "separator": True}, *regular],
        "regularFilters": [*general, *regular],
        "moderatorFilters": [],
        "selectedFilter": next(each for each in (*general, *regular) if each["selected"]),
    }
