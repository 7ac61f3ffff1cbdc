"""The programs that a person let in: their user API keys, as profiles and the page of apps show them."""

from __future__ import annotations

from tertulia.forum.keys.revoking import revoke_key
from tertulia.forum.keys.viewing import view_keys
from tertulia.forum.permissions import able
from tertulia.forum.unit import Unit
from tertulia.model.actor import CredentialKind
from tertulia.model.errors import KeyMissing, ScopeMissing
from tertulia.model.keys import KeyView
from tertulia.store import keys as store

KINDS = (int(CredentialKind.USER_KEY),)
MOST = 1_000


async def list_apps(unit: Unit, user_id: int) -> tuple[KeyView, ...]:
    """A person's user API keys that still work, the one that was used longest ago first, as upstream sorts them.

    For its owner and for admins; nothing for anybody else."""
    if unit.actor.user_id != user_id and not able(unit, "key.manage"):
        return ()
    keys, _ = await store.list_keys(unit.tx, kinds=KINDS, user_id=user_id, limit=MOST, offset=0)
    working = [key for key in keys if key.revoked_at is None and (key.expires_at is None or key.expires_at > unit.now)]
    return await view_keys(unit, sorted(working, key=lambda key: (key.last_used_at or key.created_at, key.id)))


async def revoke_app(unit: Unit, key_id: int | None) -> KeyView:
    """Revokes a user API key: by id one's own (or, for admins, anybody's), without an id the one that was shown.

    A key that may not write revokes itself only. Raises LoginRequired, KeyMissing, ScopeMissing."""
    credential = unit.actor.credential
    shown = credential if credential is not None and credential.kind is CredentialKind.USER_KEY else None
    wanted = key_id if key_id is not None or shown is None else shown.id
    if wanted is None:
        raise KeyMissing()
    if shown is not None and shown.id != wanted and "write" not in shown.scopes:
        raise ScopeMissing(scope="write")
    return await revoke_key(unit, wanted, kinds=KINDS)
