"""Notifications in NodeBB's words: a type, a sentence as a key with its parts, and where it leads."""

from __future__ import annotations

from typing import Any

import msgspec

from tertulia.dialects.nodebb.shapes.people import Person
from tertulia.dialects.nodebb.wire import escaped, iso
from tertulia.model.notifications import NotificationKind, NotificationView

# Kind to (type, key of the sentence). Source: the original's own names; those it has no like of are its nearest.
_WORDS = {
    NotificationKind.MENTIONED: ("mention", "notifications:user-mentioned-you-in"),
    NotificationKind.GROUP_MENTIONED: ("mention", "notifications:user-mentioned-group-in"),
    NotificationKind.REPLIED: ("new-reply", "notifications:user-posted-to"),
    NotificationKind.QUOTED: ("new-reply", "notifications:user-posted-to"),
    NotificationKind.POSTED: ("new-reply", "notifications:user-posted-to"),
    NotificationKind.WATCHING_CATEGORY_OR_TAG: ("new-reply", "notifications:user-posted-to"),
    NotificationKind.WATCHING_FIRST_POST: ("new-topic", "notifications:user-posted-topic"),
    NotificationKind.EDITED: ("post-edit", "notifications:user-edited-post"),
    NotificationKind.LIKED: ("upvote", "notifications:upvoted-your-post-in"),
    NotificationKind.LIKED_CONSOLIDATED: ("upvote", "notifications:upvoted-your-post-in"),
    NotificationKind.LINKED: ("new-reply", "notifications:user-posted-to"),
    NotificationKind.PRIVATE_MESSAGE: ("new-chat", "notifications:user-posted-to"),
    NotificationKind.INVITED_TO_MESSAGE: ("new-chat", "notifications:user-posted-to"),
    NotificationKind.GROUP_MESSAGE_SUMMARY: ("new-group-chat", "notifications:user-posted-to"),
}
_OTHER = ("custom", "notifications:title")
_IMPORTANCE, _MORE_IMPORTANT = 5, 6
# What a page can be narrowed to: name of the filter to our kinds.
FILTERS: dict[str, tuple[int, ...]] = {
    filter: tuple(int(kind) for kind, (name, _) in _WORDS.items() if name == filter)
    for filter in ("new-topic", "new-reply", "post-edit", "mention", "upvote", "new-chat", "new-group-chat")
}


class Notification(msgspec.Struct, frozen=True, kw_only=True):
    """One. `from` and `user` are left out when nobody did it."""

    nid: str
    type: str
    bodyShort: str
    path: str
    importance: int
    datetime: int
    datetimeISO: str
    read: bool
    readClass: str
    image: str | None
    pid: int | msgspec.UnsetType = msgspec.UNSET
    tid: int | msgspec.UnsetType = msgspec.UNSET
    from_id: int | msgspec.UnsetType = msgspec.field(default=msgspec.UNSET, name="from")
    user: Person | msgspec.UnsetType = msgspec.UNSET
    mergeId: str | msgspec.UnsetType = msgspec.UNSET

    @classmethod
    def of(cls, view: NotificationView) -> Notification:
        one = view.notification
        kind, _ = _words(one.kind)
        person = Person.of(view.actor) if view.actor is not None else None
        return cls(
            nid=str(one.id),
            type=kind,
            bodyShort=_sentence(view),
            path=_path(view),
            importance=_MORE_IMPORTANT if one.high_priority else _IMPORTANCE,
            datetime=one.created_at,
            datetimeISO=iso(one.created_at),
            read=one.read,
            readClass="" if one.read else "unread",
            image=person.picture if person is not None else None,
            pid=msgspec.UNSET if one.post_id is None else one.post_id,
            tid=msgspec.UNSET if one.topic_id is None else one.topic_id,
            from_id=msgspec.UNSET if person is None else person.uid,
            user=msgspec.UNSET if person is None else person,
            mergeId=msgspec.UNSET if one.topic_id is None else f"{_words(one.kind)[1]}|{one.topic_id}",
        )


def _words(kind: int) -> tuple[str, str]:
    return _WORDS[NotificationKind(kind)] if kind in NotificationKind.__members__.values() else _OTHER


def _sentence(view: NotificationView) -> str:
    """A key with its parts, in which commas and percent signs are spelled out as the original does."""
    name = view.actor.username if view.actor is not None else ""
    parts = [_part(name), *([_part(view.group_name or "")] if view.notification.group_id else [])]
    parts.append(_part(view.topic_title or ""))
    return f"[[{', '.join((_words(view.notification.kind)[1], *parts))}]]"


def _part(text: str) -> str:
    return escaped(text).replace("%", "&#37;").replace(",", "&#44;").replace("[", "&lsqb;").replace("]", "&rsqb;")


def _path(view: NotificationView) -> str:
    one = view.notification
    if one.post_id is not None and one.count == 1:
        return f"/post/{one.post_id}"
    return f"/topic/{one.topic_id}" if one.topic_id is not None else "/notifications"


def filter_of(name: str, label: str, *, chosen: str) -> dict[str, Any]:
    """One entry of the list of filters."""
    return {"name": label, "filter": name, "selected": name == chosen}
