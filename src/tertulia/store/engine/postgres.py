"""PostgreSQL over asyncpg: each write unit its own transaction; views read one REPEATABLE READ snapshot."""

from __future__ import annotations

import asyncio
import io
import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tertulia.model.errors import Busy
from tertulia.store.engine.base import (
    MOST_NAMED,
    Change,
    Reading,
    Row,
    Tx,
    UniqueViolation,
    WriteConflict,
    has_succeeded,
    see_through,
)
from tertulia.store.engine.merging import may_join, merge
from tertulia.store.engine.query import POSTGRESQL, Compiled, Query, postgresql_arguments
from tertulia.store.engine.targets import Target, target_of_text

if TYPE_CHECKING:
    import asyncpg

ACQUIRE_SECONDS = 10.0
KEPT_STATEMENTS = 600  # prepared on each connection; more than are usual in a day
_LOG = logging.getLogger("tertulia.store")
_COPY_BEGINS = b"PGCOPY\n\xff\r\n\0" + bytes(8)  # no flags, no more header
_COPY_ENDS = b"\xff\xff"
QUERIES_OF_CONNECTION = 1_000_000  # before it is closed for a fresh one


class PostgresTx:
    """Runs queries on one connection, which a scope acquires at the first query."""

    engine = POSTGRESQL

    def __init__(self, scope: _Scope, *, writing: bool) -> None:
        self.scope = scope
        self.writing = writing
        self.changed: list[Change] = []
        self._pending: list[Compiled] = []  # put, and not sent yet
        self._arguments: list[Any] = []

    async def all(self, query: Query, /, **values: Any) -> Sequence[Row]:
        compiled = query.postgresql()
        if compiled.target is not None:
            self.changed.append((compiled.target, values))
        return await self._fetch(compiled, postgresql_arguments(compiled, values))

    async def alone(self, query: Query, /, **values: Any) -> Sequence[Row]:
        if self.scope.is_begun or self.writing:
            return await self.all(query, **values)
        compiled = query.postgresql()
        return await self.scope.fetch_alone(compiled.text, postgresql_arguments(compiled, values))

    async def one(self, query: Query, /, **values: Any) -> Row | None:
        rows = await self.all(query, **values)
        return rows[0] if rows else None

    async def value(self, query: Query, /, **values: Any) -> Any:
        row = await self.one(query, **values)
        return row[0] if row else None

    async def run(self, query: Query, /, **values: Any) -> int:
        compiled = query.postgresql()
        count = await self._execute(compiled, postgresql_arguments(compiled, values))
        if compiled.target is not None and count:  # what met no row changed nothing
            self.changed.append((compiled.target, values))
        return count

    async def put(self, query: Query, /, **values: Any) -> None:
        compiled = query.postgresql()
        if compiled.target is None or not self.writing:
            raise ValueError("only changes are put")
        self.changed.append((compiled.target, values))
        if self._pending and not may_join(self._pending, compiled):
            await self.flush()
        self._pending.append(compiled)
        self._arguments.extend(postgresql_arguments(compiled, values))

    async def flush(self) -> None:
        """Runs what was put and did not run yet."""
        if self._pending:
            last = self._pending.pop()
            here = len(self._arguments) - len(last.names)
            arguments = self._arguments[here:]
            del self._arguments[here:]
            await self._execute(last, arguments)

    async def _fetch(self, compiled: Compiled, arguments: list[Any]) -> Sequence[Row]:
        connection = await self.scope.connection()
        text, arguments = await self._with_pending(compiled, arguments)
        try:
            rows: Sequence[Row] = await connection.fetch(text, *arguments)
        except Exception as problem:
            raise _translate(problem) from problem
        return rows

    async def _execute(self, compiled: Compiled, arguments: list[Any]) -> int:
        connection = await self.scope.connection()
        text, arguments = await self._with_pending(compiled, arguments)
        try:
            status = await connection.execute(text, *arguments)
        except Exception as problem:
            raise _translate(problem) from problem
        words = status.split()
        return int(words[-1]) if words and words[-1].isdigit() else 0

    async def _with_pending(self, compiled: Compiled, arguments: list[Any]) -> tuple[str, list[Any]]:
        """The statement with what was put before it; what it must see is run first."""
        if not self._pending:
            return compiled.text, arguments
        if not may_join(self._pending, compiled):
            await self.flush()
            return compiled.text, arguments
        pending, before = self._pending, self._arguments
        self._pending, self._arguments = [], []
        return merge(pending, compiled), before + arguments

    async def many(self, query: Query, rows: Iterable[Mapping[str, Any]], /) -> None:
        compiled: Compiled = query.postgresql()
        named = list(rows)
        if not named:
            return
        if len(named) == 1 and self.writing:
            await self.put(query, **named[0])
            return
        if compiled.target is not None:
            few = len(named) <= MOST_NAMED
            self.changed.extend([(compiled.target, row) for row in named] if few else [(compiled.target, None)])
        await self.flush()
        connection = await self.scope.connection()
        try:
            await connection.executemany(compiled.text, [postgresql_arguments(compiled, row) for row in named])
        except Exception as problem:
            raise _translate(problem) from problem

    async def copy(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], /) -> None:
        self.changed.append((Target(table), None))
        await self.flush()
        connection = await self.scope.connection()
        try:
            await connection.copy_records_to_table(table, columns=columns, records=rows)
        except Exception as problem:
            raise _translate(problem) from problem

    async def copy_binary(self, table: str, columns: Sequence[str], rows: Sequence[bytes], /) -> None:
        self.changed.append((Target(table), None))
        await self.flush()
        connection = await self.scope.connection()
        whole = io.BytesIO(b"".join((_COPY_BEGINS, *rows, _COPY_ENDS)))
        try:
            await connection.copy_to_table(table, columns=columns, source=whole, format="binary")
        except Exception as problem:
            raise _translate(problem) from problem

    async def text(self, sql: str, /, *values: Any) -> Sequence[Row]:
        if self.writing and (target := target_of_text(sql)) is not None:
            self.changed.append((target, None))
        await self.flush()
        connection = await self.scope.connection()
        rows: Sequence[Row] = await connection.fetch(sql, *values)
        return rows


