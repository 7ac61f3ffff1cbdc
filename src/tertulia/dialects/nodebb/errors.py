"""Failures in NodeBB's words, per generation: envelope, code, status; the forum's code in `X-Tertulia-Reason`.

Sources: contract notes on NodeBB (`nodebb.md`) and the old plugin's description.
"""

from __future__ import annotations

from typing import Any

import msgspec

from tertulia.dialects.nodebb.generations import Generation, generation_of
from tertulia.dialects.nodebb.sentences import sentence
from tertulia.http.call import TEXT, Answer, Call
from tertulia.model.errors import (
    ActingUserMissing,
    BodyBroken,
    CategoryUnknown,
    CsrfFailed,
    ForumError,
    Kind,
    LoginFailed,
    ParameterMissing,
    RateLimited,
    Refusals,
    StaffOnly,
)

CODES = {
    400: "bad-request",
    401: "not-authorised",
    403: "forbidden",
    404: "not-found",
    413: "bad-request",
    426: "upgrade-required",
    429: "too-many-requests",
    500: "internal-server-error",
    503: "internal-server-error",
}
STATUS = {
    Kind.MALFORMED: 400,
    Kind.CREDENTIAL: 401,
    Kind.ANONYMOUS: 401,
    Kind.DENIED: 403,
    Kind.MISSING: 404,
    Kind.INVALID: 400,
    Kind.CONFLICT: 400,
    Kind.LIMITED: 429,
    Kind.TOO_LARGE: 413,
    Kind.UNAVAILABLE: 503,
    Kind.INTERNAL: 500,
}
PLUGIN_MESSAGES = {
    400: "Something was wrong with the request payload you passed in.",
    401: "A valid login session was not found. Please log in and try again.",
    403: "You are not authorised to make this call",
    404: "Invalid API call",
    429: "Too many requests. Please try again later.",
    500: "An unexpected error was encountered while attempting to service your request.",
}
_MISSING_PARAMETERS = 'Required parameters were missing from this API call, please see the "params" property'
_encode = msgspec.json.Encoder().encode


def refuse(call: Call, error: ForumError) -> Answer:
    """The answer to a failure in the form of the generation that was asked."""
    if isinstance(error, CsrfFailed):
        return Answer(b"Forbidden", status=403, content_type=TEXT, reason=error.code)
    generation = generation_of(call.path)
    status = status_of(call, error)
    if generation.is_plugin:
        answer = _plugin(error, status=status)
    elif generation is Generation.V3 or status in (401, 429):
        answer = _envelope(call, error, status=status)
    else:
        answer = _page(call, error, status=status)
    answer.reason = _reason(call, error)
    if isinstance(error, RateLimited):
        answer.headers.append(("Retry-After", str(error.params.get("seconds", 1))))
        answer.headers.append(("Discourse-Rate-Limit-Error-Code", str(error.params.get("limit", ""))))
    return answer


def status_of(call: Call, error: ForumError) -> int:
    """A guest is asked to log in before being told that something is not allowed."""
    anonymous = call.unit.actor.user is None
    if isinstance(error, Refusals):
        return status_of(call, error.errors[0])
    if isinstance(error, BodyBroken):
        return 500
    if isinstance(error, StaffOnly) or error.kind is Kind.DENIED:
        return 401 if anonymous else 403
    if isinstance(error, LoginFailed):
        return 403
    return STATUS[error.kind]


def _reason(call: Call, error: ForumError) -> str:
    problem = call.facts.get("credential_problem")
    if error.kind is Kind.ANONYMOUS and isinstance(problem, str):
        return problem
    if isinstance(error, Refusals):
        return error.errors[0].code
    hidden = error.kind is Kind.MISSING and not isinstance(error, StaffOnly)
    return "not_found" if hidden or isinstance(error, CategoryUnknown) else error.code


def _text(error: ForumError) -> str:
    """The first rule that was broken: the original stops there."""
    return sentence(error.errors[0] if isinstance(error, Refusals) else error)


def _hint(call: Call) -> str | None:
    """Where to ask instead, for clients of the other API that put `/api` before its paths."""
    foreign = "api-key" in call.headers or "user-api-key" in call.headers
    return f"{PLUGIN_MESSAGES[404]}: did you mean {call.path.removeprefix('/api') or '/'}?" if foreign else None


def _names(error: ForumError) -> list[str]:
    if isinstance(error, ActingUserMissing):
        return ["_uid"]
    others = error.params.get("others") or ()
    return [str(error.params.get("name")), *map(str, others if isinstance(others, list | tuple) else ())]


def _plugin(error: ForumError, *, status: int) -> Answer:
    body: dict[str, Any] = {"code": CODES[status], "message": PLUGIN_MESSAGES.get(status, ""), "params": {}}
    if isinstance(error, ParameterMissing | ActingUserMissing):
        body["code"] = "params-missing"
        body["message"] = f"{PLUGIN_MESSAGES[400]} | {_MISSING_PARAMETERS}"
        body["params"] = {str(index): name for index, name in enumerate(_names(error))}
    elif status in (400, 500) and error.kind is not Kind.INTERNAL:
        body["message"] = f"{PLUGIN_MESSAGES[status]} | {_text(error)}"
    return Answer(_encode(body), status=status)


def _envelope(call: Call, error: ForumError, *, status: int) -> Answer:
    response: dict[str, Any] = {}
    message = (_hint(call) if status == 404 else None) or _text(error)
    if isinstance(error, ParameterMissing):
        names = _names(error)
        response["params"] = names
        message = f"Required parameters were missing from this API call: {' '.join(names)}"
    return Answer(_encode({"status": {"code": CODES[status], "message": message}, "response": response}), status=status)


def _page(call: Call, error: ForumError, *, status: int) -> Answer:
    if status == 404:
        body: dict[str, Any] = {"path": call.path, "title": "Not Found", "bodyClass": "page-status-404"}
        if hint := _hint(call):
            body["error"] = hint
    else:
        body = {
            "path": call.path,
            "error": _text(error),
            "title": CODES[status],
            "bodyClass": f"page-status-{status}",
        }
    return Answer(_encode(body), status=status)
