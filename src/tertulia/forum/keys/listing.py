"""Lists of keys: every key for admins, one's own tokens for everybody."""

from __future__ import annotations

from collections.abc import Sequence

from tertulia.forum.keys.viewing import PERSONAL_KINDS, find_key, view_keys
from tertulia.forum.permissions import allow
from tertulia.forum.unit import Unit
from tertulia.model.keys import KeyList, KeyView
from tertulia.store import keys as store

MAXIMUM_PAGE = 1_000


async def list_keys(
    unit: Unit, *, kinds: Sequence[int], offset: int = 0, limit: int = 50, user_id: int | None = None
) -> KeyList:
    """Keys of the given kinds, active ones first, newest first; those of one user with `user_id`.

    Raises LoginRequired, NotAllowed (others' keys are for admins)."""
    allow(unit, "member")
    mine = user_id is not None and user_id == unit.actor.user_id and set(map(int, kinds)) <= PERSONAL_KINDS
    if not mine:
        allow(unit, "key.manage")
    size, start = max(1, min(limit, MAXIMUM_PAGE)), max(0, min(offset, 10**9))
    keys, total = await store.list_keys(unit.tx, kinds=kinds, user_id=user_id, limit=size, offset=start)
    return KeyList(keys=await view_keys(unit, keys), offset=start, limit=size, total=total)


async def read_key(unit: Unit, key_id: int, *, kinds: Sequence[int] | None = None) -> KeyView:
    """One key without its secret. Raises LoginRequired, KeyMissing (also for others' keys)."""
    return (await view_keys(unit, [await find_key(unit, key_id, kinds=kinds)]))[0]
