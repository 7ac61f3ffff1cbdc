"""Registering, and asking beforehand whether a name or an address will do.

A browser must send back the values of `/session/hp.json`, which programs that fill in every field do not.
"""

from __future__ import annotations

from typing import Any

from tertulia.dialects.discourse.errors import texts
from tertulia.dialects.discourse.session import honeypot
from tertulia.dialects.discourse.shapes.users import CreatedUser
from tertulia.forum.users.availability import check_email_form, check_username_availability
from tertulia.forum.users.registering import create_user as register_user
from tertulia.http.call import Call
from tertulia.http.signing import equal_in_constant_time
from tertulia.model.errors import NotAllowed, ParameterMissing, Refusals
from tertulia.model.users import CreateUser

_READY = "Your account is activated and ready to use."
_WAITING = "Your account has been created. It can be used as soon as it is activated."


async def create_user(call: Call) -> CreatedUser:
    """Makes an account: an admin's at once, a visitor's inactive. Refusals are 200 with `success: false`."""
    if call.actor.user is None:
        _check_honeypot(call)
    user = (await register_user(call.unit, create_command(call))).user
    return CreatedUser(success=True, active=user.active, message=_READY if user.active else _WAITING, user_id=user.id)


def create_command(call: Call) -> CreateUser:
    parameters = call.parameters
    external = parameters.nested("external_ids").text("discourse_connect")
    return CreateUser(
        username=parameters.required_text("username").strip(),
        email=parameters.required_text("email").strip(),
        name=parameters.text("name", default=""),
        password=parameters.text("password") or None,
        active=parameters.boolean("active", default=False),
        approved=parameters.boolean("approved", default=False),
        external_id=external or parameters.text("external_id"),
        locale=parameters.text("locale", default=""),
    )


def _check_honeypot(call: Call) -> None:
    value, challenge = honeypot(call)
    given = call.parameters.text("password_confirmation", default="")
    answer = call.parameters.text("challenge", default="")[::-1]
    if not (equal_in_constant_time(given, right=value) and equal_in_constant_time(answer, right=challenge)):
        raise NotAllowed()


async def check_username(call: Call) -> Any:
    """`available`, or a `suggestion`, or the `errors` that the name breaks."""
    parameters = call.parameters
    username = parameters.text("username") or parameters.text("email", default="").partition("@")[0]
    if not username.strip():
        raise ParameterMissing(name="username")
    for_user = parameters.integer("for_user_id") if call.actor.is_staff else call.actor.user_id
    found = await check_username_availability(call.unit, username, except_id=for_user)
    if found.broken:
        return {"errors": texts(Refusals(found.broken))}
    if found.available:
        return {"available": True}
    return {"available": False, "suggestion": found.suggestion}


async def check_email(call: Call) -> Any:
    """Whether an address has a form that could register; who has it is not told."""
    broken = check_email_form(call.unit, call.parameters.text("email", default=""))
    if broken:
        return {"failed": "FAILED", "errors": texts(Refusals(broken))}
    return {"success": "OK"}
