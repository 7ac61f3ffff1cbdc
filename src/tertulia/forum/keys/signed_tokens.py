"""JSON Web Tokens signed with a shared secret: whoever knows the secret names the user that a request acts for.

HS256 only. The name of the claim is the dialect's. Rows of keys are not involved: there is nothing to revoke
but the secret.
"""

from __future__ import annotations

import logging
import warnings
from typing import Any

import msgspec

from tertulia.forum.keys.authenticating import check_usable, find_acting_user
from tertulia.forum.unit import Unit
from tertulia.model.actor import Credential, CredentialKind
from tertulia.model.errors import KeyExpired, TokenInvalid
from tertulia.model.users import User

MAXIMUM_TOKEN = 65_536
SHORT_SECRET = 32  # bytes; RFC 7518 section 3.2 asks for as many as the hash has
_TOLD = "signed_tokens.short_secret"

_LOG = logging.getLogger("tertulia.keys")


class SignedToken(msgspec.Struct, frozen=True, kw_only=True):
    """Whom a valid token names, and everything else that was signed with it."""

    user: User
    credential: Credential
    claims: dict[str, Any]


async def verify_signed_token(unit: Unit, token: str, *, claim: str) -> SignedToken:
    """The user that `claim` of the token names, by the site setting `jwt_secret`.

    Raises TokenInvalid (also while no secret is set), KeyExpired (past `exp`, unless `jwt_ignore_expiry`),
    ActingUserMissing, ActingUserUnknown, UserInactive, UserSuspended."""
    secret = unit.site.jwt_secret
    if not secret or not token or len(token) > MAXIMUM_TOKEN:
        raise TokenInvalid()
    _warn_once(unit, secret)
    claims = _claims(token, secret=secret)
    _check_times(unit, claims)
    user = await find_acting_user(unit, _user_id(claims.get(claim)))
    check_usable(unit, user)
    return SignedToken(user=user, credential=Credential(kind=CredentialKind.SIGNED_TOKEN), claims=claims)


def _claims(token: str, *, secret: str) -> dict[str, Any]:
    from joserfc import jwt
    from joserfc.errors import JoseError
    from joserfc.jwk import OctKey

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the length of the secret is told by our own line in the log
            key = OctKey.import_key(secret)
            decoded = jwt.decode(token, key, algorithms=["HS256"])
    except (JoseError, ValueError, TypeError, RecursionError) as problem:
        raise TokenInvalid() from problem
    if not isinstance(decoded.claims, dict):
        raise TokenInvalid()
    return decoded.claims


def _check_times(unit: Unit, claims: dict[str, Any]) -> None:
    expires, begins = claims.get("exp"), claims.get("nbf")
    if any(moment is not None and not _is_number(moment) for moment in (expires, begins)):
        raise TokenInvalid()
    if expires is not None and not unit.site.jwt_ignore_expiry and expires * 1000 <= unit.now:
        raise KeyExpired()
    if begins is not None and begins * 1000 > unit.now:
        raise TokenInvalid()


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _user_id(value: object) -> int | None:
    """A user's id as a number or as its digits; anything else names nobody."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value if 0 < value < 2**63 else None
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 19:
        return int(value)
    return None


def _warn_once(unit: Unit, secret: str) -> None:
    if len(secret.encode()) < SHORT_SECRET and _TOLD not in unit.ports.memory:
        unit.ports.memory[_TOLD] = True
        _LOG.warning("jwt_secret is shorter than %d bytes: tokens can be forged by guessing it", SHORT_SECRET)
