"""Promises about keys and tokens: making, listing, revoking, and who may."""

from __future__ import annotations

import hashlib
import re

import pytest

from tertulia.forum.keys.creating import create_key, roll_key
from tertulia.forum.keys.listing import list_keys, read_key
from tertulia.forum.keys.revoking import delete_key, restore_key, revoke_key, update_key
from tertulia.forum.unit import Ports, Unit
from tertulia.model import errors
from tertulia.model.actor import CredentialKind
from tertulia.model.keys import CreateKey, KeyScope, KeyView, ScopeMode
from tests.forum.users.given import ADMIN, act, events_of, log_of, person, refused

pytestmark = pytest.mark.anyio
SHAPES = {
    CredentialKind.ADMIN_KEY: r"[0-9a-f]{64}",
    CredentialKind.USER_KEY: r"[0-9a-f]{32}",
    CredentialKind.USER_TOKEN: r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}",
    CredentialKind.MASTER_TOKEN: r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}",
}


async def make(
    ports: Ports, who: int | None = ADMIN, kind: int = CredentialKind.ADMIN_KEY, **fields: object
) -> KeyView:
    return await act(ports, who, lambda unit: create_key(unit, CreateKey(kind=kind, **fields)))


@pytest.mark.parametrize("kind", list(SHAPES))
async def test_a_secret_has_the_shape_of_its_kind_and_is_shown_once(ports: Ports, kind: CredentialKind) -> None:
    personal = kind in (CredentialKind.USER_KEY, CredentialKind.USER_TOKEN)
    scopes = (KeyScope("read"),) if kind is CredentialKind.USER_KEY else ()
    view = await make(ports, kind=kind, user_id=ADMIN if personal else None, scopes=scopes, description="for tests")
    assert view.secret is not None and re.fullmatch(SHAPES[kind], view.secret)
    assert view.key.truncated == view.secret[:4]
    assert view.key.secret_hash == hashlib.sha256(view.secret.encode()).hexdigest()
    again = await act(ports, ADMIN, lambda unit: read_key(unit, view.key.id))
    assert again.secret is None and again.key.description == "for tests"

    async def everything(unit: Unit) -> str:
        tables = ("keys", "events", "staff_actions")
        return str([list(await unit.tx.text(f"SELECT * FROM {table}")) for table in tables])

    assert view.secret not in await act(ports, -1, everything)
    assert await events_of(ports) == ["key_created"]
    assert [action for action, _ in await log_of(ports)] == ["api_key_create"]


async def test_only_admins_manage_keys(ports: Ports) -> None:
    bob, mod = await person(ports, "bob"), await person(ports, "modesta", moderator=1)
    key = (await make(ports)).key
    for who in (bob, mod):
        for kind in (CredentialKind.ADMIN_KEY, CredentialKind.MASTER_TOKEN):
            await refused(make(ports, who, kind), errors.NotAllowed)
        await refused(make(ports, who, user_id=who), errors.NotAllowed)
        await refused(make(ports, who, CredentialKind.USER_TOKEN, user_id=ADMIN), errors.NotAllowed)
        await refused(act(ports, who, lambda unit: list_keys(unit, kinds=[0])), errors.NotAllowed)
        await refused(act(ports, who, lambda unit, w=who: list_keys(unit, kinds=[0], user_id=w)), errors.NotAllowed)
        for deed in (read_key, revoke_key, restore_key, delete_key, roll_key):
            await refused(act(ports, who, lambda unit, d=deed: d(unit, key.id)), errors.KeyMissing)
        await refused(act(ports, who, lambda unit: update_key(unit, key.id, description="x")), errors.KeyMissing)
    await refused(make(ports, None), errors.LoginRequired)
    await refused(act(ports, None, lambda unit: read_key(unit, key.id)), errors.LoginRequired)


