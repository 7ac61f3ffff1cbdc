"""Promises about JSON Web Tokens."""

from __future__ import annotations

import base64
import json
import logging

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from tertulia.forum.keys.signed_tokens import SignedToken, verify_signed_token
from tertulia.forum.unit import Ports
from tertulia.model import errors
from tertulia.model.actor import CredentialKind
from tests.forum.users.given import act, person, refused

pytestmark = pytest.mark.anyio
SECRET = "a secret of more than thirty-two bytes"
OLD = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJfdWlkIjoxfQ.pbm5wbAZ4__yFh5y8oeCsJyT0dm8ROcd5SEBr4yGlNw"


def signed(claims: dict[str, object], *, secret: str = SECRET, algorithm: str = "HS256") -> str:
    return jwt.encode({"alg": algorithm}, claims, OctKey.import_key(secret), algorithms=[algorithm])


def unsigned(claims: dict[str, object]) -> str:
    parts = (json.dumps(part).encode() for part in ({"alg": "none", "typ": "JWT"}, claims))
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts) + "."


async def verify(ports: Ports, token: str, *, secret: str = SECRET, **site: object) -> SignedToken:
    return await act(ports, None, lambda unit: verify_signed_token(unit, token, claim="who"), jwt_secret=secret, **site)


async def test_a_token_of_a_short_secret_verifies_with_a_warning(
    ports: Ports, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, logger="tertulia.keys"):
        for _ in range(2):
            found = await act(
                ports, None, lambda unit: verify_signed_token(unit, OLD, claim="_uid"), jwt_secret="secret"
            )
    assert found.user.id == 1 and found.credential.kind is CredentialKind.SIGNED_TOKEN
    assert [record.name for record in caplog.records] == ["tertulia.keys"]
    assert "secret" not in caplog.records[0].getMessage().removeprefix("jwt_secret")


async def test_a_token_names_whom_it_acts_for_and_carries_the_rest(ports: Ports) -> None:
    bob = await person(ports, "bob")
    found = await verify(ports, signed({"who": str(bob), "title": "Hello"}))
    assert (found.user.id, found.claims["title"]) == (bob, "Hello")
    await refused(verify(ports, signed({"title": "Hello"})), errors.ActingUserMissing)
    for nobody in (True, 1.5, "admin", [1], -1, 0, 2**70, "9" * 30):
        await refused(verify(ports, signed({"who": nobody})), errors.ActingUserMissing)
    await refused(verify(ports, signed({"who": 99})), errors.ActingUserUnknown)


async def test_forged_tokens_mean_nothing(ports: Ports) -> None:
    good = signed({"who": 1})
    head, body, mark = good.split(".")
    other = base64.urlsafe_b64encode(b'{"who":2}').rstrip(b"=").decode()
    long = "x" * 64
    for token in (
        signed({"who": 1}, secret="another secret that is long enough too"),
        unsigned({"who": 1}),
        signed({"who": 1}, secret=long, algorithm="HS512"),
        f"{head}.{other}.{mark}",
        f"{head}.{body}.",
        f"{head}.{body}",
        "",
        "a.b.c",
        "é.é.é",
        "x" * 70_000,
    ):
        await refused(verify(ports, token), errors.TokenInvalid)
    await refused(verify(ports, signed({"who": 1}, secret=long, algorithm="HS512"), secret=long), errors.TokenInvalid)


async def test_no_token_is_accepted_while_there_is_no_secret(ports: Ports) -> None:
    await refused(verify(ports, signed({"who": 1}), secret=""), errors.TokenInvalid)


async def test_a_token_ends_when_it_says_unless_the_site_does_not_mind(ports: Ports) -> None:
    old, coming = signed({"who": 1, "exp": 1000}), signed({"who": 1, "nbf": 10**11})
    await refused(verify(ports, old), errors.KeyExpired)
    await verify(ports, old, jwt_ignore_expiry=True)
    await verify(ports, signed({"who": 1, "exp": 10**11}))
    await refused(verify(ports, coming), errors.TokenInvalid)
    await refused(verify(ports, signed({"who": 1, "exp": "never"})), errors.TokenInvalid)


async def test_shut_accounts_are_refused(ports: Ports) -> None:
    asleep = await person(ports, "asleep", active=0)
    banned = await person(ports, "banned", suspended_till=10**14)
    await refused(verify(ports, signed({"who": asleep})), errors.UserInactive)
    await refused(verify(ports, signed({"who": banned})), errors.UserSuspended)
