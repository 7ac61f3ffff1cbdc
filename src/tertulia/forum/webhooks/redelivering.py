"""Sending again what was sent before, and pings. A delivery keeps its id, headers and bytes."""

from __future__ import annotations

from collections.abc import Sequence

from tertulia.forum.unit import Unit
from tertulia.forum.webhooks import reading
from tertulia.forum.webhooks.catalogue import PING
from tertulia.forum.webhooks.delivering import attempt_delivery, is_taken, record
from tertulia.forum.webhooks.fanning_out import DELIVER, lane_of
from tertulia.model.errors import HookMissing
from tertulia.model.webhooks import Delivery
from tertulia.store.webhooks import deliveries as store
from tertulia.store.webhooks.deliveries import NewDelivery


async def ping_hook(unit: Unit, hook_id: int) -> None:
    """Has a ping sent, to a webhook that is not active too. Raises NotAllowed, HookMissing."""
    hook = await reading.find_hook(unit, hook_id)
    await unit.write()
    ping = NewDelivery(web_hook_id=hook.id, event_id=None, subject=PING, name=PING, facts="", created_at=unit.now)
    delivery_id = await store.insert_delivery(unit.tx, ping)
    await unit.later(DELIVER, lane=lane_of(hook.id), delivery_id=delivery_id)


async def redeliver(unit: Unit, hook_id: int, delivery_id: int) -> Delivery:
    """Sends a delivery again at once and answers it with what came of it.

    One that waits for its first attempt is answered as it is. Raises NotAllowed, HookMissing, DeliveryMissing."""
    hook, delivery = await reading.find_delivery(unit, hook_id, delivery_id)
    if delivery.rendered_at is None:
        return delivery
    attempt = await attempt_delivery(unit, hook, delivery, even_inactive=True)
    await unit.write()
    if await record(unit, delivery, attempt.outcome) is None:
        raise HookMissing()
    return (await reading.find_delivery(unit, hook_id, delivery_id))[1]


async def redeliver_failed(unit: Unit, hook_id: int, ids: Sequence[int]) -> list[int]:
    """Has those of the deliveries sent again that failed and are not being sent again already; answers their ids.

    Raises NotAllowed, HookMissing."""
    found = await reading.list_some_deliveries(unit, hook_id, ids)
    chosen = [each.id for each in found.deliveries if _has_failed(each)]
    await unit.write()
    for delivery_id in chosen:
        await store.mark_redelivering(unit.tx, delivery_id)
        await unit.later(DELIVER, lane=lane_of(hook_id), delivery_id=delivery_id, redelivery=True)
    return chosen


def _has_failed(delivery: Delivery) -> bool:
    return delivery.status != 0 and not is_taken(delivery.status) and not delivery.redelivering
