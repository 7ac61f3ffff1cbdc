"""Notifications: listed, counted, marked as read; made, changed and deleted by admins."""

from __future__ import annotations

from msgspec import UNSET

from tertulia.dialects.discourse.answers import Success, success
from tertulia.dialects.discourse.shapes.notifications import (
    Notification,
    Notifications,
    Totals,
)
from tertulia.dialects.discourse.shapes.site import NOTIFICATION_TYPES
from tertulia.forum.notifications import creating, marking, reading
from tertulia.forum.topics.listing import list_topics
from tertulia.http.bodies import Parameters
from tertulia.http.call import Call
from tertulia.model.errors import ParameterInvalid
from tertulia.model.notifications import ListNotifications, NotificationKind, SaveNotification
from tertulia.model.topics import ListTopics, TopicFilter

_READ = {"read": True, "unread": False}
_HIGHEST_TYPE = 10_000


async def get_notifications(call: Call) -> Notifications:
    """A page of them, or with `recent` the newest of one's own, important ones first."""
    parameters = call.parameters
    kinds = _kinds(parameters, "filter_by_types")
    if parameters.text("recent"):
        limit = parameters.integer("limit", minimum=0, maximum=reading.MOST_LISTED, default=reading.RECENT)
        silent = parameters.has("silent")
        return Notifications.of(await reading.list_recent(call.unit, limit=limit, kinds=kinds, silent=silent))
    found = await reading.list_notifications(call.unit, _command(parameters, kinds=kinds))
    return Notifications.page_of(found, filter=parameters.text("filter", default=""))


def _command(parameters: Parameters, *, kinds: tuple[int, ...]) -> ListNotifications:
    return ListNotifications(
        username=parameters.text("username") or None,
        read=_READ.get(parameters.text("filter", default="")),
        kinds=kinds,
        offset=parameters.integer("offset", minimum=0, default=0),
        limit=parameters.integer("limit", minimum=0, maximum=reading.MOST_LISTED, default=reading.MOST_LISTED),
    )


def _kinds(parameters: Parameters, name: str) -> tuple[int, ...]:
    """Numbers of the types named. Raises ParameterInvalid for a name that is none."""
    names = parameters.texts(name, commas=True)
    if any(each not in NOTIFICATION_TYPES for each in names):
        raise ParameterInvalid(name=name, problem="choice")
    return tuple(dict.fromkeys(NOTIFICATION_TYPES[each] for each in names))


async def get_totals(call: Call) -> Totals:
    new, unread = [
        (await list_topics(call.unit, ListTopics(filter=each, per_page=1, with_total=True))).total or 0
        for each in (TopicFilter.NEW, TopicFilter.UNREAD)
    ]
    summaries = ListNotifications(read=False, kinds=(int(NotificationKind.GROUP_MESSAGE_SUMMARY),))
    inboxes = (await reading.list_notifications(call.unit, summaries)).items
    return Totals.of(await reading.count_unread(call.unit), new=new, unread=unread, inboxes=inboxes)


async def mark_read(call: Call) -> Success:
    """One (`id`), some types (`dismiss_types`), or all."""
    notification_id = call.parameters.integer("id")
    kinds = _kinds(call.parameters, "dismiss_types")
    await marking.mark_read(call.unit, notification_id=notification_id, kinds=kinds)
    return success()


async def create_notification(call: Call) -> Notification:
    for name in ("notification_type", "user_id", "data"):
        call.parameters.required_text(name)
    return Notification.of(await creating.create_notification(call.unit, _save(call.parameters)))


async def update_notification(call: Call) -> Notification:
    command = _save(call.parameters)
    return Notification.of(await creating.update_notification(call.unit, call.integer("notification_id"), command))


async def delete_notification(call: Call) -> Success:
    await creating.delete_notification(call.unit, call.integer("notification_id"))
    return success()


def _save(parameters: Parameters) -> SaveNotification:
    kind = parameters.integer("notification_type", minimum=1, maximum=_HIGHEST_TYPE)
    user_id, read = parameters.integer("user_id"), parameters.boolean("read")
    has_topic, has_number = parameters.has("topic_id"), parameters.has("post_number")
    return SaveNotification(
        kind=UNSET if kind is None else kind,
        user_id=UNSET if user_id is None else user_id,
        given=parameters.text("data") or UNSET,
        read=UNSET if read is None else read,
        topic_id=parameters.integer("topic_id", minimum=1) if has_topic else UNSET,
        post_number=parameters.integer("post_number", minimum=1) if has_number else UNSET,
    )
