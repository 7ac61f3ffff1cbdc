"""Accounts in bulk, and the move of the first admin to another id."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from tertulia.forum.unit import Unit
from tertulia.forum.users.names import username_key
from tertulia.model.users import User
from tertulia.store.upkeep import loading as store
from tertulia.store.users import find_user

FOR_EVER = 32_503_680_000_000  # the year 3000, in ms


def blank_user(user_id: int, *, username: str, created_at: int) -> User:
    """An account that may log in once it has a password; everything else empty. `created_at` in ms."""
    fields: dict[str, object] = dict.fromkeys(User.__struct_fields__, 0)
    fields |= dict.fromkeys(
        ("name", "bio_raw", "bio_cooked", "location", "website", "birthday", "signature", "locale", "timezone"), ""
    )
    fields |= dict.fromkeys(
        (
            "email", "email_key", "password_hash", "manual_locked_trust_level", "title", "avatar_template",
            "external_id", "primary_group_id", "last_seen_at", "last_posted_at", "suspended_at", "suspended_till",
            "suspended_by", "suspend_reason", "silenced_at", "silenced_till", "silenced_by", "silence_reason",
        )
    )  # fmt: skip
    fields |= {"active": True, "approved": True, "staged": False, "admin": False, "moderator": False}
    fields |= {"id": user_id, "username": username, "username_key": username_key(username), "anonymized": False}
    fields |= {"created_at": created_at, "updated_at": created_at, "trust_level": 1}
    return msgspec.convert(fields, User)


async def load_users(unit: Unit, users: Sequence[User]) -> None:
    """Puts accounts with their ids; those whose id is there already stay as they are.

    Raises UniqueViolation when another account has the name."""
    await unit.write()
    known = await store.list_known(unit.tx, "users", "id", wanted=[user.id for user in users])
    fresh = [msgspec.structs.asdict(user) for user in users if user.id not in set(known)]
    await store.insert_rows(unit.tx, "users", fresh)
    if fresh:
        await store.raise_counter(unit.tx, "users", least=max(user.id for user in users))


async def move_joining(unit: Unit, user_ids: Iterable[int], *, to: int) -> None:
    """Lets accounts have joined at another time (ms), for a forum whose past is loaded."""
    await unit.write()
    for user_id in user_ids:
        await store.replace_row(unit.tx, "users", user_id, values={"created_at": to})


async def free_user_id(unit: Unit, user_id: int, *, to: int) -> User | None:
    """Moves an account to the free id `to`, with its keys, sessions and all else that names it.

    Answers the account as it is then, or None when there is no such user."""
    await unit.write()
    if await find_user(unit.tx, user_id) is None:
        return None
    await store.change_user_id(unit.tx, user_id, new_id=to)
    return await find_user(unit.tx, to)


async def list_taken_names(unit: Unit, keys: Iterable[str]) -> dict[str, int]:
    """User ids by the key of the name, for those of the keys that are taken."""
    return await store.list_ids_by_key(unit.tx, "users", "username_key", wanted=keys)
