"""A write that SQLite itself rolls back (disk full) fails alone: whoever comes next may write."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest

from tertulia.store.engine.sqlite import SqliteDatabase

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("first", [True, False])
async def test_a_full_disk_fails_one_unit_and_leaves_the_turn_to_the_next(tmp_path: Path, first: bool) -> None:
    database = SqliteDatabase(tmp_path / "forum.db", synchronous="OFF")
    await database.open()
    await database.create(["CREATE TABLE things (body TEXT)"])
    pages = database.writer.execute("PRAGMA page_count").fetchone()[0]
    database.writer.execute(f"PRAGMA max_page_count={pages + 3}")
    answered: list[str] = []

    async def small(name: str) -> None:
        writing = await database.write()
        try:
            await writing.tx.text("INSERT INTO things VALUES (?)", name)
            await asyncio.sleep(0)
        except BaseException:
            await writing.roll_back()
            raise
        await writing.commit()
        answered.append(name)

    async def big() -> None:
        writing = await database.write()
        try:
            await asyncio.sleep(0)
            for _ in range(100):
                await writing.tx.text("INSERT INTO things VALUES (?)", "x" * 3000)
        except BaseException:
            await writing.roll_back()
            raise

    before = [] if first else [asyncio.create_task(small("before"))]
    await asyncio.sleep(0)
    with pytest.raises(sqlite3.OperationalError, match="full"):
        await asyncio.wait_for(big(), 5)
    database.writer.execute("PRAGMA max_page_count=100000")
    await asyncio.wait_for(small("after"), 5)
    for task in before:
        await asyncio.wait([task], timeout=5)
        assert task.done()
    kept = [row[0] for row in database.reader.execute("SELECT body FROM things")]
    assert kept == answered
    await asyncio.wait_for(database.close(), 5)
