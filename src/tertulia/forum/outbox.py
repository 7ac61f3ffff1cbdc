"""The event log as an outbox: consumers read it behind their own cursor, each event at least once, none lost.

Whatever fans out (webhooks, mail to watchers) reads here, after the commit that made the event true.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from tertulia.forum.unit import Unit
from tertulia.store import events as store
from tertulia.store.events import Cursor, LoggedEvent

BATCH = 200

Consumer = Callable[[Unit, Sequence[LoggedEvent]], Awaitable[None]]


async def consume(unit: Unit, name: str, consumer: Consumer, *, limit: int = BATCH) -> int:
    """Gives `consumer` the events that it has not seen, and moves its cursor in the same transaction.

    Answers how many there were. The consumer must be idempotent by event id: a failed commit repeats the batch."""
    await unit.write()
    cursor = await store.find_cursor(unit.tx, name)
    events = await store.list_events(unit.tx, after=cursor, limit=limit)
    if not events:
        return 0
    await consumer(unit, events)
    await store.save_cursor(unit.tx, name, cursor=events[-1].cursor)
    return len(events)


async def repair_after_restore(unit: Unit) -> int:
    """Makes a dump that was restored into another cluster readable again; answers how many events it touched.

    Without it readers would wait until the new cluster's transaction ids reach those of the old one."""
    if not await store.holds_foreign_transactions(unit.tx):
        return 0
    await unit.write()
    return await store.forget_transactions(unit.tx)


__all__ = ["Cursor", "LoggedEvent", "consume", "repair_after_restore"]
