"""Promises about secrets that are shown: whom they act for, and when they mean nothing."""

from __future__ import annotations

import pytest

from tertulia.forum.batches import flush
from tertulia.forum.keys.authenticating import (
    authenticate_admin_key,
    authenticate_token,
    authenticate_user_key,
)
from tertulia.forum.keys.creating import create_key
from tertulia.forum.keys.listing import read_key
from tertulia.forum.keys.revoking import revoke_key
from tertulia.forum.unit import Ports, Unit
from tertulia.model import errors
from tertulia.model.actor import Credential, CredentialKind
from tertulia.model.keys import CreateKey, KeyScope, KeyView, ScopeMode
from tertulia.model.users import User
from tests.forum.users.given import ADMIN, act, person, refused

pytestmark = pytest.mark.anyio
ADDRESS, AGENT = "192.0.2.9", "tests/1"


async def make(ports: Ports, kind: int = CredentialKind.ADMIN_KEY, **fields: object) -> KeyView:
    return await act(ports, ADMIN, lambda unit: create_key(unit, CreateKey(kind=kind, **fields)))


async def by_key(
    ports: Ports, secret: str | None, *, address: str = ADDRESS, **named: object
) -> tuple[User, Credential]:
    return await act(
        ports,
        None,
        lambda unit: authenticate_admin_key(unit, secret or "", address=address, agent=AGENT, **named),
    )


async def by_user_key(ports: Ports, secret: str | None) -> tuple[User, Credential]:
    return await act(ports, None, lambda unit: authenticate_user_key(unit, secret or "", address=ADDRESS, agent=AGENT))


async def by_token(ports: Ports, secret: str | None, acting: int | None = None) -> tuple[User, Credential]:
    return await act(
        ports,
        None,
        lambda unit: authenticate_token(unit, secret or "", acting_user_id=acting, address=ADDRESS, agent=AGENT),
    )


async def test_a_key_for_all_acts_for_whom_it_names_by_name_then_id_then_outside_id(ports: Ports) -> None:
    bob, eve = await person(ports, "bob", external_id="x1"), await person(ports, "eve")
    secret = (await make(ports)).secret
    assert (await by_key(ports, secret, username="BOB", user_id=eve))[0].id == bob
    assert (await by_key(ports, secret, user_id=eve, external_id="x1"))[0].id == eve
    assert (await by_key(ports, secret, external_id="x1"))[0].id == bob
    assert (await by_key(ports, secret, username="system"))[0].id == -1
    await refused(by_key(ports, secret), errors.ApiUsernameMissing)
    for named in ({"username": "nobody"}, {"user_id": 99}, {"external_id": "x2"}, {"username": ""}):
        await refused(by_key(ports, secret, **named), errors.ApiUsernameUnknown)


async def test_a_key_of_one_user_needs_no_name_and_takes_no_other(ports: Ports) -> None:
    bob, eve = await person(ports, "bob"), await person(ports, "eve")
    view = await make(ports, user_id=bob)
    user, credential = await by_key(ports, view.secret)
    assert (user.id, credential.kind, credential.id) == (bob, CredentialKind.ADMIN_KEY, view.key.id)
    assert (await by_key(ports, view.secret, username="Bob"))[0].id == bob
    assert (await by_key(ports, view.secret, user_id=eve))[0].id == bob
    await refused(by_key(ports, view.secret, username="eve"), errors.ApiUsernameMismatch)


async def test_a_secret_of_another_kind_is_unknown(ports: Ports) -> None:
    key = (await make(ports)).secret
    personal = (await make(ports, CredentialKind.USER_KEY, user_id=ADMIN, scopes=(KeyScope("read"),))).secret
    token = (await make(ports, CredentialKind.USER_TOKEN, user_id=ADMIN)).secret
    master = (await make(ports, CredentialKind.MASTER_TOKEN)).secret
    for secret in (personal, token, master, "", "x" * 64, "x" * 10_000, (key or "").upper(), "\ud800"):
        await refused(by_key(ports, secret, username="admin"), errors.KeyUnknown)
    for secret in (key, token, master):
        await refused(by_user_key(ports, secret), errors.KeyUnknown)
    for secret in (key, personal):
        await refused(by_token(ports, secret, ADMIN), errors.KeyUnknown)
    assert (await by_user_key(ports, personal))[0].id == ADMIN