async def test_members_have_tokens_of_their_own_and_see_nobody_elses(ports: Ports) -> None:
    bob, eve = await person(ports, "bob"), await person(ports, "eve")
    token = CredentialKind.USER_TOKEN
    mine = (await make(ports, bob, token, user_id=bob)).key
    theirs = (await make(ports, eve, token, user_id=eve)).key
    listed = await act(ports, bob, lambda unit: list_keys(unit, kinds=[token], user_id=bob))
    assert [view.key.id for view in listed.keys] == [mine.id] and listed.total == 1
    await refused(act(ports, bob, lambda unit: list_keys(unit, kinds=[token], user_id=eve)), errors.NotAllowed)
    await refused(act(ports, bob, lambda unit: read_key(unit, theirs.id)), errors.KeyMissing)
    await refused(act(ports, bob, lambda unit: delete_key(unit, theirs.id)), errors.KeyMissing)
    await act(ports, ADMIN, lambda unit: revoke_key(unit, mine.id))
    await refused(act(ports, bob, lambda unit: restore_key(unit, mine.id)), errors.NotAllowed)
    await act(ports, bob, lambda unit: delete_key(unit, mine.id))
    await refused(act(ports, bob, lambda unit: read_key(unit, mine.id)), errors.KeyMissing)


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"kind": CredentialKind.SESSION}, errors.ParameterInvalid),
        ({"kind": 99}, errors.ParameterInvalid),
        ({"kind": CredentialKind.USER_TOKEN}, errors.ParameterInvalid),
        ({"kind": CredentialKind.MASTER_TOKEN, "user_id": 1}, errors.ParameterInvalid),
        ({"user_id": 99}, errors.UserMissing),
        ({"description": "x" * 256}, errors.KeyDescriptionInvalid),
        ({"scope_mode": ScopeMode.GRANULAR}, errors.KeyScopesMissing),
        ({"kind": CredentialKind.USER_KEY, "user_id": 1}, errors.KeyScopesMissing),
        ({"scope_mode": 9}, errors.ParameterInvalid),
        ({"scopes": (KeyScope("topics:steal"),)}, errors.KeyScopeUnknown),
        ({"scopes": (KeyScope("topics:read", {"colour": ("red",)}),)}, errors.KeyScopeUnknown),
        ({"scopes": (KeyScope("read"),)}, errors.KeyScopeUnknown),
        ({"scope_mode": ScopeMode.GLOBAL, "scopes": (KeyScope("topics:read"),)}, errors.ParameterInvalid),
        ({"allowed_addresses": ("everywhere",)}, errors.ParameterInvalid),
        ({"expires_at": 1}, errors.ParameterInvalid),
    ],
)
async def test_a_key_that_breaks_a_rule_is_not_made(
    ports: Ports, fields: dict[str, object], kind: type[errors.ForumError]
) -> None:
    await refused(make(ports, **fields), kind)
    assert (await act(ports, ADMIN, lambda unit: list_keys(unit, kinds=[0, 1, 2, 3]))).total == 0


async def test_scopes_are_kept_with_their_parameters(ports: Ports) -> None:
    scope = KeyScope("topics:read", {"topic_id": ("1", " 2 ", ""), "external_id": ("",)})
    view = await make(ports, scopes=(scope,), allowed_addresses=("192.0.2.1/24", "::1"))
    again = await act(ports, ADMIN, lambda unit: read_key(unit, view.key.id))
    assert again.scopes == (KeyScope("topics:read", {"topic_id": ("1", "2")}),)
    assert again.key.scope_mode == ScopeMode.GRANULAR
    assert again.key.allowed_addresses == "192.0.2.0/24 ::1/128"


async def test_a_list_has_active_keys_first_and_pages(ports: Ports) -> None:
    ids = [(await make(ports, description=str(number))).key.id for number in range(3)]
    await make(ports, kind=CredentialKind.MASTER_TOKEN)
    await act(ports, ADMIN, lambda unit: revoke_key(unit, ids[2]))
    found = await act(ports, ADMIN, lambda unit: list_keys(unit, kinds=[CredentialKind.ADMIN_KEY]))
    assert [view.key.id for view in found.keys] == [ids[1], ids[0], ids[2]] and found.total == 3
    page = await act(ports, ADMIN, lambda unit: list_keys(unit, kinds=[0], offset=1, limit=1))
    assert [view.key.id for view in page.keys] == [ids[0]]


async def test_the_life_of_a_key_is_told_and_logged(ports: Ports) -> None:
    key = (await make(ports, description="old")).key
    changed = await act(ports, ADMIN, lambda unit: update_key(unit, key.id, description=" new\n"))
    assert changed.key.description == "new"
    assert (await act(ports, ADMIN, lambda unit: revoke_key(unit, key.id))).key.revoked_at is not None
    assert (await act(ports, ADMIN, lambda unit: restore_key(unit, key.id))).key.revoked_at is None
    await act(ports, ADMIN, lambda unit: delete_key(unit, key.id))
    for deed in (read_key, revoke_key, restore_key, delete_key, roll_key):
        await refused(act(ports, ADMIN, lambda unit, d=deed: d(unit, key.id)), errors.KeyMissing)
    assert await events_of(ports) == ["key_created", "key_revoked", "key_restored", "key_deleted"]
    actions = [action for action, _ in await log_of(ports)]
    assert actions == ["api_key_create", "api_key_update", "api_key_revoke", "api_key_restore", "api_key_destroy"]


async def test_a_kind_that_the_caller_does_not_know_is_missing(ports: Ports) -> None:
    key = (await make(ports)).key
    tokens = (CredentialKind.USER_TOKEN, CredentialKind.MASTER_TOKEN)
    await refused(act(ports, ADMIN, lambda unit: read_key(unit, key.id, kinds=tokens)), errors.KeyMissing)
    await refused(act(ports, ADMIN, lambda unit: delete_key(unit, key.id, kinds=tokens)), errors.KeyMissing)


async def test_a_rolled_key_has_a_new_secret(ports: Ports) -> None:
    view = await make(ports)
    rolled = await act(ports, ADMIN, lambda unit: roll_key(unit, view.key.id))
    assert rolled.key.id == view.key.id and rolled.secret not in (None, view.secret)
    assert rolled.key.secret_hash != view.key.secret_hash
