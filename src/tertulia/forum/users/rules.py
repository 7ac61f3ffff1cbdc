"""The rules about accounts with the numbers of the site settings, and whether names and addresses are free."""

from __future__ import annotations

import re
from collections.abc import Callable

from tertulia.forum.unit import Unit
from tertulia.forum.users.names import UsernameRules, check_email, check_username, email_key, username_key
from tertulia.forum.users.passwords import PasswordRules, check_password
from tertulia.model.errors import (
    EmailBlocked,
    EmailInvalid,
    EmailTaken,
    ForumError,
    ParameterInvalid,
    UserExternalIdTaken,
    UserFieldTooLong,
    UsernameTaken,
)
from tertulia.store import users as store
from tertulia.store.groups import find_group_by_key

MAXIMUM_NAME = 255
_LENGTHS = {
    "name": MAXIMUM_NAME, "title": 100, "location": 255, "website": 255, "birthday": 10, "signature": 255,
    "locale": 20, "timezone": 64, "external_id": 255,
}  # fmt: skip
_FORMS: dict[str, Callable[[str], object]] = {
    "website": re.compile(r"https?://[^\s<>\"'`\\]+", re.IGNORECASE).fullmatch,
    "birthday": re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])").fullmatch,
    "locale": re.compile(r"[A-Za-z0-9]+(?:[_\-][A-Za-z0-9]+)*").fullmatch,
    "timezone": re.compile(r"[A-Za-z0-9_+\-]+(?:/[A-Za-z0-9_+\-]+){0,3}").fullmatch,
}


def username_errors(unit: Unit, username: str) -> tuple[ForumError, ...]:
    """What the site's rules say against a username; whether it is free is `is_handle_taken`."""
    site = unit.site
    rules = UsernameRules(
        minimum=site.min_username_length,
        maximum=site.max_username_length,
        reserved=site.reserved_usernames,
    )
    return check_username(username, rules=rules)


def email_errors(unit: Unit, email: str) -> tuple[ForumError, ...]:
    """What the site's rules say against an address: EmailInvalid or EmailBlocked."""
    try:
        key = check_email(email, blocked_domains=unit.site.blocked_email_domains)
    except (EmailInvalid, EmailBlocked) as refusal:
        return (refusal,)
    allowed = [entry.strip().lower().lstrip("@") for entry in unit.site.allowed_email_domains if entry.strip()]
    host = key.rpartition("@")[2]
    if allowed and not any(host == entry or host.endswith("." + entry) for entry in allowed):
        return (EmailBlocked(),)
    return ()


def password_errors(
    unit: Unit, password: str, *, username: str, name: str, email: str, is_admin: bool = False
) -> tuple[ForumError, ...]:
    """What the site's rules say against a password."""
    site = unit.site
    rules = PasswordRules(
        minimum=site.min_password_length,
        admin_minimum=site.min_admin_password_length,
        distinct_characters=site.password_unique_characters,
        block_common=site.block_common_passwords,
    )
    return check_password(password, rules=rules, username=username, name=name, email=email, is_admin=is_admin)


def field_errors(name: str, value: str) -> tuple[ForumError, ...]:
    """UserFieldTooLong, or ParameterInvalid for a value of the wrong form. An empty value is always well."""
    if len(value) > _LENGTHS[name]:
        return (UserFieldTooLong(name=name, maximum=_LENGTHS[name]),)
    if "\0" in value or (value and name in _FORMS and not _FORMS[name](value)):
        return (ParameterInvalid(name=name, problem="form"),)
    return ()


async def is_handle_taken(unit: Unit, username: str, *, except_id: int | None = None) -> bool:
    """Whether a user (other than `except_id`) or a group has the name: `@name` may be either."""
    key = username_key(username)
    user = await store.find_user_by_key(unit.tx, key)
    if user is not None and user.id != except_id:
        return True
    return await find_group_by_key(unit.tx, key) is not None


async def is_email_taken(unit: Unit, email: str, *, except_id: int | None = None) -> bool:
    user = await store.find_user_by_email(unit.tx, email_key(email))
    return user is not None and user.id != except_id


async def taken_errors(
    unit: Unit, *, username: str | None, email: str | None, except_id: int | None = None
) -> tuple[ForumError, ...]:
    """UsernameTaken and EmailTaken, for what is not None. Ask again after `unit.write()`."""
    found: list[ForumError] = []
    if username is not None and await is_handle_taken(unit, username, except_id=except_id):
        found.append(UsernameTaken())
    if email and await is_email_taken(unit, email, except_id=except_id):
        found.append(EmailTaken())
    return tuple(found)


def clash_of(constraint: str) -> ForumError:
    """What was taken in the very moment, by the name of the unique key that says so."""
    if "email" in constraint:
        return EmailTaken()
    return UserExternalIdTaken() if "external" in constraint else UsernameTaken()
