"""People as posts, lists and pages show them; whole accounts are in `accounts.py`."""

from __future__ import annotations

from typing import Any

import msgspec

from tertulia.dialects.nodebb.wire import Reader, escaped, icon_colour, icon_text, iso, picture, userslug
from tertulia.model.users import User, UserCard

_ONLINE_MS = 300_000
_FOR_EVER_MS = 100 * 365 * 86_400_000  # what ends later than in a century was meant for ever


def face(user: User | UserCard) -> dict[str, Any]:
    """The fields that every mention of a person has."""
    return {
        "uid": user.id,
        "username": user.username,
        "displayname": user.username,
        "userslug": userslug(user.username),
        "picture": picture(user.avatar_template),
        "icon_text": icon_text(user.username),
        "icon_colour": icon_colour(user.username),
        "isLocal": True,
    }


def status_of(user: User | UserCard, *, now: int) -> str:
    """`online` for those seen within five minutes."""
    return "online" if (user.last_seen_at or 0) > now - _ONLINE_MS else "offline"


def until(at: int | None, *, now: int) -> int:
    """When a ban or mute ends; 0 for those without one and for one without end."""
    return 0 if at is None or at <= now or at > now + _FOR_EVER_MS else at


def ban(user: User | UserCard, *, now: int) -> dict[str, Any]:
    banned = user.suspended_till is not None and user.suspended_till > now
    end = until(user.suspended_till, now=now)
    readable = iso(end) if end else ("Forever" if banned else "Not Banned")
    return {"banned": banned, "banned_until": end, "banned_until_readable": readable, "banned_expire": end}


def mute(user: User | UserCard, *, now: int) -> dict[str, Any]:
    return {
        "muted": user.silenced_till is not None and user.silenced_till > now,
        "mutedUntil": until(user.silenced_till, now=now),
    }


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """The least: a name with a picture."""

    uid: int
    username: str
    displayname: str
    userslug: str
    picture: str | None
    isLocal: bool
    icon_text: str = msgspec.field(name="icon:text")
    icon_colour: str = msgspec.field(name="icon:bgColor")

    @classmethod
    def of(cls, user: User | UserCard) -> Person:
        return cls(**face(user))


class Present(Person, frozen=True, kw_only=True):
    """With whether they are there."""

    status: str

    @classmethod
    def at(cls, user: User | UserCard, *, now: int) -> Present:
        return cls(**face(user), status=status_of(user, now=now))


class Starter(Present, frozen=True, kw_only=True):
    """The author of a topic in a list."""

    postcount: int
    reputation: int
    banned: bool
    banned_until: int
    banned_until_readable: str

    @classmethod
    def at(cls, user: User | UserCard, *, now: int) -> Starter:
        return cls(**_starter(user, now=now))


def _starter(user: User | UserCard, *, now: int) -> dict[str, Any]:
    punished = ban(user, now=now)
    del punished["banned_expire"]
    return {
        **face(user),
        **punished,
        "status": status_of(user, now=now),
        "postcount": user.post_count,
        "reputation": user.reputation,
    }


class Author(Starter, frozen=True, kw_only=True):
    """The author beside a post."""

    topiccount: int
    lastonline: int
    lastonlineISO: str
    signature: str
    groupTitle: str | None
    groupTitleArray: tuple[str, ...]
    selectedGroups: tuple[str, ...]
    custom_profile_info: tuple[str, ...]
    muted: bool
    mutedUntil: int
    banned_expire: int = msgspec.field(name="banned:expire")

    @classmethod
    def at(cls, user: User | UserCard, *, now: int, group: str | None = None) -> Author:
        return cls(
            **_starter(user, now=now),
            **mute(user, now=now),
            banned_expire=until(user.suspended_till, now=now),
            topiccount=user.topic_count,
            lastonline=user.last_seen_at or 0,
            lastonlineISO=iso(user.last_seen_at),
            signature=escaped(user.signature),
            groupTitle=group_title(group),
            groupTitleArray=(group,) if group else (),
            selectedGroups=(),
            custom_profile_info=(),
        )


def group_title(group: str | None) -> str | None:
    """The badge group, as a JSON list in a text."""
    return msgspec.json.encode([group]).decode() if group else None


class Listed(Starter, frozen=True, kw_only=True):
    """Somebody in a list of people."""

    joindate: int
    joindateISO: str
    lastonline: int
    lastonlineISO: str
    flags: int
    banned_expire: int = msgspec.field(name="banned:expire")
    email_confirmed: int = msgspec.field(name="email:confirmed")

    @classmethod
    def at(cls, user: User | UserCard, *, now: int) -> Listed:
        return cls(**_listed(user, now=now))


def _listed(user: User | UserCard, *, now: int) -> dict[str, Any]:
    return {
        **_starter(user, now=now),
        "banned_expire": until(user.suspended_till, now=now),
        "joindate": user.created_at,
        "joindateISO": iso(user.created_at),
        "lastonline": user.last_seen_at or 0,
        "lastonlineISO": iso(user.last_seen_at),
        "flags": 0,  # reports of people are counted nowhere yet
        # Accounts whose address is not confirmed are in no list.
        "email_confirmed": int(user.active) if isinstance(user, User) else 1,
    }


class Member(Listed, frozen=True, kw_only=True):
    """A member of a group."""

    isOwner: bool

    @classmethod
    def of_group(cls, user: UserCard, *, owner: bool, reader: Reader) -> Member:
        return cls(**_listed(user, now=reader.now), isOwner=owner)
