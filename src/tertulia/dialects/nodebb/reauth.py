"""Logging in again for what a token or an old session must not do: passwords, addresses, tokens, ownership.

A fresh proof is a signed cookie of two minutes; the password itself is checked by the services.
"""

from __future__ import annotations

from tertulia.http.call import Call
from tertulia.http.signing import set_cookie, sign, unsign
from tertulia.model.actor import CredentialKind
from tertulia.model.errors import KindRefused

COOKIE = "_reauth"
WINDOW_SECONDS = 120  # source: contract notes
_PURPOSE = "reauth"


def arm(call: Call, user_id: int) -> None:
    """Notes on the answer that the password was right just now."""
    proof = sign(f"{user_id}:{call.unit.now}", key=call.unit.ports.memory["secret_key"], purpose=_PURPOSE)
    cookie = set_cookie(COOKIE, proof, max_age=WINDOW_SECONDS, secure=call.scheme == "https")
    call.answer_headers.append(("Set-Cookie", cookie))


def require_fresh_login(call: Call) -> None:
    """Raises KindRefused unless a cookie session acts whose user gave the password within two minutes."""
    credential = call.actor.credential
    if credential is None or credential.kind is not CredentialKind.SESSION:
        raise KindRefused()
    key = call.unit.ports.memory["secret_key"]
    user_id, _, at = (unsign(call.cookies.get(COOKIE, ""), key=key, purpose=_PURPOSE) or "").partition(":")
    fresh = at.isdecimal() and int(at) > call.unit.now - WINDOW_SECONDS * 1000
    if not fresh or user_id != str(call.actor.user_id):
        raise KindRefused()
