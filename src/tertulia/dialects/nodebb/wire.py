"""Spelling: times, slugs, names of groups and privileges, flags as numbers, and the envelopes of each generation.

Whole objects are in `shapes/`; failures in `errors.py`.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from html import escape
from typing import Any
from urllib.parse import quote

import msgspec

from tertulia.http.call import Answer, Call
from tertulia.model.errors import GroupMissing, ParameterMissing, PrivilegeUnknown
from tertulia.model.privileges import Privilege

_encode = msgspec.json.Encoder().encode
_COLOURS = (
    "#f44336", "#E91E63", "#9c27b0", "#673ab7", "#3f51b5", "#2196f3", "#009688", "#1b5e20", "#33691e", "#827717",
    "#e65100", "#ff5722", "#795548", "#607d8b",
)  # fmt: skip
_EARLIEST, _LATEST = -62_135_596_800_000, 253_402_300_799_999  # the years 1 to 9999
# One row, both names: the left is what clients of this dialect write. Two of theirs are one of ours.
GROUP_NAMES = {
    "administrators": "admins",
    "Global Moderators": "moderators",
    "registered-users": "trust_level_0",
    "guests": "everyone",
}
_OWN_NAMES = {own: theirs for theirs, own in GROUP_NAMES.items()}
_BY_SLUG = {"administrators": "admins", "global-moderators": "moderators"} | GROUP_NAMES
# In the order of the original's table of privileges; the last one has no counterpart here and is never held.
PRIVILEGE_NAMES = {
    "find": Privilege.FIND,
    "read": Privilege.READ,
    "topics:read": Privilege.TOPICS_READ,
    "topics:create": Privilege.TOPICS_CREATE,
    "topics:reply": Privilege.TOPICS_REPLY,
    "topics:schedule": Privilege.TOPICS_SCHEDULE,
    "topics:tag": Privilege.TOPICS_TAG,
    "posts:edit": Privilege.POSTS_EDIT,
    "posts:history": Privilege.POSTS_HISTORY,
    "posts:delete": Privilege.POSTS_DELETE,
    "posts:upvote": Privilege.POSTS_UPVOTE,
    "posts:downvote": Privilege.POSTS_DOWNVOTE,
    "topics:delete": Privilege.TOPICS_DELETE,
    "posts:view_deleted": Privilege.POSTS_VIEW_DELETED,
    "purge": Privilege.PURGE,
    "moderate": Privilege.MODERATE,
    "topics:crosspost": Privilege(0),
}


class Reader(msgspec.Struct, frozen=True, kw_only=True):
    """Who reads, and when: what shapes need beside the view. `user_id` is 0 for guests."""

    now: int
    user_id: int
    is_admin: bool
    is_staff: bool


def reader(call: Call) -> Reader:
    actor = call.actor
    return Reader(now=call.unit.now, user_id=actor.user_id or 0, is_admin=actor.is_admin, is_staff=actor.is_staff)


# -- answers ------------------------------------------------------------------------------------------
def envelope(response: Any, *, status: int = 200) -> Answer:
    """v3: `{"status":{"code":"ok","message":"OK"},"response":...}`."""
    return Answer(_encode({"status": {"code": "ok", "message": "OK"}, "response": response}), status=status)


def payload(value: Any) -> Answer:
    """v1 and v2: `{"code":"ok","payload":...}`."""
    return Answer(_encode({"code": "ok", "payload": value}))


def redirect(path: str) -> Answer:
    """What the read API answers instead of a redirect: the address as JSON, and in a header."""
    return Answer(_encode(path), headers=[("X-Redirect", quote(path, safe=""))])


def flat(*parts: msgspec.Struct | dict[str, Any]) -> dict[str, Any]:
    """One object with the fields of all parts; later parts win."""
    merged: dict[str, Any] = {}
    for part in parts:
        merged |= part if isinstance(part, dict) else msgspec.to_builtins(part)
    return merged


# -- what arrives -------------------------------------------------------------------------------------
def require(call: Call, *names: str) -> None:
    """Raises ParameterMissing with every name that was not sent at all (source: contract notes)."""
    missing = [name for name in names if call.parameters.value(name) is None]
    if missing:
        raise ParameterMissing(name=missing[0], others=tuple(missing[1:]))


def tags_of(call: Call) -> tuple[str, ...]:
    """Tags as names or as objects with `value`; a text is cut at commas."""
    value = call.parameters.value("tags")
    if isinstance(value, list) and any(isinstance(item, dict) for item in value):
        return tuple(str(item.get("value", "")) for item in value if isinstance(item, dict))
    return tuple(call.parameters.texts("tags", commas=True))


# -- words --------------------------------------------------------------------------------------------
def number(flag: bool) -> int:
    """Most of NodeBB's flags are 0 and 1."""
    return int(flag)


def iso(at: int | None) -> str:
    """ISO 8601 with milliseconds in UTC; "" for a time that never was."""
    if not at or not _EARLIEST <= at <= _LATEST:
        return ""
    moment = datetime.fromtimestamp(at // 1000, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{at % 1000:03d}Z"


def userslug(username: str) -> str:
    return username.lower().replace(" ", "-")


def topic_slug(topic_id: int, slug: str) -> str:
    return f"{topic_id}/{slug}"


def category_slug(category_id: int, slug: str) -> str:
    return f"{category_id}/{slug}"


def group_slug(name: str) -> str:
    return "-".join(name.lower().split())


def escaped(text: str) -> str:
    """Titles and names go out escaped: the original's clients put them into pages as they are."""
    return escape(text, quote=True)


def icon_colour(username: str) -> str:
    """The background of a letter picture: one of NodeBB's palette, by name."""
    return _COLOURS[hashlib.sha256(username.encode("utf-8", "replace")).digest()[0] % len(_COLOURS)]


def icon_text(username: str) -> str:
    return username[:1].upper()


def picture(template: str | None) -> str | None:
    """The address of somebody's picture; None where their letter stands for them."""
    return template.replace("{size}", "128") if template else None


# -- groups and privileges ----------------------------------------------------------------------------
def shown_group_name(name: str) -> str:
    """A group's name as this dialect says it."""
    return _OWN_NAMES.get(name, name)


def own_group_name(name: str) -> str:
    """The forum's name of a group that a client names by name or slug."""
    return _BY_SLUG.get(name, name)


def privilege_bits(names: list[str]) -> int:
    """The bits behind the names, with or without `groups:`. Raises PrivilegeUnknown."""
    bits = Privilege(0)
    for name in names:
        bare = name.removeprefix("groups:")
        if bare not in PRIVILEGE_NAMES:
            raise PrivilegeUnknown(name=name[:100])
        bits |= PRIVILEGE_NAMES[bare]
    return int(bits)


def member_id(member: str) -> int | None:
    """A member given as a user id; None when it is the name of a group. Raises GroupMissing for nothing."""
    if not member.strip():
        raise GroupMissing()
    return int(member) if member.isdecimal() and len(member) < 19 else None
