"""Removing an account that owns nothing any more, and making one anonymous.

Deleting an account together with what it wrote is above posts and topics: `forum/account_deleting.py`.
"""

from __future__ import annotations

import secrets

import msgspec

from tertulia.forum.permissions import allow
from tertulia.forum.staff_actions import log_staff_action
from tertulia.forum.unit import Unit
from tertulia.forum.users.finding import as_seen, find_user, lock_user
from tertulia.forum.users.names import username_key
from tertulia.forum.users.rules import is_handle_taken
from tertulia.model.errors import Busy
from tertulia.model.events import UserDeleted, UserUpdated
from tertulia.model.users import User
from tertulia.store.accounts.changes import change_user, delete_account
from tertulia.store.accounts.traces import clear_traces
from tertulia.store.keys import revoke_keys_of
from tertulia.store.sessions import delete_sessions_of
from tertulia.store.uploads.usage import set_avatar
from tertulia.store.versions import PERMISSIONS, bump_version

_BLANK = {
    "name": "", "email": None, "email_key": None, "password_hash": None, "title": None, "bio_raw": "",
    "bio_cooked": "", "location": "", "website": "", "birthday": "", "signature": "", "locale": "", "timezone": "",
    "avatar_template": None, "external_id": None, "primary_group_id": None, "anonymized": True,
}  # fmt: skip
_TRIES = 50


async def find_deletable(unit: Unit, user_id: int) -> User:
    """The account, if the actor may delete it. Raises UserMissing, NotAllowed, UserIsProtected."""
    user = await find_user(unit, user_id=user_id)
    allow(unit, "user.delete", user=user)
    return user


async def lock_deletable(unit: Unit, user_id: int) -> User:
    """The same inside a unit that writes."""
    user = await lock_user(unit, user_id)
    allow(unit, "user.delete", user=user)
    return user


async def shut_account(unit: Unit, user: User) -> None:
    """Nobody can use the account from now on: no session, no key, no log-in."""
    await change_user(unit.tx, user.id, fields={"active": 0, "password_hash": None, "updated_at": unit.now})
    await delete_sessions_of(unit.tx, user.id)
    await revoke_keys_of(unit.tx, user.id, now=unit.now)


async def remove_account(unit: Unit, user: User) -> None:
    """Deletes an account that has no posts left, in a unit that writes; its id is never given again."""
    await clear_traces(unit.tx, user.id)
    await delete_account(unit.tx, user.id)
    await bump_version(unit.tx, PERMISSIONS)
    await log_staff_action(unit, "delete_user", target_user_id=user.id, subject=user.username)
    gone = msgspec.structs.replace(user, password_hash=None)
    unit.tell(UserDeleted(user_id=user.id, username=user.username, name=user.name, email=user.email, user=gone))


async def anonymize_user(unit: Unit, user_id: int) -> User:
    """The account keeps its posts under a made-up name; name, address, profile and credentials are gone for good.

    For admins, not for admins' accounts. Raises UserMissing, NotAllowed, UserIsProtected."""
    await find_deletable(unit, user_id)
    await unit.write()
    user = await lock_deletable(unit, user_id)
    username = await _free_name(unit)
    fields = {**_BLANK, "username": username, "username_key": username_key(username), "updated_at": unit.now}
    await change_user(unit.tx, user.id, fields=fields)
    await set_avatar(unit.tx, user_id=user.id, upload_id=None)
    await delete_sessions_of(unit.tx, user.id)
    await revoke_keys_of(unit.tx, user.id, now=unit.now)
    unit.tell(UserUpdated(user_id=user.id, fields=("anonymized",)))
    # Neither the old name nor the address: the log would undo what was asked for.
    await log_staff_action(unit, "anonymize_user", target_user_id=user.id, subject=username)
    return as_seen(unit, msgspec.structs.replace(user, **fields))


async def _free_name(unit: Unit) -> str:
    for _ in range(_TRIES):
        username = f"anon{secrets.randbelow(900_000_000) + 100_000_000}"
        if not await is_handle_taken(unit, username):
            return username
    raise Busy(seconds=1)
