"""Fills that do without indexes, end early or are killed: whatever ends them, the forum is whole afterwards."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tertulia.forum.loading.mending import mend
from tertulia.forum.seeding import filling
from tertulia.forum.seeding.filling import Amount
from tertulia.forum.unit import Ports
from tertulia.store.engine.postgres import PostgresDatabase
from tertulia.store.engine.sqlite import SqliteDatabase
from tertulia.store.reports.kept import find_progress, reach
from tertulia.store.upkeep.aside import find_missing
from tests.forum.seeding.test_filling import AMOUNT, NOW, check_counters, fill, rows

pytestmark = pytest.mark.anyio
CLOSED = "SELECT COUNT(*) FROM topics WHERE closed = 1"
LONG = Amount(users=5, topics=1, posts=500, seed=1, now=NOW)


async def schema(ports: Ports) -> list[tuple[Any, ...]]:
    """Every index and trigger as the database spells it."""
    if ports.database.engine == "sqlite":
        (found,) = await rows(ports, "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name")
        return found
    (indexes, triggers) = await rows(
        ports,
        "SELECT indexname::text, indexdef FROM pg_indexes WHERE schemaname = current_schema() ORDER BY 1",
        "SELECT t.tgname::text, pg_get_triggerdef(t.oid) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
        "WHERE c.relnamespace = current_schema()::regnamespace AND NOT t.tgisinternal ORDER BY 1",
    )
    return indexes + triggers


def place(ports: Ports) -> str:
    if isinstance(ports.database, PostgresDatabase):
        return ports.database.url
    assert isinstance(ports.database, SqliteDatabase)
    return ports.database.path


@contextmanager
def filler(ports: Ports) -> Iterator[subprocess.Popen[bytes]]:
    """A process that put the first 200 posts of a topic of 500 and is still there; killed at the end."""
    command = [sys.executable, "-m", "tests.forum.seeding.filler", place(ports)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None and process.stdout.readline() == b"200\n"
            yield process
        finally:
            process.kill()


async def missing(ports: Ports) -> int:
    async with ports.unit() as unit:
        found = await find_missing(unit.tx)
        return len(found.indexes) + len(found.triggers)


async def mended(ports: Ports) -> int:
    """What is missing after somebody tried to mend."""
    async with ports.unit() as unit:
        await mend(unit)
        await unit.commit()
    return await missing(ports)


async def test_a_fill_without_indexes_ends_as_one_with_them(ports: Ports, monkeypatch: pytest.MonkeyPatch) -> None:
    before = await schema(ports)
    laid: list[int] = []
    monkeypatch.setattr(filling, "_WORTH_INDEXING", 1)
    monkeypatch.setattr(filling, "_ALONE", 100)
    load = filling.load_slice

    async def watch(unit: Any, ready: Any) -> None:
        laid.append(len((await find_missing(unit.tx)).indexes))
        await load(unit, ready)

    monkeypatch.setattr(filling, "load_slice", watch)
    assert (await fill(ports)).complete
    assert len(laid) > 2 and min(laid) > 20
    assert await schema(ports) == before
    await check_counters(ports)
    again = await fill(ports)  # in use by now: every row is indexed as it comes
    assert again.complete and set(laid[-3:]) == {0}
    assert await schema(ports) == before
    await check_counters(ports)


async def test_reports_count_anew_what_was_put_without_marks(ports: Ports, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filling, "_WORTH_INDEXING", 1)
    async with ports.unit() as unit:
        await unit.write()
        await reach(unit.tx, first=1, day=30_000, quarter=30_001 * 96 - 1)
        await unit.tx.text("INSERT INTO report_days (kind, day, count) VALUES ('posts', 20000, 0)")
        await unit.commit()
    await fill(ports)
    async with ports.unit() as unit:
        assert await find_progress(unit.tx) is None
    assert await rows(ports, "SELECT COUNT(*) FROM report_days") == [[(0,)]]


async def test_a_topic_whose_fill_ends_early_is_open(ports: Ports, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filling, "_ALONE", 100)
    filled = await fill(ports, LONG, after=1)
    assert filled.posts == 200 and not filled.complete
    assert await rows(ports, CLOSED) == [[(0,)]]
    await check_counters(ports)


async def test_what_a_killed_fill_left_is_mended(ports: Ports) -> None:
    before = await schema(ports)
    with filler(ports):
        assert await missing(ports) > 20
        assert await rows(ports, CLOSED) == [[(1,)]]
        left = await missing(ports)
        assert await mended(ports) == left  # whoever fills is still at work
        assert await rows(ports, CLOSED) == [[(1,)]]
    assert await mended(ports) == 0
    assert await rows(ports, CLOSED) == [[(0,)]]
    assert await schema(ports) == before
    await check_counters(ports)
    assert await mended(ports) == 0


async def test_the_next_fill_mends_what_a_killed_one_left(ports: Ports) -> None:
    before = await schema(ports)
    with filler(ports):
        pass
    assert (await fill(ports, AMOUNT)).complete
    assert await rows(ports, CLOSED) == [[(0,)]]
    assert await schema(ports) == before
    await check_counters(ports)
