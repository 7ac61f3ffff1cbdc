"""Credentials: insert, find by hash, list, revoke. The secrets themselves never come here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, case, delete, func, or_, select, update

from tertulia.model.keys import Key
from tertulia.store.engine import Mapper, Tx, among, insert_query, parameter, query
from tertulia.store.schema.keys import keys

_KEY = Mapper(Key, keys)
_COLUMNS = (
    "kind", "secret_hash", "truncated", "user_id", "description", "scope_mode", "scopes", "allowed_addresses",
    "created_by", "created_at", "updated_at", "expires_at", "client_id", "application",
)  # fmt: skip
_INSERT = insert_query(keys, *_COLUMNS, returning="id")
_FIND = query(lambda: select(*_KEY.columns).where(keys.c.id == parameter("key_id")))
_FIND_BY_HASH = query(lambda: select(*_KEY.columns).where(keys.c.secret_hash == parameter("secret_hash", str)))

_BY_HASHES = query(lambda: select(*_KEY.columns).where(among(keys.c.secret_hash, "hashes")))
_BY_IDS = query(lambda: select(*_KEY.columns).where(among(keys.c.id, "ids")))


def _matches() -> ColumnElement[bool]:
    return and_(among(keys.c.kind, "kinds"), or_(parameter("owner_id") == 0, keys.c.user_id == parameter("owner_id")))


_LIST = query(
    lambda: (
        select(*_KEY.columns)
        .where(_matches())
        .order_by(
            case((keys.c.revoked_at.is_(None), 0), else_=1),
            keys.c.revoked_at.desc(),
            keys.c.created_at.desc(),
            keys.c.id.desc(),
        )
        .limit(parameter("limit"))
        .offset(parameter("offset"))
    )
)
_TOTAL = query(lambda: select(func.count(keys.c.id)).where(_matches()))
_SET_REVOKED = query(
    lambda: (
        update(keys)
        .where(keys.c.id == parameter("key_id"))
        .values(revoked_at=parameter("revoked_at"), revoked_by=parameter("by"), updated_at=parameter("now"))
    )
)
_DESCRIBE = query(
    lambda: (
        update(keys)
        .where(keys.c.id == parameter("key_id"))
        .values(description=parameter("description", str), updated_at=parameter("now"))
    )
)
_ROLL = query(
    lambda: (
        update(keys)
        .where(keys.c.id == parameter("key_id"))
        .values(
            secret_hash=parameter("secret_hash", str),
            truncated=parameter("truncated", str),
            updated_at=parameter("now"),
        )
    )
)
_DELETE = query(lambda: delete(keys).where(keys.c.id == parameter("key_id")))
_REVOKE_OF_USER = query(
    lambda: (
        update(keys)
        .where(keys.c.user_id == parameter("owner_id"), keys.c.revoked_at.is_(None))
        .values(revoked_at=parameter("now"), updated_at=parameter("now"))
    )
)


async def insert_key(tx: Tx, *, fields: Mapping[str, Any]) -> int:
    """A new credential; `fields` holds every column of `_COLUMNS`. Raises UniqueViolation."""
    return int(await tx.value(_INSERT, **{name: fields.get(name) for name in _COLUMNS}))


async def find_key(tx: Tx, key_id: int) -> Key | None:
    return _KEY.maybe(await tx.one(_FIND, key_id=key_id))


async def find_key_by_hash(tx: Tx, secret_hash: str) -> Key | None:
    return _KEY.maybe(await tx.one(_FIND_BY_HASH, secret_hash=secret_hash))


async def list_keys_by_hash(tx: Tx, hashes: Iterable[str]) -> dict[str, Key]:
    """Keys by the hashes of their secrets; unknown ones are left out."""
    return {key.secret_hash: key for key in _KEY.all(await tx.all(_BY_HASHES, hashes=sorted(set(hashes))))}


async def list_keys_by_ids(tx: Tx, ids: Iterable[int]) -> dict[int, Key]:
    """Keys by id; unknown ones are left out."""
    return {key.id: key for key in _KEY.all(await tx.all(_BY_IDS, ids=sorted(set(ids))))}


async def list_keys(
    tx: Tx, *, kinds: Sequence[int], user_id: int | None, limit: int, offset: int
) -> tuple[list[Key], int]:
    """Active ones first, then the newest; with the number of all. `user_id` None lists everybody's."""
    values = {"kinds": [int(kind) for kind in kinds], "owner_id": user_id or 0}
    found = await tx.all(_LIST, limit=limit, offset=offset, **values)
    return _KEY.all(found), int(await tx.value(_TOTAL, **values))


async def set_key_revoked(tx: Tx, key_id: int, *, revoked_at: int | None, by: int | None, now: int) -> None:
    """Revokes the key at `revoked_at`, or restores it (None); `by` whom."""
    await tx.run(_SET_REVOKED, key_id=key_id, revoked_at=revoked_at, by=by, now=now)


async def set_key_description(tx: Tx, key_id: int, *, description: str, now: int) -> None:
    await tx.run(_DESCRIBE, key_id=key_id, description=description, now=now)


async def set_key_secret(tx: Tx, key_id: int, *, secret_hash: str, truncated: str, now: int) -> None:
    """Replaces the secret; the old one means nothing from then on."""
    await tx.run(_ROLL, key_id=key_id, secret_hash=secret_hash, truncated=truncated, now=now)


async def delete_key(tx: Tx, key_id: int) -> bool:
    return await tx.run(_DELETE, key_id=key_id) == 1


async def revoke_keys_of(tx: Tx, user_id: int, *, now: int) -> int:
    """Revokes every credential that is bound to the user."""
    return await tx.run(_REVOKE_OF_USER, owner_id=user_id, now=now)
