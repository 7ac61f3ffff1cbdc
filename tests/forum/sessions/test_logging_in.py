"""Promises about log-in by password and about sessions."""

from __future__ import annotations

import pytest

from tertulia.forum.batches import flush
from tertulia.forum.sessions.logging_in import log_in, log_out, log_out_everywhere, resume
from tertulia.forum.unit import Ports, Unit
from tertulia.forum.users import passwords
from tertulia.forum.users.passwords import hash_password
from tertulia.model import errors
from tertulia.model.keys import LoggedIn, LogIn
from tertulia.model.users import User
from tertulia.store import sessions as session_store
from tertulia.store.accounts.changes import change_user
from tests.forum.users.given import ADMIN, act, events_of, person, refused, stored

pytestmark = pytest.mark.anyio
PASSWORD = "correct horse battery"
HASH = hash_password(PASSWORD)
HOUR = 3_600_000


async def enter(ports: Ports, login: str, password: str = PASSWORD, **site: object) -> LoggedIn:
    return await act(ports, None, lambda unit: log_in(unit, LogIn(login=login, password=password)), **site)


async def who(ports: Ports, token: str, **site: object) -> User | None:
    return await act(ports, None, lambda unit: resume(unit, token), **site)


@pytest.mark.parametrize("login", ["bob", " BOB ", "@bob", "bob@example.org", "Bob@Example.org"])
async def test_a_name_or_an_address_and_the_password_open_a_session(ports: Ports, login: str) -> None:
    bob = await person(ports, "bob", password_hash=HASH)
    session = await enter(ports, login)
    assert session.user_id == bob and len(session.token) == 64
    user = await who(ports, session.token)
    assert user is not None and user.id == bob
    assert await events_of(ports) == ["user_logged_in"]


@pytest.mark.parametrize(
    ("login", "password"),
    [
        ("bob", "wrong"),
        ("bob", ""),
        ("nobody", PASSWORD),
        ("", PASSWORD),
        ("x" * 300, PASSWORD),
        ("bo\0b", PASSWORD),
        ("keyless", PASSWORD),
        ("keyless", ""),
        ("system", ""),
        ("bob", PASSWORD + "x" * 200),
    ],
)
async def test_a_wrong_name_and_a_wrong_password_are_told_alike(ports: Ports, login: str, password: str) -> None:
    await person(ports, "bob", password_hash=HASH)
    await person(ports, "keyless")
    error = await refused(enter(ports, login, password), errors.LoginFailed)
    assert error.params == {}
    assert await events_of(ports) == []


