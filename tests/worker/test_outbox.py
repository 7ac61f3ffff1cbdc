"""The event log as an outbox: nothing is lost, whatever the order of commits."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from tertulia import worker as worker_module
from tertulia.forum.outbox import consume, repair_after_restore
from tertulia.forum.unit import Ports, Unit
from tertulia.model.events import TagCreated
from tertulia.store.events import Cursor, LoggedEvent, find_cursor
from tertulia.worker import Worker

pytestmark = pytest.mark.anyio


async def tell(ports: Ports, name: str) -> None:
    async with ports.unit() as unit:
        unit.tell(TagCreated(tag_id=1, name=name))
        await unit.commit()


async def read(ports: Ports, *, fail: bool = False) -> list[str]:
    """What a consumer gets, by the names of the tags."""
    seen: list[str] = []

    async def take(unit: Unit, events: Sequence[LoggedEvent]) -> None:
        seen.extend(event.facts.split('"name":"')[1].split('"')[0] for event in events)
        if fail:
            raise RuntimeError("the consumer stumbled")

    async with ports.unit() as unit:
        await consume(unit, "test", take)
        await unit.commit()
    return seen


async def read_when_ready(ports: Ports, count: int = 1, *, fail: bool = False) -> list[str]:
    """At least `count`, once no other database of the server has an older transaction open: readers wait for those."""
    seen: list[str] = []
    for _ in range(1200):
        seen += await read(ports, fail=fail)
        if len(seen) >= count:
            break
        await asyncio.sleep(0.05)
    return seen


async def test_each_event_is_read_once_and_in_order(ports: Ports) -> None:
    await tell(ports, "one")
    await tell(ports, "two")
    assert await read_when_ready(ports, 2) == ["one", "two"]
    assert await read(ports) == []
    await tell(ports, "three")
    assert await read_when_ready(ports) == ["three"]


async def test_a_consumer_that_fails_sees_the_same_events_again(ports: Ports) -> None:
    await tell(ports, "one")
    with pytest.raises(RuntimeError):
        await read_when_ready(ports, fail=True)
    assert await read_when_ready(ports) == ["one"]


async def test_a_unit_that_was_undone_tells_nothing(ports: Ports) -> None:
    async with ports.unit() as unit:
        unit.tell(TagCreated(tag_id=1, name="never"))
        await unit.settle()
    assert await read(ports) == []


async def test_a_transaction_that_took_the_lower_id_and_commits_later_is_not_lost(ports: Ports) -> None:
    if ports.database.engine == "sqlite":
        pytest.skip("write units follow each other here, so ids and commits have one order")
    early = ports.unit()
    early.tell(TagCreated(tag_id=1, name="early"))
    await early.settle()
    await tell(ports, "late")
    assert await read(ports) == []
    await early.commit()
    assert await read_when_ready(ports, 2) == ["early", "late"]


async def test_a_dump_restored_into_a_new_cluster_is_read_on(ports: Ports) -> None:
    if ports.database.engine == "sqlite":
        pytest.skip("a file carries no transaction ids")
    await tell(ports, "one")
    assert await read_when_ready(ports) == ["one"]
    await tell(ports, "two")
    async with ports.unit() as unit:
        await unit.write()
        # What a restore leaves behind: transaction ids of a cluster that was much further on.
        await unit.tx.text("UPDATE events SET transaction_id = transaction_id + 900000000")
        await unit.tx.text("UPDATE event_cursors SET transaction_id = transaction_id + 900000000")
        await unit.commit()
    assert await read(ports) == []
    async with ports.unit() as unit:
        assert await repair_after_restore(unit) == 2
        await unit.commit()
    async with ports.unit() as unit:
        assert await repair_after_restore(unit) == 0
    await tell(ports, "three")
    assert await read_when_ready(ports, 2) == ["two", "three"]
    async with ports.unit() as unit:
        await unit.write()
        assert await find_cursor(unit.tx, "test") > Cursor(0, 2)


async def remember(unit: Unit, events: Sequence[LoggedEvent]) -> None:
    """A consumer as the worker finds it, by a dotted name."""
    SEEN.extend(event.id for event in events)
    if STUMBLES:
        raise RuntimeError(STUMBLES.pop())


SEEN: list[int] = []
STUMBLES: list[str] = []


@pytest.fixture
def consumer(monkeypatch: pytest.MonkeyPatch) -> str:
    SEEN.clear()
    STUMBLES.clear()
    monkeypatch.setattr(worker_module, "CONSUMERS", {"test": f"{__name__}:remember"})
    return "test"


async def drain(ports: Ports) -> None:
    """Until no consumer is behind; other databases of the server may hide events for a moment."""
    worker = Worker(ports)
    for _ in range(6000):
        await worker.drain()
        if not await worker.is_behind():
            return
        await asyncio.sleep(0.01)


async def test_the_worker_gives_each_event_to_a_consumer_once(ports: Ports, consumer: str) -> None:
    for number in range(3):
        await tell(ports, f"tag{number}")
    await drain(ports)
    await drain(ports)
    assert len(SEEN) == len(set(SEEN)) == 3


async def test_a_consumer_that_fails_is_given_the_same_events_again(ports: Ports, consumer: str) -> None:
    STUMBLES.append("the disk is full")
    await tell(ports, "first")
    await drain(ports)
    assert len(SEEN) == 2
    assert len(set(SEEN)) == 1


async def test_looking_for_events_does_not_wait_for_somebody_who_writes(ports: Ports, consumer: str) -> None:
    async with ports.unit() as writer:
        await writer.write()
        assert not await asyncio.wait_for(Worker(ports).read_events(), 2)