def _translate(problem: Exception) -> Exception:
    import asyncpg

    if isinstance(problem, asyncpg.UniqueViolationError):
        return UniqueViolation(str(problem.constraint_name))
    if isinstance(problem, asyncpg.DeadlockDetectedError | asyncpg.SerializationError):
        return WriteConflict(str(problem))
    return problem


_endings: set[asyncio.Future[None]] = set()  # of transactions that read, on their way


def _note_end(ending: asyncio.Future[None]) -> None:
    _endings.discard(ending)
    if not ending.cancelled() and (problem := ending.exception()) is not None:
        # The pool throws a connection away that cannot end its transaction; the reader has what was asked for.
        _LOG.info("a transaction that read could not be ended", extra={"facts": {"problem": str(problem)[:200]}})


class _Scope:
    """A transaction on a pooled connection, begun at the first query."""

    def __init__(self, pool: asyncpg.Pool[Any], *, writing: bool, after: _Scope | None = None) -> None:
        self._pool = pool
        self._writing = writing
        self._after = after  # a read scope, whose connection this one takes over
        self._connection: asyncpg.pool.PoolConnectionProxy[Any] | None = None
        self._ended = False
        self.committed = False
        self._tx = PostgresTx(self, writing=writing)
        self.tx: Tx = self._tx

    @property
    def is_begun(self) -> bool:
        return self._connection is not None

    async def fetch_alone(self, text: str, arguments: Sequence[Any]) -> Sequence[Row]:
        """One statement outside the transaction, which needs no round trips to begin and end it."""
        if self._ended:
            raise RuntimeError("the unit has ended")
        try:
            async with self._pool.acquire(timeout=ACQUIRE_SECONDS) as connection:
                rows: Sequence[Row] = await connection.fetch(text, *arguments)
        except TimeoutError as problem:
            raise Busy(seconds=5) from problem
        return rows

    async def connection(self) -> asyncpg.pool.PoolConnectionProxy[Any]:
        if self._ended:
            raise RuntimeError("the unit has ended")
        if self._connection is None and self._after is not None:
            self._connection = self._after.give_up()
            self._after = None
            if self._connection is not None:
                await self._connection.execute("ROLLBACK; BEGIN")
        if self._connection is None:
            # A time limit makes a task; who finds a free connection needs none.
            limit = None if self._pool.get_idle_size() else ACQUIRE_SECONDS
            try:
                self._connection = await self._pool.acquire(timeout=limit)
            except TimeoutError as problem:
                raise Busy(seconds=5) from problem
            mode = "" if self._writing else " ISOLATION LEVEL REPEATABLE READ READ ONLY"
            await self._connection.execute("BEGIN" + mode)
        return self._connection

    def give_up(self) -> asyncpg.pool.PoolConnectionProxy[Any] | None:
        """Ends the scope without its connection, whose transaction is for the taker to end."""
        self._ended = True
        connection, self._connection = self._connection, None
        return connection

    async def _finish(self, statement: str) -> None:
        if self._after is not None:
            await self._after.end()
        if self._ended:
            return
        self._ended = True
        connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            await connection.execute(statement)
        except Exception as problem:
            raise _translate(problem) from problem
        finally:
            await self._pool.release(connection)

    async def end(self) -> None:
        """Nobody who has only read waits for the end of the transaction: what is read is known already."""
        if self._writing or self._after is not None:
            await self.roll_back()
        elif self._connection is not None and not self._ended:
            ending = asyncio.ensure_future(self._finish("ROLLBACK"))
            _endings.add(ending)
            ending.add_done_callback(_note_end)
        else:
            self._ended = True

    async def commit(self) -> None:
        work = asyncio.ensure_future(self._commit())
        try:
            await see_through(work)
        finally:
            self.committed = has_succeeded(work)

    async def _commit(self) -> None:
        try:
            await self._tx.flush()
        except BaseException:
            await self._finish("ROLLBACK")
            raise
        await self._finish("COMMIT")

    async def roll_back(self) -> None:
        await asyncio.shield(self._finish("ROLLBACK"))


