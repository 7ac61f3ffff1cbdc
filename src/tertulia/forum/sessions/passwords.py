"""Proving who one is by password for a single request, without a session."""

from __future__ import annotations

from functools import partial

from tertulia.forum.unit import Unit
from tertulia.forum.users.passwords import PasswordRules, verify_password
from tertulia.model.errors import LoginFailed, NotAllowed
from tertulia.model.users import User
from tertulia.store.users import find_user


async def prove_password(unit: Unit, user_id: int, *, password: str) -> User:
    """The account, if this is its password and it may log in. An unknown one costs as much time as a wrong password.

    Raises NotAllowed (log-in by password is off) and LoginFailed."""
    if not unit.site.enable_local_logins:
        raise NotAllowed()
    user = await find_user(unit.tx, user_id)
    stored = user.password_hash if user is not None else None
    is_right = await unit.ports.offload.thread(partial(verify_password, stored, password))
    if user is None or stored is None or not is_right or len(password) > PasswordRules().maximum:
        raise LoginFailed()
    if not user.active or user.is_suspended(unit.now) or _waits(unit, user):
        raise LoginFailed()
    return user


def _waits(unit: Unit, user: User) -> bool:
    return unit.site.must_approve_users and not user.approved and not user.is_staff
