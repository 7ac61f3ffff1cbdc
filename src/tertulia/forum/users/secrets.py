"""Changing a password: whoever else is logged in with the old one is logged out.

The rules are in `passwords.py`. API keys stay: they are revoked by hand.
"""

from __future__ import annotations

from functools import partial

from tertulia.forum.permissions import allow
from tertulia.forum.staff_actions import log_staff_action
from tertulia.forum.unit import Unit
from tertulia.forum.users.finding import find_user, lock_user
from tertulia.forum.users.passwords import hash_password, verify_password
from tertulia.forum.users.rules import password_errors
from tertulia.model.actor import CredentialKind
from tertulia.model.errors import PasswordWrong, Refusals
from tertulia.model.events import UserUpdated
from tertulia.store.accounts.changes import change_user
from tertulia.store.accounts.email_tokens import use_up_email_tokens
from tertulia.store.sessions import delete_sessions_of


async def change_password(unit: Unit, user_id: int, *, new: str, current: str | None = None) -> None:
    """Sets a password. For oneself `current` must be right (unless there is none yet); admins need none for others.

    Ends every session of the user but the one that asks.
    Raises UserMissing, NotAllowed, UserIsProtected, PasswordWrong, Refusals."""
    user = await find_user(unit, user_id=user_id)
    allow(unit, "user.own", user=user)
    broken = password_errors(
        unit, new, username=user.username, name=user.name, email=user.email or "", is_admin=user.is_staff
    )
    if broken:
        raise Refusals(broken)
    is_self = user.id == unit.actor.user_id
    stored = user.password_hash
    if is_self and stored is not None and not await _is_current(unit, stored, current):
        raise PasswordWrong()
    fresh = await unit.ports.offload.thread(partial(hash_password, new))
    await unit.write()
    user = await lock_user(unit, user_id)
    if is_self and user.password_hash != stored:
        raise PasswordWrong()  # somebody changed it while ours was compared
    await change_user(unit.tx, user.id, fields={"password_hash": fresh, "updated_at": unit.now})
    credential = unit.actor.credential
    kept = credential.id if is_self and credential and credential.kind is CredentialKind.SESSION else None
    await use_up_email_tokens(unit.tx, user.id, used_at=unit.now)
    await delete_sessions_of(unit.tx, user.id, kept_id=kept or 0)
    unit.tell(UserUpdated(user_id=user.id, fields=("password",)))
    if not is_self:
        await log_staff_action(unit, "change_password", target_user_id=user.id)


async def _is_current(unit: Unit, stored: str, current: str | None) -> bool:
    return await unit.ports.offload.thread(partial(verify_password, stored, current or ""))
