"""Webhooks and their deliveries as admins see them, secrets included (source: upstream)."""

from __future__ import annotations

from collections.abc import Sequence

from tertulia.forum.permissions import allow
from tertulia.forum.unit import Unit
from tertulia.model.errors import DeliveryMissing, HookMissing
from tertulia.model.webhooks import Delivery, DeliveryList, Hook, HookList, HookView
from tertulia.store.webhooks import deliveries as delivery_store
from tertulia.store.webhooks import hooks as store

PER_PAGE = 50  # source: upstream
MOST_IDS = 500
_MOST_OFFSET = 1_000_000


async def list_hooks(unit: Unit, *, offset: int = 0) -> HookList:
    """Fifty webhooks, the oldest first. Raises NotAllowed."""
    allow(unit, "webhook.manage")
    offset = max(0, min(offset, _MOST_OFFSET))
    hooks, total = await store.list_hooks(unit.tx, limit=PER_PAGE, offset=offset)
    return HookList(hooks=tuple(hooks), tags=await _tags(unit, hooks), total=total, offset=offset)


async def find_hook(unit: Unit, hook_id: int) -> Hook:
    """One webhook. Raises NotAllowed, HookMissing."""
    allow(unit, "webhook.manage")
    hook = await store.find_hook(unit.tx, hook_id)
    if hook is None:
        raise HookMissing()
    return hook


async def read_hook(unit: Unit, hook_id: int) -> HookView:
    """The same with the names of its tags."""
    return await view_hook(unit, await find_hook(unit, hook_id))


async def view_hook(unit: Unit, hook: Hook) -> HookView:
    """The view of a webhook that was found."""
    return HookView(hook=hook, tags=await _tags(unit, [hook]))


async def list_deliveries(unit: Unit, hook_id: int, *, chosen: str = "", offset: int = 0) -> DeliveryList:
    """Fifty deliveries, the newest first; `chosen` is successful, failed, or anything else for all.

    Raises NotAllowed, HookMissing."""
    hook = await find_hook(unit, hook_id)
    offset = max(0, min(offset, _MOST_OFFSET))
    found, total = await delivery_store.list_deliveries(unit.tx, hook.id, chosen=chosen, limit=PER_PAGE, offset=offset)
    return DeliveryList(hook=hook, deliveries=tuple(found), total=total, offset=offset)


async def list_some_deliveries(unit: Unit, hook_id: int, ids: Sequence[int]) -> DeliveryList:
    """Those of at most 500 ids that are deliveries of the webhook. Raises NotAllowed, HookMissing."""
    hook = await find_hook(unit, hook_id)
    found = await delivery_store.list_some_deliveries(unit.tx, hook.id, ids[:MOST_IDS], limit=MOST_IDS)
    return DeliveryList(hook=hook, deliveries=tuple(found), total=len(found), offset=0)


async def find_delivery(unit: Unit, hook_id: int, delivery_id: int) -> tuple[Hook, Delivery]:
    """One delivery of the webhook. Raises NotAllowed, HookMissing, DeliveryMissing."""
    hook = await find_hook(unit, hook_id)
    delivery = await delivery_store.find_delivery(unit.tx, delivery_id)
    if delivery is None or delivery.web_hook_id != hook.id:
        raise DeliveryMissing()
    return hook, delivery


async def _tags(unit: Unit, hooks: Sequence[Hook]) -> dict[int, str]:
    ids = {tag_id for hook in hooks for tag_id in hook.tag_ids}
    return await store.list_tag_names(unit.tx, ids) if ids else {}
