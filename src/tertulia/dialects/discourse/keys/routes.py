"""What may be asked about user API keys. Admins' keys are in `routes.py`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tertulia.http.routing import Row
from tertulia.http.routing.later import LaterModule

user_keys = LaterModule("tertulia.dialects.discourse.keys.user_keys")


def _row(method: str, path: str, handler: Callable[..., Any], name: str, **options: Any) -> Row:
    return Row(method, path, handler, name=name, dialect="discourse", **options)


KEY_ROWS = (
    _row("POST", "/user-api-key/revoke", user_keys.revoke_user_key, "user_api_keys/revoke", access="user",
         scope="keys:revoke_own", summary="Revokes a user API key"),
    _row("POST", "/user-api-key/undo-revoke", user_keys.restore_user_key, "user_api_keys/undo_revoke",
         access="user"),
    _row("GET", "/admin/dashboard/problems", user_keys.get_problems, "admin::dashboard/problems", access="staff",
         summary="What staff should look at"),
)  # fmt: skip
