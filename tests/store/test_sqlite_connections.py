"""SQLite's connections: whatever opens one while another one closes gets it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tertulia.store.engine.sqlite import SqliteDatabase


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
