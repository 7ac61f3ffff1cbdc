"""Deliveries that nobody needs any longer: old ones, and those of webhooks that were deleted."""

from __future__ import annotations

from tertulia.forum.unit import Unit
from tertulia.store.webhooks import deliveries as store

PURGE = "webhooks.purge"
SLICE = 500
_DAY = 86_400_000


async def sweep_deliveries(unit: Unit) -> None:
    """Deletes up to 500 deliveries that are older than the site keeps them."""
    before = unit.now - unit.site.retain_web_hook_events_period_days * _DAY
    if not await store.has_expired_deliveries(unit.tx, before=before):
        return
    await unit.write()
    await store.delete_expired_deliveries(unit.tx, before=before, limit=SLICE)


async def purge_deliveries(unit: Unit, *, hook_id: int) -> bool:
    """The job: up to 500 deliveries of a webhook that is gone. True while there may be more."""
    await unit.write()
    return await store.delete_deliveries_of(unit.tx, hook_id, limit=SLICE) == SLICE
