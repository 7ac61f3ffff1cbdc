"""What an account is: admin, moderator, its trust level, whether it is activated and approved."""

from __future__ import annotations

from typing import Any

import msgspec

from tertulia.forum.permissions import allow
from tertulia.forum.staff_actions import log_staff_action
from tertulia.forum.unit import Unit
from tertulia.forum.users.finding import as_seen, find_user, lock_user
from tertulia.model.errors import ParameterInvalid, TrustLevelInvalid, UserIsProtected
from tertulia.model.events import TrustLevelChanged, UserRoleChanged, UserUpdated
from tertulia.model.groups import ADMINS_ID
from tertulia.model.users import User
from tertulia.store.accounts.changes import change_user, count_admins
from tertulia.store.accounts.email_tokens import use_up_email_tokens
from tertulia.store.groups import lock_group
from tertulia.store.sessions import delete_sessions_of
from tertulia.store.versions import PERMISSIONS, bump_version

ROLES = ("admin", "moderator")


async def set_role(unit: Unit, user_id: int, role: str, granted: bool) -> User:
    """Grants or revokes `admin` or `moderator`; doing it twice changes nothing. For admins.

    Raises ParameterInvalid, UserMissing, NotAllowed, UserIsProtected (oneself, the system user, the last admin)."""
    if role not in ROLES:
        raise ParameterInvalid(name="role", problem="unknown")
    user = await _locked(unit, user_id, act="user.role")
    if getattr(user, role) == granted:
        return as_seen(unit, user)
    if role == "admin" and not granted:
        # Two admins who revoke each other at once take turns here, so that one of them stays.
        await lock_group(unit.tx, ADMINS_ID)
        if user.id == unit.actor.user_id or await count_admins(unit.tx) <= 1:
            raise UserIsProtected()
    user = await _change(unit, user, fields={role: granted})
    await bump_version(unit.tx, PERMISSIONS)
    unit.tell(UserRoleChanged(user_id=user.id, role=role, granted=granted))
    word = "moderation" if role == "moderator" else role
    await log_staff_action(unit, f"{'grant' if granted else 'revoke'}_{word}", target_user_id=user.id)
    return as_seen(unit, user)


async def set_trust_level(unit: Unit, user_id: int, level: int) -> User:
    """Sets the trust level 0..4. For staff.

    Raises TrustLevelInvalid, UserMissing, NotAllowed, UserIsProtected."""
    if not 0 <= level <= 4:
        raise TrustLevelInvalid()
    user = await _locked(unit, user_id, act="user.trust")
    before = user.trust_level
    if before == level:
        return as_seen(unit, user)
    user = await _change(unit, user, fields={"trust_level": level})
    await bump_version(unit.tx, PERMISSIONS)
    unit.tell(TrustLevelChanged(user_id=user.id, before=before, after=level))
    await log_staff_action(unit, "change_trust_level", target_user_id=user.id, before=str(before), after=str(level))
    return as_seen(unit, user)


async def lock_trust_level(unit: Unit, user_id: int, *, locked: bool) -> User:
    """Keeps the trust level as it is, whatever the user does, or lets it move again. For staff.

    Raises UserMissing, NotAllowed, UserIsProtected."""
    user = await _locked(unit, user_id, act="user.trust")
    level = user.trust_level if locked else None
    if user.manual_locked_trust_level == level:
        return as_seen(unit, user)
    user = await _change(unit, user, fields={"manual_locked_trust_level": level})
    unit.tell(UserUpdated(user_id=user.id, fields=("manual_locked_trust_level",)))
    await log_staff_action(unit, "lock_trust_level" if locked else "unlock_trust_level", target_user_id=user.id)
    return as_seen(unit, user)


async def activate_user(unit: Unit, user_id: int) -> User:
    """The address counts as confirmed; the account can log in. Raises UserMissing, NotAllowed, UserIsProtected."""
    return await _set_flag(unit, user_id, name="active", value=True, action="activate_user")


async def deactivate_user(unit: Unit, user_id: int) -> User:
    """Nobody can use the account until it is activated; its sessions end at once.

    Raises UserMissing, NotAllowed, UserIsProtected (oneself, the system user; staff for moderators)."""
    return await _set_flag(unit, user_id, name="active", value=False, action="deactivate_user")


async def approve_user(unit: Unit, user_id: int) -> User:
    """Lets a new account log in on a site that approves users. Raises UserMissing, NotAllowed."""
    return await _set_flag(unit, user_id, name="approved", value=True, action="approve_user")


async def _set_flag(unit: Unit, user_id: int, *, name: str, value: bool, action: str) -> User:
    user = await _locked(unit, user_id, act="user.staff" if value else "user.deactivate")
    if getattr(user, name) == value:
        return as_seen(unit, user)
    user = await _change(unit, user, fields={name: value})
    if not value:
        await delete_sessions_of(unit.tx, user.id)
        await use_up_email_tokens(unit.tx, user.id, used_at=unit.now)
    unit.tell(UserUpdated(user_id=user.id, fields=(name,)))
    await log_staff_action(unit, action, target_user_id=user.id)
    return as_seen(unit, user)


async def _locked(unit: Unit, user_id: int, *, act: str) -> User:
    allow(unit, act, user=await find_user(unit, user_id=user_id))
    await unit.write()
    user = await lock_user(unit, user_id)
    allow(unit, act, user=user)
    return user


async def _change(unit: Unit, user: User, *, fields: dict[str, Any]) -> User:
    await change_user(unit.tx, user.id, fields={**fields, "updated_at": unit.now})
    return msgspec.structs.replace(user, **fields, updated_at=unit.now)
