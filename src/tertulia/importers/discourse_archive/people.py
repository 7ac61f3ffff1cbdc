"""From what an archive tells of people to accounts: names that can be used, levels in bounds, no way to log in."""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec

from tertulia.forum import handles
from tertulia.forum.loading.people import FOR_EVER, blank_user
from tertulia.forum.users.names import username_key
from tertulia.importers.discourse_archive.cleaning import clean_line, clean_name
from tertulia.importers.discourse_archive.survey import Observed
from tertulia.model.users import SYSTEM_ID, User

_LONGEST_NAME = 60
_AVATAR = re.compile(r"(?:https?:/)?/[^\s\"'<>\\]{1,490}\Z")


class Named(msgspec.Struct):
    """Usernames by the archive's id, and those that had to change (old to new)."""

    usernames: dict[int, str]
    changed: dict[str, str]


def choose_usernames(people: Mapping[int, Observed], *, taken: Mapping[str, int]) -> Named:
    """A usable name for each id, each name once. `taken` maps keys that somebody else has."""
    used = set(taken)
    named = Named(usernames={}, changed={})
    for user_id in sorted(people):
        if user_id == SYSTEM_ID:
            continue
        wanted = people[user_id].username or f"user{abs(user_id)}"
        usable = wanted if _is_usable(wanted) else handles.to_handle(wanted, maximum=_LONGEST_NAME) or "user"
        name = handles.free_handle(usable, maximum=_LONGEST_NAME, is_taken=used.__contains__, tries=100_000)
        name = name or f"user{abs(user_id)}"
        used.add(username_key(name))
        named.usernames[user_id] = name
        if name != wanted:
            named.changed[wanted] = name
    return named


def _is_usable(name: str) -> bool:
    return (
        0 < len(name) <= _LONGEST_NAME
        and handles.has_only_handle_characters(name, allow_unicode=True)
        and handles.starts_well(name)
        and not handles.looks_like_file(name)
    )


def make_user(person: Observed, *, user_id: int, username: str) -> User:
    """The account of a person, with neither e-mail nor password."""
    level = person.trust_level if person.trust_level is not None else 1
    user = blank_user(user_id, username=username, created_at=person.first_seen_at)
    return msgspec.structs.replace(
        user,
        name=clean_name(person.name, longest=255),
        title=None if person.title is None else clean_line(person.title, longest=100),
        avatar_template=person.avatar_template if _AVATAR.match(person.avatar_template) else None,
        trust_level=min(max(level, 0), 4),
        admin=person.admin,
        moderator=person.moderator,
        suspended_at=max(person.told_at, person.first_seen_at) if person.suspended else None,
        suspended_till=FOR_EVER if person.suspended else None,
        suspend_reason="" if person.suspended else None,
    )
