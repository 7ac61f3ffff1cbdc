"""The event log as an outbox: consumers read it behind their own cursor, each event at least once, none lost.

Whatever fans out (webhooks, mail to watchers) reads here, after the commit that made the event true.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Sequence

from tertulia.forum.unit import Unit
from tertulia.store import events as store
from tertulia.store.events import Cursor, LoggedEvent

BATCH = 200

# Answers how many of the events it took, where it leaves some for its next turn.
Consumer = Callable[[Unit, Sequence[LoggedEvent]], Awaitable[int | None]]


async def has_news(unit: Unit, names: Collection[str], *, hidden: bool = False) -> bool:
    """Whether there is an event that one of the consumers has not seen. Only reads: looking costs nobody a turn.

    `hidden` counts those too that must wait until an older transaction ends."""
    cursors = await store.peek_cursors(unit.tx, names)
    return bool(cursors and await store.list_events(unit.tx, after=min(cursors), limit=1, hidden=hidden))


async def consume(unit: Unit, name: str, consumer: Consumer, *, limit: int = BATCH) -> int:
    """Gives `consumer` the events that it has not seen, and moves its cursor in the same transaction.

    Answers how many it took. The consumer must be idempotent by event id: a failed commit repeats the batch."""
    await unit.write()
    cursor = await store.find_cursor(unit.tx, name)
    events = await store.list_events(unit.tx, after=cursor, limit=limit)
    if not events:
        return 0
    taken = await consumer(unit, events)
    count = len(events) if taken is None else max(1, min(taken, len(events)))
    await store.save_cursor(unit.tx, name, cursor=events[count - 1].cursor)
    return count


async def repair_after_restore(unit: Unit) -> int:
    """Makes a dump that was restored into another cluster readable again; answers how many events it touched.

    Without it readers would wait until the new cluster's transaction ids reach those of the old one."""
    if not await store.holds_foreign_transactions(unit.tx):
        return 0
    await unit.write()
    return await store.forget_transactions(unit.tx)


__all__ = ["Cursor", "LoggedEvent", "consume", "repair_after_restore"]
