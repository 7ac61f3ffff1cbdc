"""Jobs with a lane run beside the others, bounded, so that one that waits holds nobody up; none is lost at a stop."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from tertulia import worker as worker_module
from tertulia.forum.unit import Ports, Unit
from tertulia.store import jobs as job_store
from tertulia.store.engine import Tx
from tertulia.store.jobs import Room, claim_job, count_jobs
from tertulia.testing.clock import TestClock
from tertulia.worker import CLAIM_MS, JOBS, LANE_CLAIM_MS, MOST_BESIDE, MOST_OF_A_LANE, Worker

pytestmark = pytest.mark.anyio

RUNNING: list[int] = []
MOST: list[int] = []
DONE: list[int] = []
GATE: list[asyncio.Event] = []


async def body(unit: Unit, *, number: int, slow: bool = False) -> None:
    """A job that waits for its gate where it is told to."""
    RUNNING.append(number)
    MOST.append(len(RUNNING))
    await unit.pause()
    try:
        if slow:
            await GATE[0].wait()
    finally:
        RUNNING.remove(number)
    DONE.append(number)


@pytest.fixture(autouse=True)
def job(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for each in (RUNNING, MOST, DONE, GATE):
        each.clear()
    GATE.append(asyncio.Event())
    monkeypatch.setitem(JOBS, "test.job", f"{__name__}:body")
    yield


async def put(ports: Ports, *numbers: int, lane: str = "", slow: bool = False) -> None:
    async with ports.unit() as unit:
        await unit.write()
        for number in numbers:
            await unit.later("test.job", lane=lane, number=number, slow=slow)
        await unit.commit()


async def left(ports: Ports) -> int:
    async with ports.unit() as unit:
        return (await count_jobs(unit.tx))[0]


async def until(met: object) -> None:
    for _ in range(500):
        if callable(met) and met():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not happen")


async def test_a_lane_that_waits_holds_up_neither_other_lanes_nor_other_jobs(ports: Ports) -> None:
    await put(ports, *range(10), lane="slow", slow=True)
    await put(ports, 100, 101, lane="quick")
    await put(ports, 200)
    worker = Worker(ports)
    running = asyncio.create_task(worker.run())
    await until(lambda: {100, 101, 200} <= set(DONE))
    assert len(RUNNING) == MOST_OF_A_LANE
    GATE[0].set()
    await until(lambda: len(DONE) == 13)
    await worker.stop()
    await running
    assert await left(ports) == 0


async def test_no_more_than_the_bound_run_at_once(ports: Ports) -> None:
    for lane in range(MOST_BESIDE):
        await put(ports, lane * 2, lane * 2 + 1, lane=f"lane {lane}", slow=True)
    await put(ports, 1000)
    worker = Worker(ports)
    running = asyncio.create_task(worker.run())
    await until(lambda: len(RUNNING) == MOST_BESIDE and 1000 in DONE)
    GATE[0].set()
    await until(lambda: len(DONE) == 2 * MOST_BESIDE + 1)
    await worker.stop()
    await running
    assert max(MOST) <= MOST_BESIDE + 1


async def test_what_waits_at_a_stop_is_given_back_at_once(ports: Ports, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_module, "_STOP_SECONDS", 0.05)
    await put(ports, 1, 2, lane="slow", slow=True)
    worker = Worker(ports)
    running = asyncio.create_task(worker.run())
    await until(lambda: len(RUNNING) == 2)
    await asyncio.wait_for(worker.stop(), 10)
    await running
    assert (DONE, RUNNING, await left(ports)) == ([], [], 2)
    GATE[0].set()
    assert await Worker(ports).drain() == 2
    assert sorted(DONE) == [1, 2] and await left(ports) == 0


async def test_a_stop_lets_what_is_nearly_done_finish(ports: Ports) -> None:
    await put(ports, 1, lane="slow", slow=True)
    worker = Worker(ports)
    running = asyncio.create_task(worker.run())
    await until(lambda: len(RUNNING) == 1)
    asyncio.get_running_loop().call_later(0.1, GATE[0].set)
    await worker.stop()
    await running
    assert (DONE, await left(ports)) == ([1], 0)


async def test_a_running_job_keeps_its_claim_and_a_dead_worker_loses_it_soon(
    ports: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_module, "_EXTEND_SECONDS", 0.02)
    clock = TestClock()
    clock.freeze()
    ports.clock = clock
    await put(ports, 1, lane="slow", slow=True)
    worker = Worker(ports)
    assert await worker.run_due()
    await until(lambda: len(RUNNING) == 1)
    clock.advance(seconds=LANE_CLAIM_MS / 1000 - 1)
    await asyncio.sleep(0.3)
    clock.advance(seconds=2)
    assert await Worker(ports).drain() == 0  # the first one has asked for more time
    GATE[0].set()
    assert await worker.drain() == 0
    assert DONE == [1]
    await put(ports, 2, lane="slow")
    async with ports.unit() as unit:
        await unit.write()
        until_then = {"until": unit.now + CLAIM_MS, "lane_until": unit.now + LANE_CLAIM_MS}
        assert await claim_job(unit.tx, worker="dead", now=unit.now, **until_then)
        await unit.commit()
    assert await Worker(ports).drain() == 0
    clock.advance(seconds=LANE_CLAIM_MS / 1000 + 1)
    assert await Worker(ports).drain() == 1
    assert DONE == [1, 2]


async def follow_up(unit: Unit) -> None:
    """A job that leaves another one."""
    await unit.pause()
    await GATE[0].wait()
    await unit.write()
    await unit.later("test.job", number=7)


async def test_what_a_job_beside_leaves_is_run_although_it_ended_while_the_worker_looked_for_more(
    ports: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(JOBS, "test.follow_up", f"{__name__}:follow_up")
    worker = Worker(ports)
    looked = job_store.find_due

    async def look(tx: Tx, *, now: int, room: Room) -> int | None:
        found: int | None = await looked(tx, now=now, room=room)
        GATE[0].set()
        while found is None and worker._beside:  # the answer is old when it arrives
            await asyncio.sleep(0.001)
        return found

    monkeypatch.setattr(job_store, "find_due", look)
    async with ports.unit() as unit:
        await unit.write()
        await unit.later("test.follow_up", lane="slow")
        await unit.commit()
    await worker.drain()
    assert DONE == [7] and await left(ports) == 0
