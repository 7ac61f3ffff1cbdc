"""Promises about roles, trust levels, activation, suspending and silencing."""

from __future__ import annotations

import asyncio

import pytest

from tertulia.forum.unit import Ports, Unit
from tertulia.forum.users.punishing import silence_user, suspend_user, unsilence_user, unsuspend_user
from tertulia.forum.users.roles import activate_user, approve_user, deactivate_user, set_role, set_trust_level
from tertulia.model import errors
from tertulia.model.keys import Session
from tertulia.model.users import SilenceUser, SuspendUser
from tertulia.store import sessions as session_store
from tests.forum.users.given import ADMIN, act, events_of, log_of, person, refused, stored

pytestmark = pytest.mark.anyio


async def role(ports: Ports, who: int, user_id: int, name: str, granted: bool):
    return await act(ports, who, lambda unit: set_role(unit, user_id, name, granted))


async def session_for(ports: Ports, user_id: int) -> None:
    async def make(unit: Unit) -> None:
        await unit.write()
        row = Session(0, f"hash {user_id}", user_id, unit.now, unit.now, unit.now + 10**6, "", "")
        await session_store.insert_session(unit.tx, row)

    await act(ports, -1, make)


async def sessions_of(ports: Ports, user_id: int) -> int:
    return len(await act(ports, -1, lambda unit: session_store.list_sessions(unit.tx, user_id)))


async def test_admins_grant_and_revoke_roles(ports: Ports) -> None:
    bob = await person(ports, "bob")
    assert (await role(ports, ADMIN, bob, "moderator", True)).moderator
    assert (await role(ports, ADMIN, bob, "admin", True)).admin
    assert not (await role(ports, ADMIN, bob, "admin", False)).admin
    await role(ports, ADMIN, bob, "admin", False)
    assert await log_of(ports) == [("grant_moderation", bob), ("grant_admin", bob), ("revoke_admin", bob)]
    assert (await events_of(ports)).count("user_role_changed") == 3


async def test_nobody_else_grants_roles(ports: Ports) -> None:
    bob, mod = await person(ports, "bob"), await person(ports, "modesta", moderator=1)
    for who in (bob, mod):
        await refused(role(ports, who, who, "admin", True), errors.NotAllowed)
    await refused(role(ports, ADMIN, bob, "king", True), errors.ParameterInvalid)
    await refused(role(ports, ADMIN, 99, "admin", True), errors.UserMissing)


async def test_admins_keep_their_own_role_and_the_system_its(ports: Ports) -> None:
    await refused(role(ports, ADMIN, ADMIN, "admin", False), errors.UserIsProtected)
    await refused(role(ports, ADMIN, -1, "admin", False), errors.UserIsProtected)
    await refused(role(ports, -1, ADMIN, "admin", False), errors.UserIsProtected)


async def test_staff_sets_trust_levels_from_0_to_4(ports: Ports) -> None:
    bob, mod = await person(ports, "bob"), await person(ports, "modesta", moderator=1)

    async def trust(who: int, user_id: int, level: int):
        return await act(ports, who, lambda unit: set_trust_level(unit, user_id, level))

    assert (await trust(mod, bob, 4)).trust_level == 4
    for level in (-1, 5):
        await refused(trust(ADMIN, bob, level), errors.TrustLevelInvalid)
    await refused(trust(bob, bob, 3), errors.NotAllowed)
    await refused(trust(mod, ADMIN, 0), errors.UserIsProtected)
    assert (await stored(ports, bob)).trust_level == 4


async def test_staff_activates_approves_and_deactivates(ports: Ports) -> None:
    bob = await person(ports, "bob", active=0, approved=0)
    mod = await person(ports, "modesta", moderator=1)
    assert (await act(ports, mod, lambda unit: activate_user(unit, bob))).active
    assert (await act(ports, mod, lambda unit: approve_user(unit, bob))).approved
    await session_for(ports, bob)
    assert not (await act(ports, mod, lambda unit: deactivate_user(unit, bob))).active
    assert await sessions_of(ports, bob) == 0
    actions = [action for action, target in await log_of(ports) if target == bob]
    assert actions == ["activate_user", "approve_user", "deactivate_user"]


