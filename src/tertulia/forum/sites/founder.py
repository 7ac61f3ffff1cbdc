"""The first admin's name, address and password, checked before anything is founded."""

from __future__ import annotations

import secrets
from functools import partial

from tertulia.forum.sites.found import FoundSite
from tertulia.forum.unit import Unit
from tertulia.forum.users.names import UsernameRules, check_username
from tertulia.forum.users.passwords import hash_password
from tertulia.forum.users.rules import email_errors, password_errors
from tertulia.model.errors import Refusals


def make_password() -> str:
    """A random password of 20 characters that every rule accepts."""
    while True:
        password = secrets.token_urlsafe(15)
        if len(set(password)) >= 10:
            return password


async def prepare_founder(unit: Unit, *, username: str, email: str, password: str) -> FoundSite:
    """The command for `found_site`; hashes off the loop, so call it before anything is written.

    A reserved name such as `admin` is allowed to the first account, and what its owner chose for it must satisfy
    the rule for everybody's passwords, not the longer one for admins who are made later. Raises Refusals."""
    site = unit.site
    rules = UsernameRules(minimum=site.min_username_length, maximum=site.max_username_length, reserved=("system",))
    broken = (
        *check_username(username, rules=rules),
        *email_errors(unit, email),
        *password_errors(unit, password, username=username, name="", email=email),
    )
    if broken:
        raise Refusals(broken)
    hashed = await unit.ports.offload.thread(partial(hash_password, password))
    return FoundSite(admin_username=username, admin_email=email, password_hash=hashed)
