"""SQLite's connections: whatever opens one while another one closes gets it."""

from __future__ import annotations

import contextlib
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tertulia.store.engine.sqlite import IDLE_CONNECTIONS, SqliteDatabase


@pytest.mark.anyio
async def test_threads_that_open_connections_while_others_close_theirs_are_never_refused(tmp_path: Path) -> None:
    database = SqliteDatabase(tmp_path / "forum.db", synchronous="OFF")
    await database.open()

    def search(turns: int) -> int:
        for _ in range(turns):
            connection = database.thread_connection()
            assert connection.execute("SELECT count(*) FROM sqlite_schema").fetchone() == (0,)
            connection.close()
        return turns

    # Without patience a fifth of these are told that the database is locked.
    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(search, [100] * 6)) == 600
    await database.close()


@pytest.mark.anyio
async def test_the_loops_own_connections_never_wait_in_sqlite(tmp_path: Path) -> None:
    database = SqliteDatabase(tmp_path / "forum.db", synchronous="OFF")
    await database.open()
    for connection in (database.writer, database.reader):
        assert connection.execute("PRAGMA busy_timeout").fetchone() == (0,)
    await database.close()


@pytest.mark.anyio
async def test_work_in_threads_takes_up_a_connection_that_was_left_and_reads_what_was_committed_since(
    tmp_path: Path,
) -> None:
    database = SqliteDatabase(tmp_path / "forum.db", synchronous="OFF")
    await database.open()
    database.writer.execute("CREATE TABLE words (word TEXT)")
    with database.reading_in_thread() as first:
        assert first.execute("SELECT count(*) FROM words").fetchone() == (0,)
        with database.reading_in_thread() as beside:
            assert beside is not first
        with pytest.raises(sqlite3.OperationalError):
            first.execute("INSERT INTO words VALUES ('a')")
    database.writer.execute("INSERT INTO words VALUES ('a')")
    with database.reading_in_thread() as again:
        assert again in (first, beside)
        assert again.execute("SELECT count(*) FROM words").fetchone() == (1,)
    await database.close()


@pytest.mark.anyio
async def test_few_connections_are_left_open_and_none_after_the_database_was_closed(tmp_path: Path) -> None:
    database = SqliteDatabase(tmp_path / "forum.db", synchronous="OFF")
    await database.open()
    with contextlib.ExitStack() as stack:
        used = [stack.enter_context(database.reading_in_thread()) for _ in range(2 * IDLE_CONNECTIONS)]
    assert sum(_is_open(each) for each in used) == IDLE_CONNECTIONS
    with database.reading_in_thread() as last:
        await database.close()
        assert not any(_is_open(each) for each in used if each is not last)
    assert not _is_open(last)


def _is_open(connection: sqlite3.Connection) -> bool:
    try:
        connection.execute("SELECT 1")
    except sqlite3.ProgrammingError:
        return False
    return True
