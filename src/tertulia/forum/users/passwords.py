"""Passwords: which are accepted, how they are stored, how they are compared.

Hashing takes tens of milliseconds and releases the GIL: call it in a thread, before the write.
Tokens and keys are random and are hashed elsewhere. Read next: `users/names.py`.
"""

from __future__ import annotations

import functools
import unicodedata
from importlib import resources
from typing import TYPE_CHECKING

import msgspec

from tertulia.model import errors
from tertulia.model.errors import ForumError

if TYPE_CHECKING:
    from argon2 import PasswordHasher


class PasswordRules(msgspec.Struct, frozen=True, kw_only=True):
    """What a password must be: lengths and distinct characters."""

    minimum: int = 10
    admin_minimum: int = 15
    maximum: int = 200
    distinct_characters: int = 6
    block_common: bool = True


def check_password(
    password: str, *, rules: PasswordRules, username: str, name: str, email: str, is_admin: bool
) -> tuple[ForumError, ...]:
    """Says the first rule that the password breaks; empty when it breaks none.

    Gives PasswordTooLong, -TooShort, -SameAsUsername, -SameAsName, -SameAsEmail, -Common or -Repetitive, one
    at a time as upstream does.
    """
    minimum = rules.admin_minimum if is_admin else rules.minimum
    if len(password) > rules.maximum:
        return (errors.PasswordTooLong(maximum=rules.maximum),)
    if len(password) < minimum:
        return (errors.PasswordTooShort(minimum=minimum),)
    key = password.casefold()
    if key == username.casefold():
        return (errors.PasswordSameAsUsername(),)
    if name and key == name.casefold():
        return (errors.PasswordSameAsName(),)
    if key == email.casefold():
        return (errors.PasswordSameAsEmail(),)
    if rules.block_common and key in common_passwords():
        return (errors.PasswordCommon(),)
    if len(set(password)) < rules.distinct_characters:
        return (errors.PasswordRepetitive(minimum=rules.distinct_characters),)
    return ()


@functools.cache
def common_passwords() -> frozenset[str]:
    """Gives the passwords that everybody tries first, in lower case; read once, when first needed."""
    text = resources.files(__package__).joinpath("common_passwords.txt").read_text("utf-8")
    return frozenset(text.split())


def hash_password(password: str) -> str:
    """Gives the text to store: Argon2id with 2 passes, 19 MiB and one lane, salted."""
    return _hasher().hash(_bytes(password))


def verify_password(stored: str | None, password: str) -> bool:
    """Says whether the password is the one that was hashed.

    None (no such user, or one without a password) takes as long as a real comparison and is never true, so
    that the time of a refusal does not tell who has an account.
    """
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        matches = _hasher().verify(stored or _hash_of_nobody(), _bytes(password))
    except (VerificationError, InvalidHashError):
        return False
    return matches and bool(stored)


def needs_rehash(stored: str) -> bool:
    """Says whether the hash was made with other costs than today's, so that a login should replace it."""
    from argon2.exceptions import InvalidHashError

    try:
        return _hasher().check_needs_rehash(stored)
    except InvalidHashError:
        return True


@functools.cache
def _hasher() -> PasswordHasher:
    # At first use: a server that only reads never needs the library.
    from argon2 import PasswordHasher

    return PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


@functools.cache
def _hash_of_nobody() -> str:
    return hash_password("a password that nobody has, hashed with the costs of today")


def _bytes(password: str) -> bytes:
    # One password typed on two keyboards may arrive composed or decomposed. The bound keeps a request with a
    # password of megabytes from costing more than a login; nothing that long was ever accepted.
    return unicodedata.normalize("NFKC", password[:1_000]).encode("utf-8", "surrogatepass")
