"""The table of privileges of one category: who holds which."""

from __future__ import annotations

from typing import Any

import msgspec

from tertulia.dialects.nodebb.shapes.people import Starter
from tertulia.dialects.nodebb.wire import PRIVILEGE_NAMES, shown_group_name
from tertulia.model.categories import CategoryGrants
from tertulia.model.groups import FIRST_CUSTOM_ID
from tertulia.model.privileges import Grant, Holder

_VIEWING = ("find", "read", "topics:read")
_MODERATING = ("posts:view_deleted", "purge", "moderate")


def _type(name: str) -> str:
    """The tab under which the original's table shows a privilege."""
    if name in _VIEWING:
        return "viewing"
    return "moderation" if name in _MODERATING else "posting"


def _held(bits: int, *, prefix: str) -> dict[str, bool]:
    return {prefix + name: bool(bits & bit) for name, bit in PRIVILEGE_NAMES.items()}


def _types(prefix: str) -> dict[str, str]:
    return {prefix + name: _type(name) for name in PRIVILEGE_NAMES}


def privilege_table(grants: CategoryGrants, *, now: int) -> dict[str, Any]:
    """Groups and users that hold something, and the names of all privileges."""
    groups = [_group(grant, names=grants.group_names) for grant in grants.grants if grant.holder == Holder.GROUP]
    users = [
        _user(grant, grants=grants, now=now)
        for grant in grants.grants
        if grant.holder == Holder.USER and grant.bits and grant.holder_id in grants.user_cards
    ]
    names = list(PRIVILEGE_NAMES)
    return {
        "groups": groups,
        "users": users,
        "keys": {"users": names, "groups": [f"groups:{name}" for name in names]},
        "labelData": [{"label": name, "type": _type(name)} for name in names],
        "columnCountUserOther": 0,
        "columnCountGroupOther": 0,
    }


def _group(grant: Grant, *, names: dict[int, str]) -> dict[str, Any]:
    name = names.get(grant.holder_id, "")
    return {
        "name": shown_group_name(name),
        "isPrivate": False,
        "isSystem": grant.holder_id < FIRST_CUSTOM_ID,
        "privileges": _held(grant.bits, prefix="groups:"),
        "types": _types("groups:"),
    }


def _user(grant: Grant, *, grants: CategoryGrants, now: int) -> dict[str, Any]:
    person: dict[str, Any] = msgspec.to_builtins(Starter.at(grants.user_cards[grant.holder_id], now=now))
    return {**person, "privileges": _held(grant.bits, prefix=""), "types": _types("")}
