"""Promises about changing passwords."""

from __future__ import annotations

import pytest

from tertulia.forum.sessions.logging_in import log_in, resume, resume_session
from tertulia.forum.unit import Ports
from tertulia.forum.users.passwords import hash_password
from tertulia.forum.users.secrets import change_password
from tertulia.model import errors
from tertulia.model.keys import LogIn
from tests.forum.users.given import ADMIN, act, log_of, person, refused, stored

pytestmark = pytest.mark.anyio
OLD, NEW = "correct horse battery", "staple of the battery"
HASH = hash_password(OLD)


async def change(ports: Ports, who: int | None, user_id: int, *, new: str = NEW, current: str | None = None, **more):
    return await act(ports, who, lambda unit: change_password(unit, user_id, new=new, current=current), **more)


async def test_a_new_password_logs_everybody_else_out(ports: Ports) -> None:
    bob = await person(ports, "bob", password_hash=HASH)
    opened = [await act(ports, None, lambda unit: log_in(unit, LogIn(login="bob", password=OLD))) for _ in range(2)]
    mine, other = (session.token for session in opened)
    found = await act(ports, None, lambda unit: resume_session(unit, mine))
    assert found is not None
    await change(ports, bob, bob, current=OLD, credential=found[1])
    assert await act(ports, None, lambda unit: resume(unit, mine)) is not None
    assert await act(ports, None, lambda unit: resume(unit, other)) is None
    await refused(act(ports, None, lambda unit: log_in(unit, LogIn(login="bob", password=OLD))), errors.LoginFailed)
    await act(ports, None, lambda unit: log_in(unit, LogIn(login="bob", password=NEW)))


async def test_ones_own_password_needs_the_current_one(ports: Ports) -> None:
    bob = await person(ports, "bob", password_hash=HASH)
    for current in (None, "", "wrong"):
        await refused(change(ports, bob, bob, current=current), errors.PasswordWrong)
    assert (await stored(ports, bob)).password_hash == HASH


async def test_only_admins_set_the_passwords_of_others(ports: Ports) -> None:
    bob = await person(ports, "bob", password_hash=HASH)
    eve, mod = await person(ports, "eve"), await person(ports, "modesta", moderator=1)
    for who in (eve, mod):
        await refused(change(ports, who, bob, current=OLD), errors.NotAllowed)
    await refused(change(ports, None, bob, current=OLD), errors.LoginRequired)
    await refused(change(ports, ADMIN, -1), errors.UserIsProtected)
    await change(ports, ADMIN, bob)
    assert (await stored(ports, bob)).password_hash != HASH
    assert ("change_password", bob) in await log_of(ports)


async def test_a_new_password_keeps_the_rules_and_staff_the_stricter_one(ports: Ports) -> None:
    bob, mod = await person(ports, "bob"), await person(ports, "modesta", moderator=1)
    await refused(change(ports, bob, bob, new="short"), errors.PasswordTooShort)
    await refused(change(ports, mod, mod, new="twelve chars"), errors.PasswordTooShort)
    await change(ports, bob, bob, new="twelve chars")
