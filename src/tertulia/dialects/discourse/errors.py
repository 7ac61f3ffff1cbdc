"""Failures in Discourse's words: status and body as the upstream answers, the code in `X-Tertulia-Reason`.

Source: contract notes on limits and errors, sections 2, 4 and 5; where sources differ, the decisions.
Some routes say a failure in their own form; `SPECIAL` maps the row's name to it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from tertulia.dialects.discourse.sentences import sentence, time_left
from tertulia.http.call import TEXT, Answer, Call
from tertulia.model.errors import (
    CATALOGUE,
    BodyBroken,
    BodyTooLarge,
    Busy,
    CsrfFailed,
    ForumError,
    Internal,
    Kind,
    LoginFailed,
    LoginInactive,
    LoginSuspended,
    LoginUnapproved,
    ParameterMissing,
    RangeInvalid,
    RateLimited,
    Refusals,
    TooManyParameters,
    UserHasPosts,
    UserInactive,
    UserSilencedAlready,
    UserSuspended,
    UserSuspendedAlready,
)

STATUS = {
    Kind.MALFORMED: 400,
    Kind.CREDENTIAL: 403,
    Kind.ANONYMOUS: 403,
    Kind.DENIED: 403,
    Kind.MISSING: 404,
    Kind.INVALID: 422,
    Kind.CONFLICT: 409,
    Kind.LIMITED: 429,
    Kind.TOO_LARGE: 413,
    Kind.UNAVAILABLE: 503,
    Kind.INTERNAL: 500,
}
ERROR_TYPE = {
    Kind.MALFORMED: "invalid_parameters",
    Kind.CREDENTIAL: "invalid_access",
    Kind.ANONYMOUS: "not_logged_in",
    Kind.DENIED: "invalid_access",
    Kind.MISSING: "not_found",
    Kind.LIMITED: "rate_limit",
}
NOT_FOUND = "The requested URL or resource could not be found."
_UNTYPED = (ParameterMissing, BodyBroken, TooManyParameters, BodyTooLarge)
_CREDENTIALS = ("api-key", "user-api-key", "authorization")
_encode = msgspec.json.Encoder().encode


def refuse(call: Call, error: ForumError) -> Answer:
    """The answer to a failure, in the form of the route that failed."""
    if isinstance(error, CsrfFailed):
        return Answer(b'["BAD CSRF"]', status=403, content_type=TEXT, reason=error.code)
    special = SPECIAL.get(call.row.name) if call.row else None
    answer = special(call, error) if special else None
    return answer or _plain(call, error)


def texts(error: ForumError) -> list[str]:
    """The sentences of a failure, one per broken rule."""
    if isinstance(error, Refusals):
        return [sentence(each) for each in error.errors]
    return [sentence(error)]


def _reason(error: ForumError) -> str:
    return error.errors[0].code if isinstance(error, Refusals) else public_code(error)


def public_code(error: ForumError) -> str:
    """What may be said: hidden and absent things have one and the same reason."""
    hidden = error.kind is Kind.MISSING and error.code not in ("staff_only", "request.method_unknown")
    return "not_found" if hidden else error.code


def _plain(call: Call, error: ForumError) -> Answer:
    status = STATUS[error.kind]
    body: dict[str, Any] = {"errors": texts(error)}
    if error.kind in ERROR_TYPE and not isinstance(error, _UNTYPED):
        body["error_type"] = ERROR_TYPE[error.kind]
    answer = Answer(_encode(body), status=status, reason=_reason(error))
    if isinstance(error, RateLimited | Busy):
        _add_wait(call, answer, body, error)
    if _wants_text(call, error):
        answer.body, answer.content_type = texts(error)[0].encode(), TEXT
    return answer


def _wants_text(call: Call, error: ForumError) -> bool:
    """Bad credentials on a request that names no JSON format are answered in plain text."""
    if error.kind is not Kind.CREDENTIAL or isinstance(error, UserSuspended | UserInactive):
        return False
    return not _names_json(call)


def _add_wait(call: Call, answer: Answer, body: dict[str, Any], error: ForumError) -> None:
    seconds = int(str(error.params.get("seconds", 1)))
    answer.headers.append(("Retry-After", str(seconds)))
    if not isinstance(error, RateLimited):
        return
    code = str(error.params.get("limit", ""))
    body["extras"] = {"wait_seconds": seconds, "time_left": time_left(seconds)}
    answer.headers.append(("Discourse-Rate-Limit-Error-Code", code))
    answer.body = _encode(body)
    if not (_names_json(call) or any(name in call.headers for name in _CREDENTIALS)):
        answer.content_type = TEXT
        answer.body = (
            "Slow down, you're making too many requests.\n"
            f"Please retry again in {seconds} seconds.\nError code: {code}.\n"
        ).encode()


def _names_json(call: Call) -> bool:
    return call.path.endswith(".json") or "json" in call.headers.get("accept", "") or call.is_xhr


# -- routes that say failures in their own form -----------------------------------------------------
def _create_post(call: Call, error: ForumError) -> Answer | None:
    if error.kind is not Kind.INVALID:
        return None
    body = {"action": "create_post", "errors": texts(error)}
    return Answer(_encode(body), status=422, reason=_reason(error))


def _show_page(call: Call, error: ForumError) -> Answer | None:
    if error.kind is not Kind.MISSING:
        return None
    body = {
        "errors": [NOT_FOUND],
        "error_type": "not_found",
        "extras": {"title": "Page Not Found", "html": "<h1>Page not found</h1>", "group": None},
    }
    return Answer(_encode(body), status=404, reason=_reason(error))


FIELDS = {
    "user.username": "username",
    "user.email": "email",
    "user.password": "password",
    "user.field": "name",
}


def _create_user(call: Call, error: ForumError) -> Answer | None:
    """200 with `success: false`: the form that every client of account creation looks at."""
    if error.kind is not Kind.INVALID:
        return None
    broken = error.errors if isinstance(error, Refusals) else (error,)
    fields: dict[str, list[str]] = {}
    for each in broken:
        name = next((field for prefix, field in FIELDS.items() if each.code.startswith(prefix)), "base")
        text = sentence(each)
        prefix = name.capitalize() + " "
        fields.setdefault(name, []).append(text.removeprefix(prefix))
    parameters = call.parameters
    body = {
        "success": False,
        "message": "\n".join(texts(error)),
        "errors": fields,
        "values": {name: parameters.text(name, default="") for name in ("username", "name", "email")},
        "is_developer": False,
    }
    return Answer(_encode(body), status=200, reason=_reason(error))


def _reset_password(call: Call, error: ForumError) -> Answer | None:
    """200 with `success: false`, as for accounts."""
    if error.kind is not Kind.INVALID:
        return None
    broken = error.errors if isinstance(error, Refusals) else ()
    body: dict[str, Any] = {"success": False, "message": "\n".join(texts(error))}
    if broken:
        body["errors"] = {"password": [sentence(each).removeprefix("Password ") for each in broken]}
    return Answer(_encode(body), status=200, reason=_reason(error))


_LOGIN_REASONS: dict[type[ForumError], str] = {
    LoginInactive: "not_activated",
    LoginSuspended: "suspended",
    LoginUnapproved: "not_approved",
}


def _log_in(call: Call, error: ForumError) -> Answer | None:
    """Every refused log-in is 200 with an `error`."""
    if not isinstance(error, (LoginFailed, *_LOGIN_REASONS)):
        return None
    body: dict[str, Any] = {"error": sentence(error)}
    for kind, reason in _LOGIN_REASONS.items():
        if isinstance(error, kind):
            body["reason"] = reason
    if isinstance(error, LoginInactive):
        body |= {"sent_to_email": error.params.get("email"), "current_email": error.params.get("email")}
    return Answer(_encode(body), status=200, reason=error.code)


def _punish(call: Call, error: ForumError) -> Answer | None:
    if not isinstance(error, UserSuspendedAlready | UserSilencedAlready):
        return None
    return Answer(_encode({"failed": "FAILED", "message": sentence(error)}), status=409, reason=error.code)


def _delete_user(call: Call, error: ForumError) -> Answer | None:
    if not isinstance(error, UserHasPosts):
        return None
    return Answer(_encode({"deleted": False, "message": sentence(error)}), status=403, reason=error.code)


def _bookmark(call: Call, error: ForumError) -> Answer | None:
    if error.kind is not Kind.INVALID:
        return None
    return Answer(_encode({"failed": "FAILED", "errors": texts(error)}), status=400, reason=_reason(error))


def _search(call: Call, error: ForumError) -> Answer | None:
    """Both forms of the upstream: that of searches, and that of every other limit beside it."""
    if not isinstance(error, RateLimited):
        return None
    answer = _plain(call, error)
    if answer.content_type != TEXT:
        body = msgspec.json.decode(answer.body)
        answer.body = _encode({"failed": "FAILED", "message": body["errors"][0], **body})
    return answer


def _current_session(call: Call, error: ForumError) -> Answer | None:
    if error.kind is not Kind.MISSING:
        return None
    return Answer(b"", status=404, content_type="text/plain; charset=utf-8", reason=_reason(error))


def _show_upload(call: Call, error: ForumError) -> Answer | None:
    if not isinstance(error, RangeInvalid):
        return None
    answer = Answer(b"", status=416, content_type=TEXT, reason=error.code)
    answer.headers.append(("Content-Range", f"bytes */{error.params['length']}"))
    return answer


SPECIAL: dict[str, Callable[[Call, ForumError], Answer | None]] = {
    "posts/create": _create_post,
    "topics/show": _show_page,
    "categories/find_by_slug": _show_page,
    "list/category_latest": _show_page,
    "users/create": _create_user,
    "session/create": _log_in,
    "users/password_reset_update": _reset_password,
    "admin::users/suspend": _punish,
    "admin::users/silence": _punish,
    "admin::users/destroy": _delete_user,
    "bookmarks/create": _bookmark,
    "search/show": _search,
    "search/query": _search,
    "uploads/show": _show_upload,
    "uploads/show_short": _show_upload,
    "session/current": _current_session,
    "session/scopes": _current_session,
}

__all__ = ["CATALOGUE", "Internal", "refuse", "texts"]