async def test_staff_is_not_shut_out_by_moderators_nor_by_itself(ports: Ports) -> None:
    mod = await person(ports, "modesta", moderator=1)
    await refused(act(ports, mod, lambda unit: deactivate_user(unit, ADMIN)), errors.UserIsProtected)
    await refused(act(ports, ADMIN, lambda unit: deactivate_user(unit, ADMIN)), errors.UserIsProtected)
    await refused(act(ports, ADMIN, lambda unit: deactivate_user(unit, -1)), errors.UserIsProtected)
    bob = await person(ports, "bob")
    await refused(act(ports, bob, lambda unit: deactivate_user(unit, mod)), errors.NotAllowed)
    await refused(act(ports, bob, lambda unit: activate_user(unit, mod)), errors.NotAllowed)


async def suspend(ports: Ports, who: int, user_id: int, *, until: int | None = None, reason: str = "spam"):
    command = SuspendUser(user_id=user_id, until=until, reason=reason)
    return await act(ports, who, lambda unit: suspend_user(unit, command))


async def test_a_suspension_ends_sessions_and_is_lifted_again(ports: Ports) -> None:
    bob = await person(ports, "bob")
    await session_for(ports, bob)
    user = await suspend(ports, ADMIN, bob)
    assert (user.suspend_reason, user.suspended_by) == ("spam", ADMIN)
    assert user.suspended_till is not None and user.suspended_till > user.updated_at + 10**12
    assert await sessions_of(ports, bob) == 0
    error = await refused(suspend(ports, ADMIN, bob), errors.UserSuspendedAlready)
    assert error.params["by"] == "admin"
    user = await act(ports, ADMIN, lambda unit: unsuspend_user(unit, bob))
    assert (user.suspended_till, user.suspend_reason, user.suspended_at) == (None, None, None)
    assert [action for action, _ in await log_of(ports)] == ["suspend_user", "unsuspend_user"]
    assert await events_of(ports) == ["user_suspended", "user_unsuspended"]


async def test_a_silence_is_imposed_once_and_lifted_again(ports: Ports) -> None:
    bob = await person(ports, "bob")
    command = SilenceUser(user_id=bob, until=None, reason="rude")
    user = await act(ports, ADMIN, lambda unit: silence_user(unit, command))
    assert (user.silence_reason, user.silenced_by) == ("rude", ADMIN)
    await refused(act(ports, ADMIN, lambda unit: silence_user(unit, command)), errors.UserSilencedAlready)
    user = await act(ports, ADMIN, lambda unit: unsilence_user(unit, bob))
    assert user.silenced_till is None
    await act(ports, ADMIN, lambda unit: unsilence_user(unit, bob))
    assert await events_of(ports) == ["user_silenced", "user_unsilenced"]


async def test_only_staff_punishes_and_never_staff(ports: Ports) -> None:
    bob, mod = await person(ports, "bob"), await person(ports, "modesta", moderator=1)
    await refused(suspend(ports, bob, mod), errors.NotAllowed)
    for protected in (ADMIN, mod, -1):
        await refused(suspend(ports, ADMIN, protected), errors.UserIsProtected)
    await refused(suspend(ports, ADMIN, 99), errors.UserMissing)
    await suspend(ports, mod, bob)


async def test_a_punishment_needs_a_reason_and_a_time_to_come(ports: Ports) -> None:
    bob = await person(ports, "bob")
    await refused(suspend(ports, ADMIN, bob, reason=" "), errors.ParameterMissing)
    await refused(suspend(ports, ADMIN, bob, reason="x" * 1001), errors.UserFieldTooLong)
    await refused(suspend(ports, ADMIN, bob, until=1), errors.ParameterInvalid)


async def test_two_admins_who_revoke_each_other_leave_one(ports: Ports) -> None:
    bob = await person(ports, "bob", admin=1)
    deeds = (role(ports, bob, ADMIN, "admin", False), role(ports, ADMIN, bob, "admin", False))
    results = await asyncio.gather(*deeds, return_exceptions=True)
    problems = [result for result in results if isinstance(result, BaseException)]
    # Who comes second meets the first one's change: before its own reading (no admin any more) or after it.
    assert len(problems) == 1
    assert isinstance(problems[0], errors.UserIsProtected | errors.NotAllowed)
