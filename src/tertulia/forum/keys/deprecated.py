"""Calls that still show their key in the query or the body: refused, and shown to staff for a day.

Upstream stopped reading such keys in 2020 and told admins of whom it saw; here they also learn who that was.
"""

from __future__ import annotations

from tertulia.forum.batches import note_deprecated_call
from tertulia.forum.keys.authenticating import MAXIMUM_SECRET
from tertulia.forum.keys.creating import hash_secret
from tertulia.forum.permissions import allow
from tertulia.forum.unit import Unit
from tertulia.model.keys import DeprecatedCall
from tertulia.store.deprecated_calls import list_noted_calls
from tertulia.store.keys import list_keys_by_ids

NOTED_MS = 86_400_000  # after the last call; source: upstream
MOST = 500


def note_deprecated(unit: Unit, secret: str, *, route: str, address: str, agent: str) -> None:
    """Notes that `secret` was shown to `route` (method and template) where no key is read. Nothing is written now.

    Of the secret only its hash is kept, until the batch knows whose it is; then nothing."""
    if secret:
        digest = hash_secret(secret[:MAXIMUM_SECRET])
        note_deprecated_call(unit, route=route, secret_hash=digest, address=address, agent=agent)


async def list_deprecated_calls(unit: Unit) -> tuple[DeprecatedCall, ...]:
    """Who called so in the last 24 hours, the latest first, at most 500. Raises LoginRequired, NotAllowed (staff)."""
    allow(unit, "user.staff")
    noted = await list_noted_calls(unit.tx, since=unit.now - NOTED_MS, limit=MOST)
    keys = await list_keys_by_ids(unit.tx, [each.key_id for each in noted if each.key_id])
    return tuple(
        DeprecatedCall(
            id=each.id,
            route=each.route,
            address=each.address,
            agent=each.agent,
            key=keys.get(each.key_id),
            calls=each.calls,
            first_at=each.first_at,
            last_at=each.last_at,
        )
        for each in noted
    )
