"""The site: what a client asks first, and the pages before one is logged in."""

from __future__ import annotations

from typing import Any

from tertulia.dialects.nodebb.read.frame import page
from tertulia.dialects.nodebb.shapes.config import config
from tertulia.http.call import Call
from tertulia.http.csrf import csrf_token


async def get_config(call: Call) -> dict[str, Any]:
    """With the token that writing requests of this browser must carry."""
    return config(call.unit.site, user_id=call.actor.user_id or 0, token=csrf_token(call), base_url=call.base_url)


async def login(call: Call) -> dict[str, Any]:
    site = call.unit.site
    body = {
        "allowLocalLogin": site.enable_local_logins,
        "allowLoginWith": "username-email",
        "allowPasswordReset": False,
        "allowRegistration": site.allow_new_registrations,
        **_OTHER_WAYS,
        "loginFormEntry": [],
    }
    return await page(call, body, template="login", title="Login")


async def register(call: Call) -> dict[str, Any]:
    site = call.unit.site
    body = {
        "minimumUsernameLength": site.min_username_length,
        "maximumUsernameLength": site.max_username_length,
        "minimumPasswordLength": site.min_password_length,
        "minimumPasswordStrength": 0,
        **_OTHER_WAYS,
        "regFormEntry": [],
        "register_window:spansize": "col-md-12",
    }
    return await page(call, body, template="register", title="Register")


_OTHER_WAYS: dict[str, Any] = {"alternate_logins": False, "authentication": [], "osw_logins": False}
