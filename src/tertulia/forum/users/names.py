"""Usernames and e-mail addresses: which are accepted, and the keys by which they are unique.

Pure rules; whether a key is taken is a question to the store. The characters are in `forum/handles.py`.
Read next: `users/passwords.py`, `groups/names.py`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

import msgspec

from tertulia.forum import handles
from tertulia.model import errors
from tertulia.model.errors import ForumError

RESERVED_USERNAMES = (
    "admin", "moderator", "administrator", "mod", "sys", "system", "community", "info", "you", "name",
    "username", "user", "nickname", "support", "all", "here",
)  # fmt: skip
MAXIMUM_EMAIL = 254
_LOCAL_ATOM = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\-]+")
_DOMAIN_LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9\-]{0,61}[A-Za-z0-9])?")


class UsernameRules(msgspec.Struct, frozen=True, kw_only=True):
    """What a username must be: lengths in characters; reserved names may end in `*`."""

    minimum: int = 3
    maximum: int = 20
    allow_unicode: bool = False
    reserved: tuple[str, ...] = RESERVED_USERNAMES


def username_key(name: str) -> str:
    """Gives the form in which two usernames are the same: case and width do not matter."""
    return handles.handle_key(name)


def check_username(name: str, *, rules: UsernameRules) -> tuple[ForumError, ...]:
    """Says the first rule that the name breaks; empty when it breaks none.

    Gives UsernameTooShort, -TooLong, -Characters, -Start, -End, -Repeats, -Suffix or -Reserved: one at a
    time, as upstream does, because the later ones are consequences of the earlier ones.
    """
    if len(name) < rules.minimum:
        return (errors.UsernameTooShort(minimum=rules.minimum),)
    if len(name) > rules.maximum:
        return (errors.UsernameTooLong(maximum=rules.maximum),)
    if not handles.has_only_handle_characters(name, allow_unicode=rules.allow_unicode):
        return (errors.UsernameCharacters(),)
    if not handles.starts_well(name):
        return (errors.UsernameStart(),)
    if not handles.ends_well(name):
        return (errors.UsernameEnd(),)
    if handles.repeats_special(name):
        return (errors.UsernameRepeats(),)
    if handles.looks_like_file(name):
        return (errors.UsernameSuffix(),)
    if is_reserved(name, reserved=rules.reserved):
        return (errors.UsernameReserved(),)
    return ()


def is_reserved(name: str, *, reserved: Collection[str]) -> bool:
    """Says whether the name is one of the reserved ones; `name*` reserves everything that begins so."""
    key = username_key(name)
    for entry in reserved:
        wanted = username_key(entry)
        if key == wanted or (wanted.endswith("*") and key.startswith(wanted[:-1])):
            return True
    return False


def suggest_username(
    name: str, *, taken: Callable[[str], bool] | Collection[str], rules: UsernameRules | None = None
) -> str | None:
    """Gives an acceptable name near `name` whose key is not taken; None when a thousand are.

    `taken` is asked with keys. An e-mail address counts by its first part; nothing usable becomes `user`.
    """
    given = rules or UsernameRules()
    is_taken = taken if callable(taken) else taken.__contains__

    def refuses(key: str) -> bool:
        return is_taken(key) or bool(check_username(key, rules=given))

    base = handles.to_handle(name.strip().lstrip("@").split("@")[0], maximum=given.maximum) or "user"
    base = base.ljust(given.minimum, "1")
    return handles.free_handle(base, maximum=given.maximum, is_taken=refuses)


def email_key(email: str) -> str:
    """Gives the form in which two addresses are the same: no spaces around, lower case."""
    return email.strip().lower()


def check_email(email: str, *, blocked_domains: Collection[str] = ("mailinator.com",)) -> str:
    """Gives the key of an acceptable address.

    An ASCII address of at most 254 characters with a dotted domain; parts of blocked domains are blocked.
    Raises EmailInvalid, EmailBlocked.
    """
    address = email.strip()
    local, _, domain = address.rpartition("@")
    labels = domain.split(".")
    is_valid = (
        len(address) <= MAXIMUM_EMAIL
        and 0 < len(local) <= 64
        and all(_LOCAL_ATOM.fullmatch(atom) for atom in local.split("."))
        and len(labels) > 1
        and all(_DOMAIN_LABEL.fullmatch(label) for label in labels)
        and not labels[-1].isdigit()
    )
    if not is_valid:
        raise errors.EmailInvalid()
    host = domain.lower()
    for blocked in (entry.strip().lower().lstrip("@") for entry in blocked_domains):
        if blocked and (host == blocked or host.endswith("." + blocked)):
            raise errors.EmailBlocked()
    return email_key(address)
