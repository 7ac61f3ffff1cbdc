"""The consumer of the event log: for each event a delivery and a job for every webhook that asked for it.

Idempotent by webhook, event and name. Where there are no webhooks it costs one look.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from tertulia.forum.unit import Unit
from tertulia.forum.webhooks.catalogue import Told, told_by
from tertulia.model.webhooks import Hook
from tertulia.store.cards import list_topic_tags
from tertulia.store.events import LoggedEvent
from tertulia.store.notifications.audience import list_custom_groups_of
from tertulia.store.webhooks.deliveries import NewDelivery, insert_delivery
from tertulia.store.webhooks.hooks import list_active_hooks

DELIVER = "webhooks.deliver"
AT_ONCE = 300  # deliveries put in one transaction, where one event needs no more: well under 100 ms
_encode = msgspec.json.Encoder().encode


class _Around(msgspec.Struct):
    """What filters look at, loaded only where a webhook has such a filter."""

    tags: Mapping[int, frozenset[int]] = {}
    groups: Mapping[int, frozenset[int]] = {}


def lane_of(hook_id: int) -> str:
    """Deliveries of one webhook share a lane, so that a slow receiver holds up nobody else's."""
    return f"webhook {hook_id}"


async def fan_out(unit: Unit, logged: Sequence[LoggedEvent]) -> int:
    """Puts what the active webhooks asked for, and answers for how many of the events: the rest waits for the next
    turn when there is much to put. In a unit that writes: only the store is called."""
    hooks = await list_active_hooks(unit.tx)
    if not hooks:
        return len(logged)
    everything = [(event, tuple(told_by(event.event, event.facts))) for event in logged]
    around = await _load(unit, hooks, [told for _, each in everything for told in each])
    put = 0
    for number, (event, found) in enumerate(everything):
        if put >= AT_ONCE:
            return number
        for told in found:
            chosen = [hook for hook in hooks if event.id > hook.after_event_id and _wants(hook, told, around=around)]
            for hook in chosen:
                await _put(unit, hook, event, told)
            put += len(chosen)
    return len(logged)


async def _put(unit: Unit, hook: Hook, event: LoggedEvent, told: Told) -> None:
    delivery = NewDelivery(
        web_hook_id=hook.id,
        event_id=event.id,
        subject=told.subject,
        name=told.name,
        facts=_encode(told.facts).decode(),
        created_at=unit.now,
    )
    delivery_id = await insert_delivery(unit.tx, delivery)
    if delivery_id is not None:
        await unit.later(DELIVER, lane=lane_of(hook.id), delivery_id=delivery_id)


async def _load(unit: Unit, hooks: Sequence[Hook], told: Sequence[Told]) -> _Around:
    around = _Around()
    if any(hook.tag_ids for hook in hooks):
        topic_ids = {each.topic_id for each in told if each.topic_id is not None}
        found = await list_topic_tags(unit.tx, topic_ids)
        around.tags = {topic_id: frozenset(tag.id for tag in tags) for topic_id, tags in found.items()}
    if any(hook.group_ids for hook in hooks):
        user_ids = sorted({each.user_id for each in told if each.user_id is not None})
        members = await list_custom_groups_of(unit.tx, user_ids)
        around.groups = {user_id: frozenset(groups) for user_id, groups in members.items()}
    return around


def _wants(hook: Hook, told: Told, *, around: _Around) -> bool:
    """Whether a webhook is told. One narrowed by something ignores what has none of it (source: upstream)."""
    if not (hook.wildcard or told.kind in hook.kinds):
        return False
    if hook.category_ids and told.category_id not in hook.category_ids:
        return False
    if hook.tag_ids and not around.tags.get(told.topic_id or 0, frozenset()) & set(hook.tag_ids):
        return False
    if not hook.group_ids:
        return True
    mine = around.groups.get(told.user_id or 0, frozenset())
    return told.group_id in hook.group_ids or bool(mine & set(hook.group_ids))
