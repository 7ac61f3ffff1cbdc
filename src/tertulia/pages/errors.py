"""Refusals as pages: a status, a sentence that says what is wrong and what to do, and a way on.

What forms say beside their fields is in `forms.py`, the words of both in `sentences.py`.
"""

from __future__ import annotations

import logging

from tertulia.http.call import HTML, TEXT, Answer, Call
from tertulia.model.errors import Busy, ForumError, Kind, RateLimited, Refusals
from tertulia.pages.rendering import Around, page
from tertulia.pages.returning import login_path, redirect
from tertulia.pages.sentences import sentence

_LOG = logging.getLogger("tertulia.pages")

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
HEADINGS = {
    Kind.MALFORMED: "This request makes no sense here",
    Kind.CREDENTIAL: "This account cannot be used",
    Kind.ANONYMOUS: "Log in first",
    Kind.DENIED: "You may not do that",
    Kind.MISSING: "There is nothing here",
    Kind.INVALID: "That did not work",
    Kind.CONFLICT: "Somebody was faster",
    Kind.LIMITED: "A little slower, please",
    Kind.TOO_LARGE: "That is too much at once",
    Kind.UNAVAILABLE: "The forum is busy",
    Kind.INTERNAL: "Something broke, and it is our fault",
}


def refuse(call: Call, error: ForumError) -> Answer:
    """The page for a refusal; a redirect to log in for readers who only need to say who they are. Never raises."""
    try:
        if call.path.startswith("/static/"):
            answer = Answer(b"not found\n", status=STATUS[error.kind], content_type=TEXT)
        elif error.kind is Kind.ANONYMOUS and call.method in ("GET", "HEAD"):
            answer = redirect(login_path(call), status=302)
        else:
            answer = _page(call, error)
    except Exception:
        _LOG.exception("the error page could not be made")
        answer = Answer(b"<!doctype html><title>Error</title><p>Something broke.", status=500, content_type=HTML)
    answer.reason = public_code(error)
    if isinstance(error, RateLimited | Busy):
        answer.headers.append(("Retry-After", str(error.params.get("seconds", 1))))
    if isinstance(error, RateLimited):
        answer.headers.append(("Discourse-Rate-Limit-Error-Code", str(error.params.get("limit", ""))))
    return answer


def public_code(error: ForumError) -> str:
    """What may be said: hidden and absent things have one and the same reason."""
    if isinstance(error, Refusals):
        return error.errors[0].code
    hidden = error.kind is Kind.MISSING and error.code not in ("staff_only", "request.method_unknown")
    return "not_found" if hidden else error.code


def _page(call: Call, error: ForumError) -> Answer:
    broken = error.errors if isinstance(error, Refusals) else (error,)
    return page(
        call,
        "error.html",
        around=Around(title=HEADINGS[error.kind], status=STATUS[error.kind], noindex=True),
        heading=HEADINGS[error.kind],
        sentences=[sentence(each) for each in broken],
        offer_login=call.unit.actor.user is None and error.kind in (Kind.MISSING, Kind.ANONYMOUS, Kind.DENIED),
        request_id=call.request_id if error.kind is Kind.INTERNAL else None,
    )
