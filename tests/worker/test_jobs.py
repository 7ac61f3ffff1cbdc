"""Jobs: run once, retried with growing waits, kept as dead letters, finished before a stop."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from tertulia import worker as worker_module
from tertulia.forum.unit import Ports, Unit
from tertulia.store.jobs import count_jobs
from tertulia.testing.clock import TestClock
from tertulia.worker import BACK_OFF_MS, JOBS, Worker

pytestmark = pytest.mark.anyio

CALLS: list[dict[str, object]] = []
FAILURES: list[str] = []


async def body(unit: Unit, **arguments: object) -> bool:
    """The job of these tests; fails while FAILURES holds reasons, asks to go on where told."""
    CALLS.append(arguments)
    if FAILURES:
        raise RuntimeError(FAILURES.pop())
    if arguments.get("slow"):
        await asyncio.sleep(0.2)
    return bool(arguments.get("slices", 0)) and len(CALLS) < int(str(arguments["slices"]))


@pytest.fixture(autouse=True)
def job(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    CALLS.clear()
    FAILURES.clear()
    monkeypatch.setitem(JOBS, "test.job", f"{__name__}:body")
    yield


async def put(ports: Ports, unique: str | None = None, **arguments: object) -> None:
    async with ports.unit() as unit:
        await unit.write()
        await unit.later("test.job", unique=unique, **arguments)
        await unit.commit()


async def left(ports: Ports) -> tuple[int, int]:
    async with ports.unit() as unit:
        return (await count_jobs(unit.tx))[:2]


async def test_a_job_runs_once_and_is_gone(ports: Ports) -> None:
    await put(ports, number=1)
    assert await Worker(ports).drain() == 1
    assert CALLS == [{"number": 1}]
    assert await left(ports) == (0, 0)


async def test_a_job_of_an_undone_unit_never_runs(ports: Ports) -> None:
    async with ports.unit() as unit:
        await unit.write()
        await unit.later("test.job")
    assert await Worker(ports).drain() == 0


async def test_the_same_job_waits_once(ports: Ports) -> None:
    await put(ports, unique="same")
    await put(ports, unique="same")
    assert await Worker(ports).drain() == 1


async def test_a_failed_job_is_retried_after_growing_waits_and_kept_in_the_end(ports: Ports) -> None:
    clock = TestClock()
    clock.freeze()
    ports.clock = clock
    await put(ports)
    FAILURES.extend(["no"] * 8)
    waits: list[int] = []
    while not (await left(ports))[1]:
        assert await Worker(ports).drain() == 1
        async with ports.unit() as unit:
            rows = await unit.tx.text("SELECT run_at, problem FROM jobs")
        waits.append(rows[0][0] - clock.now())
        clock.advance(seconds=max(waits[-1], 0) / 1000)
    assert len(CALLS) == 8
    assert waits[:4] == [BACK_OFF_MS, BACK_OFF_MS * 2, BACK_OFF_MS * 4, BACK_OFF_MS * 8]
    assert rows[0][1] == "RuntimeError: no"
    assert await Worker(ports).drain() == 0


async def test_a_job_that_has_more_to_do_runs_in_slices(ports: Ports) -> None:
    await put(ports, slices=3)
    assert await Worker(ports).drain() == 3


async def test_a_claim_whose_worker_died_is_taken_over(ports: Ports) -> None:
    clock = TestClock()
    clock.freeze()
    ports.clock = clock
    await put(ports)
    from tertulia.store.jobs import claim_job

    async with ports.unit() as unit:
        await unit.write()
        assert await claim_job(unit.tx, worker="dead", now=unit.now, until=unit.now + worker_module.CLAIM_MS)
        await unit.commit()
    assert await Worker(ports).drain() == 0
    clock.advance(seconds=worker_module.CLAIM_MS / 1000 + 1)
    assert await Worker(ports).drain() == 1


async def test_two_workers_never_run_the_same_job(ports: Ports) -> None:
    for number in range(20):
        await put(ports, number=number)
    await asyncio.gather(*(Worker(ports).drain() for _ in range(3)))
    assert sorted(int(str(call["number"])) for call in CALLS) == list(range(20))


async def test_a_stop_lets_the_running_job_finish(ports: Ports) -> None:
    await put(ports, slow=1)
    worker = Worker(ports)
    running = asyncio.create_task(worker.run())
    while not CALLS:
        await asyncio.sleep(0.01)
    await worker.stop()
    await asyncio.wait_for(running, 10)
    assert await left(ports) == (0, 0)


async def test_an_unknown_job_is_a_dead_letter_in_the_end_and_stops_nobody(ports: Ports) -> None:
    async with ports.unit() as unit:
        await unit.write()
        await unit.later("nobody.knows")
        await unit.commit()
    await put(ports)
    await Worker(ports).drain()
    assert len(CALLS) == 1
