"""The page of notifications: one line each, in plain words; looking at it empties the bell."""

from __future__ import annotations

from tertulia.forum.batches import note_notifications_seen
from tertulia.forum.notifications.marking import mark_read
from tertulia.forum.notifications.reading import list_notifications
from tertulia.http.call import Answer, Call
from tertulia.model.notifications import ListNotifications, NotificationList
from tertulia.pages.notifying.words import line
from tertulia.pages.rendering import Around, page
from tertulia.pages.returning import redirect

PATH = "/notifications"
_PER_PAGE = 30


async def get_notifications(call: Call) -> Answer:
    """One's own; an admin may look at those of others, which marks nothing as seen."""
    username = call.path_parameters.get("username")
    offset = call.query.integer("offset", minimum=0, maximum=1_000_000, default=0)
    found = await list_notifications(call.unit, ListNotifications(username=username, offset=offset, limit=_PER_PAGE))
    if found.items and found.user.id == call.actor.user_id:
        note_notifications_seen(call.unit.ports, found.user.id, found.items[0].notification.id)
    return _page(call, found)


def _page(call: Call, found: NotificationList) -> Answer:
    base = str(call.path)
    older, newer = found.offset + _PER_PAGE, max(found.offset - _PER_PAGE, 0)
    own = found.user.id == call.actor.user_id
    return page(
        call,
        "notifying/notifications.html",
        around=Around(
            title="Notifications",
            section="notifications",
            json_path=f"{PATH}.json" + ("" if own else f"?username={found.user.username}"),
            noindex=True,
        ),
        whose=None if own else found.user.username,
        lines=[line(view) for view in found.items],
        has_unread=own and any(not view.notification.read for view in found.items),
        newer=f"{base}?offset={newer}" if found.offset else None,
        older=f"{base}?offset={older}" if older < found.total else None,
    )


async def post_mark_all_read(call: Call) -> Answer:
    await mark_read(call.unit)
    return redirect(PATH)
