"""Suspending (no log-in, no credential) and silencing (no posting), for a time or for ever."""

from __future__ import annotations

import msgspec

from tertulia.forum.permissions import allow
from tertulia.forum.staff_actions import log_staff_action
from tertulia.forum.unit import Unit
from tertulia.forum.users.finding import as_seen, find_user, lock_user
from tertulia.model.errors import (
    ParameterInvalid,
    ParameterMissing,
    UserFieldTooLong,
    UserSilencedAlready,
    UserSuspendedAlready,
)
from tertulia.model.events import UserSilenced, UserSuspended, UserUnsilenced, UserUnsuspended
from tertulia.model.users import SilenceUser, SuspendUser, User
from tertulia.store.accounts.changes import change_user
from tertulia.store.sessions import delete_sessions_of
from tertulia.store.users import find_user as find_stored

FOR_EVER_MS = 1_000 * 365 * 86_400_000  # source: upstream suspends for a thousand years
MAXIMUM_REASON = 1_000


async def suspend_user(unit: Unit, command: SuspendUser) -> User:
    """Ends every session; until then no key or password works. For staff, not against staff.

    Raises ParameterMissing (reason), ParameterInvalid (a time that has passed), UserFieldTooLong, UserMissing,
    NotAllowed, UserIsProtected, UserSuspendedAlready."""
    till = _until(unit, command)
    user = await _locked(unit, command.user_id)
    if user.is_suspended(unit.now):
        raise UserSuspendedAlready(by=await _name(unit, user.suspended_by), at=user.suspended_at)
    reason = command.reason.strip()
    user = await _change(unit, user, kind="suspend", till=till, reason=reason)
    await delete_sessions_of(unit.tx, user.id)
    unit.tell(UserSuspended(user_id=user.id, until=command.until, reason=reason))
    await log_staff_action(unit, "suspend_user", target_user_id=user.id, details=reason)
    return as_seen(unit, user)


async def unsuspend_user(unit: Unit, user_id: int) -> User:
    """Lets the user in again; nothing happens to one who is not suspended."""
    user = await _locked(unit, user_id)
    if not user.is_suspended(unit.now):
        return as_seen(unit, user)
    user = await _change(unit, user, kind="suspend", till=None, reason=None)
    unit.tell(UserUnsuspended(user_id=user.id))
    await log_staff_action(unit, "unsuspend_user", target_user_id=user.id)
    return as_seen(unit, user)


async def silence_user(unit: Unit, command: SilenceUser) -> User:
    """The user reads on and writes nothing. Raises as `suspend_user`, with UserSilencedAlready."""
    till = _until(unit, command)
    user = await _locked(unit, command.user_id)
    if user.is_silenced(unit.now):
        raise UserSilencedAlready(by=await _name(unit, user.silenced_by), at=user.silenced_at)
    reason = command.reason.strip()
    user = await _change(unit, user, kind="silence", till=till, reason=reason)
    unit.tell(UserSilenced(user_id=user.id, until=command.until, reason=reason))
    await log_staff_action(unit, "silence_user", target_user_id=user.id, details=reason)
    return as_seen(unit, user)


async def unsilence_user(unit: Unit, user_id: int) -> User:
    """Lets the user write again; nothing happens to one who is not silenced."""
    user = await _locked(unit, user_id)
    if not user.is_silenced(unit.now):
        return as_seen(unit, user)
    user = await _change(unit, user, kind="silence", till=None, reason=None)
    unit.tell(UserUnsilenced(user_id=user.id))
    await log_staff_action(unit, "unsilence_user", target_user_id=user.id)
    return as_seen(unit, user)


def _until(unit: Unit, command: SuspendUser | SilenceUser) -> int:
    if not command.reason.strip():
        raise ParameterMissing(name="reason", others=())
    if len(command.reason) > MAXIMUM_REASON:
        raise UserFieldTooLong(name="reason", maximum=MAXIMUM_REASON)
    longest = unit.now + FOR_EVER_MS
    if command.until is not None and command.until <= unit.now:
        raise ParameterInvalid(name="until", problem="past")
    return longest if command.until is None else min(command.until, longest)


async def _locked(unit: Unit, user_id: int) -> User:
    allow(unit, "user.punish", user=await find_user(unit, user_id=user_id))
    await unit.write()
    user = await lock_user(unit, user_id)
    allow(unit, "user.punish", user=user)
    return user


async def _change(unit: Unit, user: User, *, kind: str, till: int | None, reason: str | None) -> User:
    past = {"suspend": "suspended", "silence": "silenced"}[kind]
    fields = {
        f"{past}_at": None if till is None else unit.now,
        f"{past}_till": till,
        f"{past}_by": None if till is None else unit.actor.user_id,
        f"{kind}_reason": reason,
        "updated_at": unit.now,
    }
    await change_user(unit.tx, user.id, fields=fields)
    return msgspec.structs.replace(user, **fields)


async def _name(unit: Unit, user_id: int | None) -> str:
    found = None if user_id is None else await find_stored(unit.tx, user_id)
    return found.username if found else ""
