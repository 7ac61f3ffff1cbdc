"""Finding people as one reader may: who is missing, and which fields of an account are left blank.

Read next: `profiles.py`.
"""

from __future__ import annotations

import msgspec

from tertulia.forum.permissions import able
from tertulia.forum.unit import Unit
from tertulia.forum.users.names import email_key, username_key
from tertulia.model.errors import UserMissing
from tertulia.model.users import User
from tertulia.store import users as store


async def find_user(
    unit: Unit,
    *,
    username: str | None = None,
    user_id: int | None = None,
    external_id: str | None = None,
    email: str | None = None,
) -> User:
    """The account that the first given name means, as it is stored. Raises UserMissing.

    Accounts that are not activated are there for staff and themselves only; by e-mail one finds only
    whose e-mail one may see."""
    found = await _look_up(unit, username=username, user_id=user_id, external_id=external_id, email=email)
    if found is None or not is_visible(unit, found):
        raise UserMissing()
    if username is None and user_id is None and external_id is None and not able(unit, "user.email", user=found):
        raise UserMissing()
    return found


async def _look_up(
    unit: Unit, *, username: str | None, user_id: int | None, external_id: str | None, email: str | None
) -> User | None:
    if username is not None:
        return await store.find_user_by_key(unit.tx, username_key(username))
    if user_id is not None:
        return await store.find_user(unit.tx, user_id)
    if external_id:
        return await store.find_user_by_external_id(unit.tx, external_id)
    if email:
        return await store.find_user_by_email(unit.tx, email_key(email))
    return None


async def lock_user(unit: Unit, user_id: int) -> User:
    """The account inside a unit that writes, kept from other writers. Raises UserMissing."""
    found = await store.lock_user(unit.tx, user_id)
    if found is None or not is_visible(unit, found):
        raise UserMissing()
    return found


def is_visible(unit: Unit, user: User) -> bool:
    """Whether the unit's actor may know of the account at all."""
    return user.active or unit.actor.is_staff or user.id == unit.actor.user_id


def as_seen(unit: Unit, user: User) -> User:
    """The account with what its reader may not know left blank. The password's hash is never shown."""
    if able(unit, "user.email", user=user):
        return msgspec.structs.replace(user, password_hash=None)
    return msgspec.structs.replace(
        user,
        password_hash=None,
        email=None,
        email_key=None,
        external_id=None,
        manual_locked_trust_level=None,
        suspended_by=None,
        suspend_reason=None,
        silenced_at=None,
        silenced_till=None,
        silenced_by=None,
        silence_reason=None,
    )
