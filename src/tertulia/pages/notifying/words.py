"""What a notification says: who did what, as plain words around the title that leads there."""

from __future__ import annotations

import msgspec

from tertulia.forum.addresses import topic_path
from tertulia.model.notifications import NotificationKind, NotificationView

_LONGEST = 200
_ONE: dict[int, str] = {
    NotificationKind.MENTIONED: "{who} mentioned you in",
    NotificationKind.REPLIED: "{who} answered you in",
    NotificationKind.QUOTED: "{who} quoted you in",
    NotificationKind.EDITED: "{who} edited your post in",
    NotificationKind.LIKED: "{who} liked your post in",
    NotificationKind.PRIVATE_MESSAGE: "{who} wrote to you in",
    NotificationKind.INVITED_TO_MESSAGE: "{who} invited you to the message",
    NotificationKind.POSTED: "{who} wrote in",
    NotificationKind.LINKED: "{who} linked to your post in",
    NotificationKind.GROUP_MENTIONED: "{who} mentioned {group} in",
    NotificationKind.WATCHING_FIRST_POST: "{who} started",
    NotificationKind.WATCHING_CATEGORY_OR_TAG: "{who} wrote in",
    NotificationKind.LIKED_CONSOLIDATED: "{who} liked {count} of your posts",
    NotificationKind.GROUP_MESSAGE_SUMMARY: "{group} has messages ({count} in all), the newest in",
}
_MANY: dict[int, str] = {
    NotificationKind.REPLIED: "{count} new posts in",
    NotificationKind.POSTED: "{count} new posts in",
    NotificationKind.PRIVATE_MESSAGE: "{count} new posts in the message",
    NotificationKind.LIKED: "{who} and {others} liked your post in",
}
_GIVEN = ("message", "title", "topic_title", "badge_name")


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One line: words, then (when it leads somewhere) a title."""

    words: str
    title: str | None
    href: str | None
    at: int
    unread: bool
    important: bool


def line(view: NotificationView) -> Line:
    one = view.notification
    href = None
    if one.topic_id is not None and view.topic_title is not None:
        href = topic_path(view.slug or "", one.topic_id, one.post_number)
    return Line(
        words=_words(view),
        title=view.topic_title,
        href=href,
        at=one.created_at,
        unread=not one.read,
        important=one.high_priority,
    )


def _words(view: NotificationView) -> str:
    one = view.notification
    pattern = (_MANY.get(one.kind) if one.count > 1 else None) or _ONE.get(one.kind)
    if one.given or pattern is None:
        return _given(one.given)
    who = view.actor.username if view.actor is not None else "Somebody"
    return pattern.format(who=who, group=view.group_name or "A group", count=one.count, others=_others(view))


def _others(view: NotificationView) -> str:
    count = view.notification.count - 1
    if count == 1:
        return view.second_actor.username if view.second_actor is not None else "somebody else"
    return f"{count} others"


def _given(text: str) -> str:
    """The first words that a program's notification has, as words and nothing else."""
    data = msgspec.json.decode(text or "{}")
    found = (data.get(name) for name in _GIVEN)
    return next((each for each in found if isinstance(each, str) and each), "A notification")[:_LONGEST]
