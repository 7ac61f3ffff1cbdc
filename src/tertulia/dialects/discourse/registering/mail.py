"""Asking for a new password by mail, and what the mailed links do."""

from __future__ import annotations

from typing import Any

from tertulia.forum.users.mailing import request_password_reset
from tertulia.forum.users.redeeming import activate_by_token, reset_password
from tertulia.http.call import Call

_CHANGED = "You successfully changed your password."
_ACTIVATED = "Your account is activated and ready to use."


async def forgot_password(call: Call) -> Any:
    """Has a link mailed; whether there is somebody is told unless the site hides it."""
    found = await request_password_reset(call.unit, call.parameters.required_text("login"))
    answer: dict[str, Any] = {"success": "OK"}
    if found is not None:
        answer["user_found"] = found
    return answer


async def update_password(call: Call) -> Any:
    """Sets the password; refusals are 200 with `success: false`."""
    await reset_password(call.unit, call.word("token"), new=call.parameters.text("password", default=""))
    return {"success": True, "message": _CHANGED, "requires_approval": False, "redirect_to": None}


async def activate_account(call: Call) -> Any:
    user = await activate_by_token(call.unit, call.word("token"))
    waits = call.unit.site.must_approve_users and not user.approved and not user.is_staff
    return {"success": True, "message": _ACTIVATED, "needs_approval": waits, "redirect_to": None}
