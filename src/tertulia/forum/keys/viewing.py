"""Finding a key that the actor may handle, and its view: admins every key, others their own tokens.

The secret is in no view but the one right after it was made.
"""

from __future__ import annotations

from collections.abc import Sequence

from tertulia.forum.keys.scopes import find_key_scopes
from tertulia.forum.permissions import able, allow
from tertulia.forum.unit import Unit
from tertulia.model.actor import CredentialKind
from tertulia.model.errors import KeyMissing
from tertulia.model.keys import Key, KeyView
from tertulia.store import keys as store
from tertulia.store.cards import list_cards

PERSONAL_KINDS = frozenset((int(CredentialKind.USER_KEY), int(CredentialKind.USER_TOKEN)))


async def view_keys(unit: Unit, keys: Sequence[Key]) -> tuple[KeyView, ...]:
    """Views of keys that were found allowed, without secrets."""
    cards = await list_cards(unit.tx, [key.user_id for key in keys])
    return tuple(
        KeyView(
            key=key,
            user=cards.get(key.user_id) if key.user_id is not None else None,
            scopes=find_key_scopes(key),
        )
        for key in keys
    )


async def find_key(unit: Unit, key_id: int, *, kinds: Sequence[int] | None = None) -> Key:
    """The key, if the actor may handle it: admins any, others their own. Raises LoginRequired, KeyMissing.

    `kinds` narrows to what the caller's kind of interface knows."""
    allow(unit, "member")
    key = await store.find_key(unit.tx, key_id)
    if key is None or (kinds is not None and key.kind not in kinds) or not owns(unit, key):
        raise KeyMissing()
    return key


def owns(unit: Unit, key: Key) -> bool:
    """Whether the actor may see and end the key."""
    mine = key.user_id is not None and key.user_id == unit.actor.user_id and key.kind in PERSONAL_KINDS
    return mine or able(unit, "key.manage")
