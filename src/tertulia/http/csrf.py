"""CSRF: a visitor cookie, and a token signed for it. Log-in changes the visitor, so old tokens end with it."""

from __future__ import annotations

import secrets

from tertulia.http.call import Call
from tertulia.http.signing import equal_in_constant_time, set_cookie, sign, unsign
from tertulia.model.errors import CsrfFailed

VISITOR_COOKIE = "_forum_session"
SESSION_COOKIE = "_t"
_SAFE = ("GET", "HEAD", "OPTIONS")


def visitor(call: Call) -> str:
    """The visitor behind the cookie; a new one (whose cookie joins the answer) where there is none or a forged one."""
    call.personal = True
    known = call.facts.get("visitor")
    if isinstance(known, str):
        return known
    key = call.unit.ports.memory["secret_key"]
    found = unsign(call.cookies.get(VISITOR_COOKIE, ""), key=key, purpose="visitor")
    return found if found else renew_visitor(call)


def renew_visitor(call: Call) -> str:
    """A new visitor, for whom no earlier token holds."""
    call.personal = True
    fresh = secrets.token_hex(16)
    key = call.unit.ports.memory["secret_key"]
    call.facts["visitor"] = fresh
    cookie = set_cookie(VISITOR_COOKIE, sign(fresh, key=key, purpose="visitor"), max_age=None, secure=_secure(call))
    call.answer_headers.append(("Set-Cookie", cookie))
    return fresh


def csrf_token(call: Call) -> str:
    """The token that writing requests of this visitor must carry."""
    return sign(visitor(call), key=call.unit.ports.memory["secret_key"], purpose="csrf").rpartition(".")[2]


def check_token(call: Call, *tokens: str | None) -> None:
    """Raises CsrfFailed unless one of `tokens` is the visitor's. Reading requests pass."""
    if call.method in _SAFE:
        return
    key = call.unit.ports.memory["secret_key"]
    found = unsign(call.cookies.get(VISITOR_COOKIE, ""), key=key, purpose="visitor")
    if not found:
        raise CsrfFailed()
    expected = sign(found, key=key, purpose="csrf").rpartition(".")[2]
    if not any(token and equal_in_constant_time(token, right=expected) for token in tokens):
        raise CsrfFailed()


def session_cookie(call: Call, token: str, *, max_age: int) -> None:
    """Sets (or with an empty token removes) the log-in cookie on the answer."""
    cookie = set_cookie(SESSION_COOKIE, token, max_age=max_age if token else 0, secure=_secure(call))
    call.answer_headers.append(("Set-Cookie", cookie))


def _secure(call: Call) -> bool:
    """Whether people come by HTTPS: the site's own address says so even where a proxy says nothing."""
    return call.base_url.startswith("https://")
