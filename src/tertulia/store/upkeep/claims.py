"""Who loads: a claim that ends with its process, however that ends, so that nobody mends what is still being loaded.

Any number of loads hold it at once; who mends must be alone. On SQLite it is a lock on an empty file beside the
forum's, on PostgreSQL one that lasts as long as a connection.
"""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator

from tertulia.store.engine import Database
from tertulia.store.engine.query import SQLITE

_KEY = "hashtextextended('tertulia loads ' || current_schema(), 0)"
_PAUSE = 0.05  # seconds


@contextlib.asynccontextmanager
async def loading(database: Database) -> AsyncIterator[None]:
    """Holds the claim; waits for whoever mends."""
    if database.engine == SQLITE:
        async with _of_file(database, "SELECT 1 FROM sqlite_master", wait=True):
            yield
        return
    async with _of_server(database, f"SELECT pg_advisory_lock_shared({_KEY})"):
        yield


@contextlib.asynccontextmanager
async def mending(database: Database) -> AsyncIterator[bool]:
    """True while nobody loads, and until the end nobody begins to; False, at once, where somebody does."""
    if database.engine == SQLITE:
        async with _of_file(database, "BEGIN EXCLUSIVE", wait=False) as is_held:
            yield is_held
        return
    async with _of_server(database, f"SELECT pg_try_advisory_lock({_KEY})") as is_held:
        yield is_held


@contextlib.asynccontextmanager
async def _of_file(database: Database, statement: str, *, wait: bool) -> AsyncIterator[bool]:
    """A lock as SQLite has it; who only reads shares it with others who do."""
    from tertulia.store.engine.sqlite import SqliteDatabase

    path = database.path if isinstance(database, SqliteDatabase) else ""
    if not path or path.startswith((":", "file:")):  # in memory: nobody else can know it
        yield True
        return
    connection = sqlite3.connect(f"{path}-loads", isolation_level=None, timeout=0)
    try:
        if not statement.startswith("BEGIN"):
            connection.execute("BEGIN")
        while wait and not _runs(connection, statement):
            await asyncio.sleep(_PAUSE)
        yield wait or _runs(connection, statement)
    finally:
        connection.close()


def _runs(connection: sqlite3.Connection, statement: str) -> bool:
    try:
        connection.execute(statement).fetchall()
    except sqlite3.OperationalError as problem:
        if "locked" not in str(problem):
            raise
        return False
    return True


@contextlib.asynccontextmanager
async def _of_server(database: Database, statement: str) -> AsyncIterator[bool]:
    from tertulia.store.engine.postgres import PostgresDatabase

    assert isinstance(database, PostgresDatabase)
    connection = await database.connect()
    try:
        yield await connection.fetchval(statement) is not False
    finally:
        await connection.close()
