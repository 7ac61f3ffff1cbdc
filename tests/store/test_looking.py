"""One look at what was committed is for all who ask in the same turn of the loop, and for nobody who asks later."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest

from tertulia.store.engine.sqlite import SqliteDatabase
from tertulia.store.freshness import NO_TOPIC, SqliteFreshness
from tests.founded import FoundedFile

pytestmark = pytest.mark.anyio


class Looks:
    """How often a database was asked."""

    def __init__(self, database: SqliteDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count = 0
        ask = database.data_version

        def counted() -> int:
            self.count += 1
            return ask()

        monkeypatch.setattr(database, "data_version", counted)


async def commit_elsewhere(path: Path) -> None:
    """Another process's commit, of something that lists show."""
    other = sqlite3.connect(path)
    with other:
        other.execute("INSERT INTO changes (transaction_id, topic_id, user_id, created_at) VALUES (0, -1, 0, 0)")
    other.close()


async def test_requests_that_were_ready_together_cost_one_look(
    founded_file: FoundedFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = await founded_file.copy(tmp_path / "forum.db")
    await database.open()
    freshness, looks = SqliteFreshness(database), Looks(database, monkeypatch)

    async def ask() -> bool:
        return freshness.look_now()

    assert await asyncio.gather(*(ask() for _ in range(16))) == [True] * 16
    assert looks.count == 1
    await asyncio.gather(*(ask() for _ in range(16)))
    assert looks.count == 2
    await database.close()


async def test_whoever_asks_after_a_commit_learns_of_it(founded_file: FoundedFile, tmp_path: Path) -> None:
    path = tmp_path / "forum.db"
    database = await founded_file.copy(path)
    await database.open()
    freshness = SqliteFreshness(database)
    freshness.look_now()
    for _ in range(3):
        read_at = freshness.position
        assert freshness.holds(read_at, NO_TOPIC)
        await commit_elsewhere(path)
        # Not a task that was ready before the commit: one that begins after it, as a request does that came later.
        await asyncio.create_task(_look(freshness))
        assert not freshness.holds(read_at, NO_TOPIC)
    await database.close()


async def test_a_look_that_failed_is_made_again_by_the_next_who_asks(
    founded_file: FoundedFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "forum.db"
    database = await founded_file.copy(path)
    await database.open()
    freshness = SqliteFreshness(database)
    await asyncio.create_task(_look(freshness))
    read_at = freshness.position
    await commit_elsewhere(path)
    with monkeypatch.context() as broken:
        broken.setattr(freshness, "_learn", lambda rows: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            freshness.look_now()
    assert freshness.look_now()
    assert not freshness.holds(read_at, NO_TOPIC)
    await database.close()


def test_a_loop_that_ended_in_the_middle_of_a_turn_leaves_no_look_behind(tmp_path: Path) -> None:
    path = tmp_path / "forum.db"
    database = asyncio.run(FoundedFile(tmp_path).copy(path))
    asyncio.run(database.open())
    freshness = SqliteFreshness(database)
    asyncio.run(_look(freshness))
    read_at = freshness.position
    asyncio.run(commit_elsewhere(path))
    asyncio.run(_look(freshness))
    assert not freshness.holds(read_at, NO_TOPIC)
    asyncio.run(database.close())


async def _look(freshness: SqliteFreshness) -> None:
    assert freshness.look_now()
