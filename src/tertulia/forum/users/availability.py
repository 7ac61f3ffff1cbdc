"""Whether a username or an address could be registered, asked before anybody registers."""

from __future__ import annotations

import msgspec

from tertulia.forum.unit import Unit
from tertulia.forum.users import rules
from tertulia.forum.users.names import suggest_username, username_key
from tertulia.model.errors import ForumError

_MAXIMUM = 255
_TRIES = 50


class NameAvailability(msgspec.Struct, frozen=True, kw_only=True):
    """Free, or not: then a free name near it if one was found, or the rules that the name breaks."""

    available: bool
    suggestion: str | None = None
    broken: tuple[ForumError, ...] = ()


async def check_username_availability(unit: Unit, username: str, *, except_id: int | None = None) -> NameAvailability:
    """Looks at the rules first, then whether somebody (other than `except_id`) or a group has the name."""
    name = username[:_MAXIMUM].strip()
    broken = rules.username_errors(unit, name)
    if broken:
        return NameAvailability(available=False, broken=broken)
    if not await rules.is_handle_taken(unit, name, except_id=except_id):
        return NameAvailability(available=True)
    taken = {username_key(name)}
    for _ in range(_TRIES):
        suggestion = suggest_username(name, taken=taken)
        if suggestion is None:
            break
        if not await rules.is_handle_taken(unit, suggestion):
            return NameAvailability(available=False, suggestion=suggestion)
        taken.add(username_key(suggestion))
    return NameAvailability(available=False)


def check_email_form(unit: Unit, email: str) -> tuple[ForumError, ...]:
    """The rules that an address breaks. Whether somebody has it is not told to whoever asks."""
    return rules.email_errors(unit, email[:_MAXIMUM])