async def _leave_as_it_is(_: asyncpg.Connection[Any]) -> None:
    """Pools run this where they would reset the session; an open transaction they roll back before it."""


class PostgresDatabase:
    """A forum in a PostgreSQL database (or in one schema of it, named in the URL as `?schema=`)."""

    engine = POSTGRESQL

    def __init__(self, url: str, *, pool_size: int = 10, server_settings: Mapping[str, str] | None = None) -> None:
        self.url, _, schema = url.partition("?schema=")
        self.pool_size = pool_size
        self.server_settings = {**(server_settings or {}), **({"search_path": schema} if schema else {})}

    async def open(self) -> None:
        import asyncpg

        # A scope leaves nothing behind but the end of its transaction: a reset would be a round trip for nothing.
        self.pool = await asyncpg.create_pool(
            self.url,
            min_size=1,
            max_size=self.pool_size,
            max_queries=QUERIES_OF_CONNECTION,
            statement_cache_size=KEPT_STATEMENTS,
            max_cached_statement_lifetime=0,
            reset=_leave_as_it_is,
            server_settings=self.server_settings,
            timeout=ACQUIRE_SECONDS,
        )

    async def close(self) -> None:
        await self.pool.close()

    async def connect(self) -> asyncpg.Connection[Any]:
        """A connection outside the pool, for one owner who closes it."""
        import asyncpg

        settings = {str(name): str(value) for name, value in self.server_settings.items()}
        connection: asyncpg.Connection[Any] = await asyncpg.connect(
            self.url, server_settings=settings, timeout=ACQUIRE_SECONDS
        )
        return connection

    def read(self) -> _Scope:
        return _Scope(self.pool, writing=False)

    async def write(self, after: Reading | None = None) -> _Scope:
        return _Scope(self.pool, writing=True, after=after if isinstance(after, _Scope) else None)

    async def version(self) -> str | None:
        async with self.pool.acquire() as connection:
            found = await connection.fetchval("SELECT to_regclass('settings')::text")
            if found is None:
                return None
            value = await connection.fetchval("SELECT value FROM settings WHERE name = 'schema_version'")
            return None if value is None else str(value)

    async def create(self, statements: Iterable[str]) -> None:
        async with self.pool.acquire() as connection, connection.transaction():
            for statement in statements:
                await connection.execute(statement)


async def copy_database(url: str, *, name: str, template: str | None = None) -> None:
    """Makes the database `name` on the server of `url`, as a copy of `template` where one is given."""
    copied = f" TEMPLATE {_quoted(template)}" if template else ""
    await _run_on_server(url, f"CREATE DATABASE {_quoted(name)}{copied}")


async def drop_database(url: str, *, name: str) -> None:
    """Throws the database `name` away, with whoever is connected to it."""
    await _run_on_server(url, f"DROP DATABASE IF EXISTS {_quoted(name)} WITH (FORCE)")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


async def _run_on_server(url: str, statement: str) -> None:
    import asyncpg

    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
