"""Notifications on the wire: who did what is spelled out in `data`, as clients of the upstream show it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import msgspec
from msgspec import UNSET, UnsetType

from tertulia.dialects.discourse.wire import iso
from tertulia.model.notifications import NotificationKind, NotificationList, NotificationView, UnreadCounts

_NOBODY = "system"
# Several posts in one are told as their number (source: upstream).
_FOLDED = (NotificationKind.REPLIED, NotificationKind.POSTED, NotificationKind.PRIVATE_MESSAGE)


class Notification(msgspec.Struct, kw_only=True):
    """One. `slug` is null where there is no topic; `fancy_title` is left out then."""

    id: int
    user_id: int
    notification_type: int
    read: bool
    high_priority: bool
    created_at: str
    post_number: int | None
    topic_id: int | None
    slug: str | None
    data: dict[str, Any]
    fancy_title: str | UnsetType = UNSET

    @classmethod
    def of(cls, view: NotificationView) -> Notification:
        one = view.notification
        return cls(
            id=one.id,
            user_id=one.user_id,
            notification_type=one.kind,
            read=one.read,
            high_priority=one.high_priority,
            created_at=iso(one.created_at),
            post_number=one.post_number,
            topic_id=one.topic_id,
            slug=view.slug,
            data=data_of(view),
            fancy_title=UNSET if view.fancy_title is None else view.fancy_title,
        )


def data_of(view: NotificationView) -> dict[str, Any]:
    """What `data` says of each kind."""
    one = view.notification
    if one.given:
        given: dict[str, Any] = msgspec.json.decode(one.given)
        return given
    name = view.actor.username if view.actor is not None else _NOBODY
    if one.kind == NotificationKind.LIKED_CONSOLIDATED:
        return {"username": name, "display_username": name, "count": one.count, "consolidated": True}
    if one.kind == NotificationKind.GROUP_MESSAGE_SUMMARY:
        return {**_group(view), "inbox_count": one.count, "username": name}
    if one.kind == NotificationKind.INVITED_TO_MESSAGE:
        return {
            "topic_title": view.topic_title,
            "display_username": name,
            "original_user_id": one.actor_id,
            "original_username": name,
        }
    return {**_about_post(view, name=name), **_group(view), **_likers(view, name=name)}


def _about_post(view: NotificationView, *, name: str) -> dict[str, Any]:
    one = view.notification
    folded = one.kind in _FOLDED and one.count > 1
    return {
        "topic_title": view.topic_title,
        "original_post_id": one.post_id,
        "original_post_type": view.post_type,
        "original_username": name,
        "revision_number": one.revision,
        "display_username": f"{one.count} replies" if folded else name,
    }


def _group(view: NotificationView) -> dict[str, Any]:
    group_id = view.notification.group_id
    return {} if group_id is None else {"group_id": group_id, "group_name": view.group_name}


def _likers(view: NotificationView, *, name: str) -> dict[str, Any]:
    one = view.notification
    if one.kind != NotificationKind.LIKED or one.count < 2:
        return {}
    second = view.second_actor.username if view.second_actor is not None else _NOBODY
    return {"username": name, "username2": second, "count": one.count}


class Notifications(msgspec.Struct, kw_only=True):
    """The newest, or a page, which says how many there are and where the next is (always, as upstream)."""

    notifications: list[Notification]
    seen_notification_id: int
    total_rows_notifications: int | UnsetType = UNSET
    load_more_notifications: str | UnsetType = UNSET

    @classmethod
    def of(cls, found: NotificationList) -> Notifications:
        shapes = [Notification.of(each) for each in found.items]
        return cls(notifications=shapes, seen_notification_id=found.seen_id)

    @classmethod
    def page_of(cls, found: NotificationList, *, filter: str) -> Notifications:
        query = {"filter": filter} if filter in ("read", "unread") else {}
        more = urlencode({**query, "offset": found.offset + found.limit, "username": found.user.username})
        shape = cls.of(found)
        shape.total_rows_notifications = found.total
        shape.load_more_notifications = f"/notifications?{more}"
        return shape


class Totals(msgspec.Struct, kw_only=True):
    """What programs show beside their icon."""

    unread_notifications: int
    unread_personal_messages: int
    topic_tracking: dict[str, int]
    group_inboxes: list[dict[str, Any]]

    @classmethod
    def of(cls, counts: UnreadCounts, *, new: int, unread: int, inboxes: tuple[NotificationView, ...]) -> Totals:
        return cls(
            unread_notifications=counts.fresh_all - counts.fresh_messages,
            unread_personal_messages=counts.by_kind.get(NotificationKind.PRIVATE_MESSAGE, 0),
            topic_tracking={"new": new, "unread": unread},
            group_inboxes=[{**_group(each), "inbox_count": each.notification.count} for each in inboxes],
        )
