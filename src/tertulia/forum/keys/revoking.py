"""What happens to keys after they were made: described anew, revoked, restored, deleted."""

from __future__ import annotations

from collections.abc import Sequence

from tertulia.forum.keys.creating import checked_description, log_key_action
from tertulia.forum.keys.viewing import find_key, view_keys
from tertulia.forum.permissions import allow
from tertulia.forum.unit import Unit
from tertulia.model.actor import CredentialKind
from tertulia.model.events import KeyDeleted, KeyRestored, KeyRevoked
from tertulia.model.keys import Key, KeyView
from tertulia.store import keys as store


async def revoke_key(unit: Unit, key_id: int, *, kinds: Sequence[int] | None = None) -> KeyView:
    """The key means nothing from now on; a revoked one stays as it is. For admins and owners.

    Raises LoginRequired, KeyMissing."""
    key = await _to_change(unit, key_id, kinds=kinds)
    if key.revoked_at is None:
        await store.set_key_revoked(unit.tx, key.id, revoked_at=unit.now, by=unit.actor.user_id, now=unit.now)
        unit.tell(KeyRevoked(key_id=key.id))
        await log_key_action(unit, "api_key_revoke", key)
    return await _view(unit, key.id)


async def restore_key(unit: Unit, key_id: int, *, kinds: Sequence[int] | None = None) -> KeyView:
    """A revoked key works again. For admins, and for owners a user API key that they revoked themselves: what an
    admin took, its owner cannot take back.

    Raises LoginRequired, KeyMissing, NotAllowed."""
    _allow_restoring(unit, await find_key(unit, key_id, kinds=kinds))
    key = await _to_change(unit, key_id, kinds=kinds)
    _allow_restoring(unit, key)
    if key.revoked_at is not None:
        await store.set_key_revoked(unit.tx, key.id, revoked_at=None, by=None, now=unit.now)
        unit.tell(KeyRestored(key_id=key.id))
        await log_key_action(unit, "api_key_restore", key)
    return await _view(unit, key.id)


async def update_key(unit: Unit, key_id: int, *, description: str, kinds: Sequence[int] | None = None) -> KeyView:
    """Describes a key anew; nothing else of it can change. Raises LoginRequired, KeyMissing, KeyDescriptionInvalid."""
    plain = checked_description(description)
    key = await _to_change(unit, key_id, kinds=kinds)
    if key.description != plain:
        await store.set_key_description(unit.tx, key.id, description=plain, now=unit.now)
        await log_key_action(unit, "api_key_update", key)
    return await _view(unit, key.id)


async def delete_key(unit: Unit, key_id: int, *, kinds: Sequence[int] | None = None) -> None:
    """The key is gone. For admins and owners. Raises LoginRequired, KeyMissing."""
    key = await _to_change(unit, key_id, kinds=kinds)
    await store.delete_key(unit.tx, key.id)
    unit.tell(KeyDeleted(key_id=key.id, truncated=key.truncated))
    await log_key_action(unit, "api_key_destroy", key)


def _allow_restoring(unit: Unit, key: Key) -> None:
    if key.kind == CredentialKind.USER_KEY and key.revoked_at is not None and key.revoked_by == unit.actor.user_id:
        return
    allow(unit, "key.manage")


async def _to_change(unit: Unit, key_id: int, *, kinds: Sequence[int] | None) -> Key:
    await find_key(unit, key_id, kinds=kinds)
    await unit.write()
    return await find_key(unit, key_id, kinds=kinds)


async def _view(unit: Unit, key_id: int) -> KeyView:
    return (await view_keys(unit, [await find_key(unit, key_id)]))[0]
