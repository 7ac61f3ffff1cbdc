"""What the caller was told: listed, counted, marked as read and as unread."""

from __future__ import annotations

from tertulia.dialects.nodebb.shapes.notifications import Notification
from tertulia.dialects.nodebb.wire import envelope
from tertulia.forum.notifications import marking, reading
from tertulia.http.call import Answer, Call
from tertulia.model.notifications import ListNotifications, NotificationView

_SHOWN = 30  # of each; source: the original's list behind its bell


async def get_all(call: Call) -> Answer:
    lists: dict[str, list[Notification]] = {}
    for name, read in (("read", True), ("unread", False)):
        found = await reading.list_notifications(call.unit, ListNotifications(read=read, limit=_SHOWN))
        lists[name] = [Notification.of(view) for view in found.items]
    return envelope(lists)


async def count(call: Call) -> Answer:
    """All unread ones, at most 400."""
    return envelope({"unread": sum((await reading.count_unread(call.unit)).by_kind.values())})


async def get(call: Call) -> Answer:
    view: NotificationView = await reading.find_own(call.unit, call.integer("nid"))
    return envelope({"notification": Notification.of(view)})


async def mark_read(call: Call) -> Answer:
    await marking.set_read(call.unit, call.integer("nid"), read=True)
    return envelope({})


async def mark_unread(call: Call) -> Answer:
    await marking.set_read(call.unit, call.integer("nid"), read=False)
    return envelope({})