async def test_tokens_act_for_their_owner_or_for_whom_the_request_names(ports: Ports) -> None:
    bob = await person(ports, "bob")
    token = (await make(ports, CredentialKind.USER_TOKEN, user_id=bob)).secret
    master = (await make(ports, CredentialKind.MASTER_TOKEN)).secret
    assert (await by_token(ports, token))[0].id == bob
    assert (await by_token(ports, token, ADMIN))[0].id == bob
    assert (await by_token(ports, master, bob))[0].id == bob
    await refused(by_token(ports, master), errors.ActingUserMissing)
    for unknown in (99, 0, -1):
        await refused(by_token(ports, master, unknown), errors.ActingUserUnknown)


async def test_revoked_and_expired_keys_say_so(ports: Ports) -> None:
    view = await make(ports)
    await act(ports, ADMIN, lambda unit: revoke_key(unit, view.key.id))
    await refused(by_key(ports, view.secret, username="admin"), errors.KeyRevoked)
    view = await make(ports, expires_at=10**14)
    await by_key(ports, view.secret, username="admin")

    async def age(unit: Unit) -> None:
        await unit.write()
        await unit.tx.text("UPDATE keys SET expires_at = 1")

    await act(ports, -1, age)
    await refused(by_key(ports, view.secret, username="admin"), errors.KeyExpired)


async def test_a_key_works_from_its_networks_only(ports: Ports) -> None:
    secret = (await make(ports, allowed_addresses=("192.0.2.0/28", "2001:db8::/32"))).secret
    for address in ("192.0.2.9", "::ffff:192.0.2.9", "2001:db8::5"):
        await by_key(ports, secret, username="admin", address=address)
    for address in ("192.0.2.99", "::1", "", "nonsense"):
        await refused(by_key(ports, secret, username="admin", address=address), errors.KeyAddressRefused)


async def test_nobody_acts_for_accounts_that_are_shut(ports: Ports) -> None:
    asleep = await person(ports, "asleep", active=0)
    banned = await person(ports, "banned", suspended_till=10**14)
    secret = (await make(ports)).secret
    master = (await make(ports, CredentialKind.MASTER_TOKEN)).secret
    await refused(by_key(ports, secret, username="asleep"), errors.UserInactive)
    await refused(by_token(ports, master, asleep), errors.UserInactive)
    error = await refused(by_key(ports, secret, username="banned"), errors.UserSuspended)
    assert error.params == {"until": 10**14}
    token = (await make(ports, CredentialKind.USER_TOKEN, user_id=banned)).secret
    await refused(by_token(ports, token), errors.UserSuspended)


async def test_the_last_use_is_noted_at_most_once_a_minute(ports: Ports) -> None:
    view = await make(ports)
    await by_key(ports, view.secret, username="admin")
    await act(ports, -1, flush)
    used = (await act(ports, ADMIN, lambda unit: read_key(unit, view.key.id))).key
    assert (used.last_used_address, used.last_used_agent) == (ADDRESS, AGENT) and used.last_used_at is not None
    await by_key(ports, view.secret, username="admin", address="192.0.2.10")
    await act(ports, -1, flush)
    assert (await act(ports, ADMIN, lambda unit: read_key(unit, view.key.id))).key == used


async def test_the_credential_says_how_far_the_key_reaches(ports: Ports) -> None:
    scope = KeyScope("topics:read", {"topic_id": ("1",)})
    granular = (await make(ports, scopes=(scope,))).secret
    reading = (await make(ports, scope_mode=ScopeMode.READ_ONLY)).secret
    credential = (await by_key(ports, granular, username="admin"))[1]
    assert (credential.scopes, credential.key_scopes, credential.read_only) == (("topics:read",), (scope,), False)
    credential = (await by_key(ports, reading, username="admin"))[1]
    assert credential.read_only and credential.scopes == ()