async def test_an_unknown_name_costs_a_comparison_too(ports: Ports, monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[str] = []
    hasher = passwords._hasher()

    class Counting:
        def verify(self, stored: str, password: bytes) -> bool:
            compared.append(stored)
            return hasher.verify(stored, password)

    monkeypatch.setattr(passwords, "_hasher", Counting)
    monkeypatch.setattr(passwords, "_hash_of_nobody", lambda: HASH)
    await refused(enter(ports, "nobody", "wrong"), errors.LoginFailed)
    assert compared == [HASH]


async def test_the_state_of_an_account_is_told_only_with_the_right_password(ports: Ports) -> None:
    await person(ports, "asleep", password_hash=HASH, active=0)
    await person(ports, "queued", password_hash=HASH, approved=0)
    await person(ports, "banned", password_hash=HASH, suspended_till=10**14, suspend_reason="spam")
    site = {"must_approve_users": True, "max_logins_per_ip_per_minute": 0}
    for login in ("asleep", "queued", "banned"):
        await refused(enter(ports, login, "wrong", **site), errors.LoginFailed)
    error = await refused(enter(ports, "asleep", **site), errors.LoginInactive)
    assert error.params == {"email": "asleep@example.org"}
    await refused(enter(ports, "queued", **site), errors.LoginUnapproved)
    error = await refused(enter(ports, "banned", **site), errors.LoginSuspended)
    assert error.params == {"until": 10**14, "reason": "spam"}
    await enter(ports, "queued", max_logins_per_ip_per_minute=0)


async def test_attempts_from_one_address_are_limited_whatever_the_password(ports: Ports) -> None:
    await person(ports, "bob", password_hash=HASH)
    site = {"max_logins_per_ip_per_minute": 2}
    await refused(enter(ports, "bob", "wrong", **site), errors.LoginFailed)
    await refused(enter(ports, "nobody", "wrong", **site), errors.LoginFailed)
    error = await refused(enter(ports, "bob", **site), errors.RateLimited)
    assert error.params["limit"] == "login_60_secs_limit" and 0 < int(str(error.params["seconds"])) <= 60
    site = {"max_logins_per_ip_per_minute": 0, "max_logins_per_ip_per_hour": 1}
    await enter(ports, "bob", **site)
    error = await refused(enter(ports, "bob", **site), errors.RateLimited)
    assert error.params["limit"] == "login_1_hour_limit"


async def test_a_site_without_local_logins_compares_no_passwords(ports: Ports) -> None:
    await person(ports, "bob", password_hash=HASH)
    await refused(enter(ports, "bob", enable_local_logins=False), errors.NotAllowed)


async def test_the_token_itself_is_nowhere_in_the_database(ports: Ports) -> None:
    bob = await person(ports, "bob", password_hash=HASH)
    session = await enter(ports, "bob")
    [row] = await act(ports, -1, lambda unit: session_store.list_sessions(unit.tx, bob))
    assert row.token_hash != session.token and len(row.token_hash) == 64
    assert row.address == "192.0.2.7"
    for token in ("", "x", row.token_hash, session.token[:-1], session.token.upper()):
        assert token == session.token or await who(ports, token) is None


async def test_a_session_lives_from_its_last_use(ports: Ports) -> None:
    bob = await person(ports, "bob", password_hash=HASH)
    session = await enter(ports, "bob", maximum_session_age=2)

    async def age(unit: Unit) -> None:
        await unit.write()
        await unit.tx.text(f"UPDATE sessions SET seen_at = seen_at - {HOUR}, expires_at = expires_at - {HOUR}")

    await act(ports, -1, age)
    before = (await act(ports, -1, lambda unit: session_store.list_sessions(unit.tx, bob)))[0]
    assert await who(ports, session.token, maximum_session_age=2) is not None
    await act(ports, -1, flush)
    after = (await act(ports, -1, lambda unit: session_store.list_sessions(unit.tx, bob)))[0]
    assert after.seen_at >= before.seen_at + HOUR and after.expires_at >= before.expires_at + HOUR
    assert (await stored(ports, bob)).last_seen_at is not None
    for _ in range(2):
        await act(ports, -1, age)
    assert await who(ports, session.token) is None


@pytest.mark.parametrize("change", [{"active": 0}, {"suspended_till": 10**14}, {"approved": 0}])
async def test_accounts_that_may_not_log_in_are_not_resumed(ports: Ports, change: dict[str, int]) -> None:
    bob = await person(ports, "bob", password_hash=HASH)
    session = await enter(ports, "bob")

    async def write(unit: Unit) -> None:
        await unit.write()
        await change_user(unit.tx, bob, fields=change)

    await act(ports, -1, write)
    assert await who(ports, session.token, must_approve_users=True) is None


async def test_logging_out_ends_one_session_and_everywhere_all(ports: Ports) -> None:
    bob = await person(ports, "bob", password_hash=HASH)
    first, second, third = [await enter(ports, "bob") for _ in range(3)]
    await act(ports, bob, lambda unit: log_out(unit, first.token))
    await act(ports, bob, lambda unit: log_out(unit, "nothing"))
    assert await who(ports, first.token) is None and await who(ports, second.token) is not None
    eve, mod = await person(ports, "eve"), await person(ports, "modesta", moderator=1)
    await refused(act(ports, eve, lambda unit: log_out_everywhere(unit, bob)), errors.NotAllowed)
    await refused(act(ports, mod, lambda unit: log_out_everywhere(unit, ADMIN)), errors.UserIsProtected)
    await refused(act(ports, ADMIN, lambda unit: log_out_everywhere(unit, 99)), errors.UserMissing)
    assert await act(ports, mod, lambda unit: log_out_everywhere(unit, bob)) == 2
    assert await who(ports, third.token) is None
    assert (await events_of(ports)).count("user_logged_out") == 2


async def test_a_hash_of_other_costs_is_replaced_at_log_in(ports: Ports) -> None:
    from argon2 import PasswordHasher

    cheap = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)
    bob = await person(ports, "bob", password_hash=cheap)
    await enter(ports, "bob")
    fresh = (await stored(ports, bob)).password_hash
    assert fresh is not None and fresh != cheap
    await enter(ports, "bob")
    assert (await stored(ports, bob)).password_hash == fresh
