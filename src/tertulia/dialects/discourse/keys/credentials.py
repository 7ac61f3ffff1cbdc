"""Where a request shows its keys: in headers, and on rows of feeds, calendars and received mail also as parameters.

Source: contract notes on authentication, sections 2.1, 4 and 6.1.
"""

from __future__ import annotations

import msgspec

from tertulia.http.call import Call

_LONGEST_CLIENT = 255


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """A key of either kind and what stood beside it; texts are stripped, blank ones are None.

    `user_key` and `key` may be empty texts: a header that is there and says nothing is still a credential."""

    user_key: str | None = None
    key: str | None = None
    username: str | None = None
    user_id: str | None = None
    external_id: str | None = None
    client_id: str | None = None


def shown_credentials(call: Call) -> Shown | None:
    """The keys that the request shows; None for a request without any. Headers win over parameters."""
    headers = call.headers
    if "api-key" in headers or "user-api-key" in headers:
        client = headers.get("user-api-client-id") or headers.get("user-api-client") or ""
        return Shown(
            user_key=headers.get("user-api-key"),
            key=headers.get("api-key"),
            username=headers.get("api-username", "").strip() or None,
            user_id=headers.get("api-user-id", "").strip() or None,
            external_id=headers.get("api-user-external-id", "").strip() or None,
            client_id=_plain(client),
        )
    if call.row is None or not call.row.query_credentials:
        return None
    shown = Shown(
        user_key=_parameter(call, "user_api_key"),
        key=_parameter(call, "api_key"),
        username=_parameter(call, "api_username"),
        user_id=_parameter(call, "api_user_id"),
        external_id=_parameter(call, "api_user_external_id"),
    )
    return shown if shown.key or shown.user_key else None


def _parameter(call: Call, name: str) -> str | None:
    value = call.body.parameters.get(name) or call.query.values.get(name)
    text = str(value).strip() if isinstance(value, str | int) else ""
    return text or None


def _plain(text: str) -> str | None:
    return "".join(each for each in text if each.isprintable()).strip()[:_LONGEST_CLIENT] or None
