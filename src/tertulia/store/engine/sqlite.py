"""SQLite: point reads inline on the loop, one writer per process, group commit (WAL, synchronous=FULL).

Write units run strictly one after another, each but a batch's first in a savepoint; those that arrive while a commit
runs share the next transaction; nobody is answered before its commit is on disk. Why: docs/decisions/0003.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import sqlite3
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tertulia.model.errors import Busy
from tertulia.store.engine.base import (
    MOST_NAMED,
    Change,
    Reading,
    Row,
    Tx,
    UniqueViolation,
    has_succeeded,
    see_through,
)
from tertulia.store.engine.query import SQLITE, Query, sqlite_arguments
from tertulia.store.engine.targets import Target, target_of_text

BUSY_SECONDS = 10.0
BATCH_UNITS = 64
IDLE_CONNECTIONS = 2  # kept open for work in threads; each remembers at most 16 MB of pages
KEPT_STATEMENTS = 600  # prepared on each connection; more than are usual in a day


class SqliteTx:
    """Runs queries on one connection; nothing suspends."""

    engine = SQLITE

    def __init__(self, connection: sqlite3.Connection, *, writing: bool) -> None:
        self.connection = connection
        self.writing = writing
        self.changed: list[Change] = []

    def _execute(self, query: Query, values: Mapping[str, Any]) -> sqlite3.Cursor:
        compiled = query.sqlite()
        if compiled.target is not None:
            self.changed.append((compiled.target, values))
        try:
            return self.connection.execute(compiled.text, sqlite_arguments(compiled, values))
        except sqlite3.IntegrityError as problem:
            raise _unique(problem) from problem

    async def all(self, query: Query, /, **values: Any) -> Sequence[Row]:
        return self._execute(query, values).fetchall()

    async def alone(self, query: Query, /, **values: Any) -> Sequence[Row]:
        return await self.all(query, **values)

    async def one(self, query: Query, /, **values: Any) -> Row | None:
        cursor = self._execute(query, values)
        row: Row | None = cursor.fetchone()
        cursor.close()
        return row

    async def value(self, query: Query, /, **values: Any) -> Any:
        row = await self.one(query, **values)
        return row[0] if row else None

    async def run(self, query: Query, /, **values: Any) -> int:
        count = self._execute(query, values).rowcount
        if count == 0 and self.writing and query.sqlite().target is not None:
            self.changed.pop()  # it met no row
        return count

    async def put(self, query: Query, /, **values: Any) -> None:
        await self.run(query, **values)

    async def many(self, query: Query, rows: Iterable[Mapping[str, Any]], /) -> None:
        compiled = query.sqlite()
        named = list(rows)
        if not named:
            return
        if compiled.target is not None:
            few = len(named) <= MOST_NAMED
            self.changed.extend([(compiled.target, row) for row in named] if few else [(compiled.target, None)])
        try:
            self.connection.executemany(compiled.text, [sqlite_arguments(compiled, row) for row in named])
        except sqlite3.IntegrityError as problem:
            raise _unique(problem) from problem

    async def copy(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], /) -> None:
        self.changed.append((Target(table), None))
        named = ", ".join(f'"{column}"' for column in columns)
        marks = ", ".join("?" * len(columns))
        # OR FAIL: a row that cannot be put undoes nothing, so that SQLite keeps no journal for each single row, as it
        # does where a table has triggers (seven times slower). The unit is rolled back as a whole anyway.
        try:
            self.connection.executemany(f'INSERT OR FAIL INTO "{table}" ({named}) VALUES ({marks})', rows)
        except sqlite3.IntegrityError as problem:
            raise _unique(problem) from problem

    async def copy_binary(self, table: str, columns: Sequence[str], rows: Sequence[bytes], /) -> None:
        raise TypeError("SQLite reads no rows as PostgreSQL spells them")

    async def text(self, sql: str, /, *values: Any) -> Sequence[Row]:
        if self.writing and (target := target_of_text(sql)) is not None:
            self.changed.append((target, None))
        return self.connection.execute(sql, values).fetchall()


def _unique(problem: sqlite3.IntegrityError) -> Exception:
    found = re.search(r"UNIQUE constraint failed: (.*)", str(problem))
    return UniqueViolation(found.group(1)) if found else problem


class SqliteReading:
    """A read scope: statements see the newest commit each; no transaction is held over an await."""

    def __init__(self, tx: Tx) -> None:
        self.tx = tx

    async def end(self) -> None:
        return None


class SqliteWriting:
    """One unit's turn: a savepoint inside the open batch, which the `first` unit of a batch can do without.

    SQLite copies every page that changes below a savepoint, and walks the copies at the end of many statements."""

    def __init__(self, database: SqliteDatabase, *, first: bool) -> None:
        self.database = database
        self.first = first
        self.committed = False
        self.tx: Tx = SqliteTx(database.writer, writing=True)

    async def commit(self) -> None:
        if not self.first:
            self.database.writer.execute("RELEASE unit")
        done = self.database.leave(joined=True)
        try:
            await see_through(done)
        finally:
            self.committed = has_succeeded(done)

    async def roll_back(self) -> None:
        try:
            self.database.undo(first=self.first)
        finally:
            self.database.leave(joined=False)


class SqliteDatabase:
    """A forum in one file (or, with `path` ":memory:", in memory for tests)."""

    engine = SQLITE

    def __init__(self, path: Path | str, *, synchronous: str = "FULL") -> None:
        self.path = str(path)
        self.synchronous = synchronous
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._held = False
        self._batch: list[asyncio.Future[None]] = []
        self._begun = False
        self._commit: asyncio.Task[None] | None = None
        self._idle: list[sqlite3.Connection] = []
        self._is_open = False

    # -- opening ----------------------------------------------------------------------------------
    async def open(self) -> None:
        # A thread of its own: commits must not queue behind password hashes and searches.
        self._committer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="commit")
        self.writer = self._connect()
        self.reader = self._connect()
        self.reader.execute("PRAGMA query_only=ON")
        for connection in (self.writer, self.reader):
            connection.execute("PRAGMA busy_timeout=0")  # from here on the loop must not stand still
        self._versions = self.reader.cursor()
        self._is_open = True

    def _connect(self) -> sqlite3.Connection:
        uri = self.path.startswith("file:")
        # Where another connection closes at this moment SQLite locks the file for an instant: wait for it.
        connection = sqlite3.connect(
            self.path,
            isolation_level=None,
            check_same_thread=False,
            timeout=BUSY_SECONDS,
            uri=uri,
            cached_statements=KEPT_STATEMENTS,
        )
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute(f"PRAGMA synchronous={self.synchronous}")
        connection.execute("PRAGMA foreign_keys=OFF")
        connection.execute("PRAGMA cache_size=-16000")
        connection.execute("PRAGMA temp_store=MEMORY")
        connection.execute("PRAGMA trusted_schema=OFF")
        return connection

    def thread_connection(self) -> sqlite3.Connection:
        """A read connection of its own for work in a thread; the caller closes it."""
        connection = self._connect()
        connection.execute("PRAGMA query_only=ON")
        return connection

    @contextlib.contextmanager
    def reading_in_thread(self) -> Iterator[sqlite3.Connection]:
        """A read connection for one thread, for as long as the block: one that was used before, if there is any. To
        open one takes longer than to find a word, and a new one has read no page yet."""
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = self.thread_connection()
        try:
            yield connection
        finally:
            self._idle.append(connection)
            self._close_idle(IDLE_CONNECTIONS if self._is_open else 0)

    def _close_idle(self, most: int) -> None:
        while len(self._idle) > most:
            with contextlib.suppress(IndexError):  # another thread was quicker
                self._idle.pop().close()

    async def close(self) -> None:
        """Waits for the running commit, then closes."""
        self._is_open = False
        while self._commit is not None and not self._commit.done():
            await asyncio.wait([self._commit])
        self._committer.shutdown(wait=False)
        self._close_idle(0)
        with contextlib.suppress(sqlite3.Error):
            self.reader.close()
        if self.writer.in_transaction:
            self.writer.rollback()
        self.writer.close()

    def read(self) -> SqliteReading:
        return SqliteReading(SqliteTx(self.reader, writing=False))

    def data_version(self) -> int:
        """Another number whenever any connection of any process has committed since. Costs some microseconds."""
        version: int = self._versions.execute("PRAGMA data_version").fetchone()[0]
        return version

    # -- the turn to write ------------------------------------------------------------------------
    async def write(self, after: Reading | None = None) -> SqliteWriting:
        if after is not None:
            await after.end()
        await self._turn()
        first = not self._begun
        try:
            if first:
                await self._begin()
            else:
                self.writer.execute("SAVEPOINT unit")
        except BaseException:
            self.leave(joined=False)
            raise
        return SqliteWriting(self, first=first)

    async def _turn(self) -> None:
        if not self._held:
            self._held = True
            return
        future = asyncio.get_running_loop().create_future()
        self._waiting.append(future)
        try:
            await future
        except asyncio.CancelledError:
            if future.done() and not future.cancelled():
                self.leave(joined=False)  # the turn was already ours: pass it on
            raise

    async def _begin(self) -> None:
        """BEGIN IMMEDIATE; other processes may hold the lock, so waiting happens off the loop."""
        waited, pause = 0.0, 0.001
        while True:
            try:
                self.writer.execute("BEGIN IMMEDIATE")
                self._begun = True
                return
            except sqlite3.OperationalError as problem:
                if "locked" not in str(problem) and "busy" not in str(problem):
                    raise
                if waited >= BUSY_SECONDS:
                    raise Busy(seconds=5) from problem
            await asyncio.sleep(pause)
            waited += pause
            pause = min(pause * 1.6, 0.05)

    def undo(self, *, first: bool) -> None:
        """Undoes a unit, and with the first its batch, in which nobody else has written.

        Where the disk was full or failed, SQLite has undone the whole batch by itself: all who joined it are told."""
        if self.writer.in_transaction and not first:
            self.writer.execute("ROLLBACK TO unit")
            self.writer.execute("RELEASE unit")
            return
        self._begun = False
        batch, self._batch = self._batch, []
        for done in batch:
            if not done.done():
                done.set_exception(sqlite3.OperationalError("undone with the unit that came after it"))
        if self.writer.in_transaction:
            self.writer.execute("ROLLBACK")

    def leave(self, *, joined: bool) -> asyncio.Future[None]:
        """Ends a unit's turn. A joined unit is answered when its batch is on disk."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if joined:
            self._batch.append(done)
        if self._begun and (not self._awaited() or len(self._batch) >= BATCH_UNITS):
            self._commit = asyncio.create_task(self._finish_batch())
        else:
            self._pass_turn()
        return done

    def _awaited(self) -> bool:
        while self._waiting and self._waiting[0].done():
            self._waiting.popleft()
        return bool(self._waiting)

    def _pass_turn(self) -> None:
        if self._awaited():
            self._waiting.popleft().set_result(None)
        else:
            self._held = False

    async def _finish_batch(self) -> None:
        batch, self._batch = self._batch, []
        problem: BaseException | None = None
        try:
            if batch:
                await asyncio.get_running_loop().run_in_executor(self._committer, self.writer.execute, "COMMIT")
            else:
                self.writer.execute("ROLLBACK")
        except BaseException as failure:
            problem = failure
            with contextlib.suppress(sqlite3.Error):
                self.writer.execute("ROLLBACK")
        self._begun = False
        for done in batch:
            if not done.done():
                if problem is None:
                    done.set_result(None)
                else:
                    done.set_exception(problem)
        self._pass_turn()

    # -- schema -----------------------------------------------------------------------------------
    async def version(self) -> str | None:
        found = self.reader.execute("SELECT 1 FROM sqlite_master WHERE name = 'settings'").fetchone()
        if not found:
            return None
        row = self.reader.execute("SELECT value FROM settings WHERE name = 'schema_version'").fetchone()
        return str(row[0]) if row else None

    async def create(self, statements: Iterable[str]) -> None:
        self.writer.execute("BEGIN IMMEDIATE")
        try:
            for statement in statements:
                self.writer.execute(statement)
            self.writer.execute("COMMIT")
        except BaseException:
            self.writer.execute("ROLLBACK")
            raise
