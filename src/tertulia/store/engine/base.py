"""What a database gives: transactions that run compiled queries. Two makers: `sqlite.py`, `postgres.py`."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from tertulia.store.engine.query import Query
from tertulia.store.engine.targets import Target

Row = Sequence[Any]
Change = tuple[Target, Mapping[str, Any] | None]  # None: rows that are not named one by one
MOST_NAMED = 200


class Tx(Protocol):
    """Runs queries; parameters are named as in the query. On SQLite nothing here suspends."""

    engine: str
    writing: bool
    changed: list[Change]  # what this transaction wrote, for whoever keeps answers

    async def all(self, query: Query, /, **values: Any) -> Sequence[Row]: ...

    async def alone(self, query: Query, /, **values: Any) -> Sequence[Row]:
        """The same for rows that need not be of one moment with what the unit reads otherwise."""
        ...

    async def one(self, query: Query, /, **values: Any) -> Row | None: ...

    async def value(self, query: Query, /, **values: Any) -> Any:
        """The first column of the first row, or None."""
        ...

    async def run(self, query: Query, /, **values: Any) -> int:
        """Changes rows; answers how many."""
        ...

    async def put(self, query: Query, /, **values: Any) -> None:
        """Changes rows of one table; nobody asks how many. Read or counted afterwards, they are changed.

        PostgreSQL sends what was put with the next statement, in one round trip; a fault in it is raised there."""
        ...

    async def many(self, query: Query, rows: Iterable[Mapping[str, Any]], /) -> None:
        """The same change for each of `rows`."""
        ...

    async def copy(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], /) -> None:
        """Inserts many rows of plain values in the order of `columns`, as fast as the engine can."""
        ...

    async def copy_binary(self, table: str, columns: Sequence[str], rows: Sequence[bytes], /) -> None:
        """The same for rows as PostgreSQL's binary COPY spells them; SQLite has no such thing."""
        ...

    async def text(self, sql: str, /, *values: Any) -> Sequence[Row]:
        """Plain SQL in the engine's own words, for what Core cannot say (full text, PRAGMA)."""
        ...


class Reading(Protocol):
    """A read scope. `end` gives the connection back; calling it twice does nothing."""

    tx: Tx

    async def end(self) -> None: ...


class Writing(Protocol):
    """A write scope: exactly one of `commit` and `roll_back` ends it."""

    tx: Tx

    @property
    def committed(self) -> bool:
        """Known when `commit` has ended, whether it returned or raised."""
        ...

    async def commit(self) -> None:
        """Durable when it returns. Shielded from cancellation, which is raised when the outcome is known."""
        ...

    async def roll_back(self) -> None: ...


async def see_through(work: asyncio.Future[None]) -> None:
    """Waits for what goes on whoever waits; a cancellation is raised when it has ended."""
    try:
        await asyncio.shield(work)
    except asyncio.CancelledError:
        await asyncio.wait([work])
        raise


def has_succeeded(work: asyncio.Future[None]) -> bool:
    return work.done() and not work.cancelled() and work.exception() is None


class Database(Protocol):
    """One forum's database."""

    engine: str

    async def open(self) -> None: ...

    async def close(self) -> None: ...

    def read(self) -> Reading:
        """Starts a read scope; no connection is taken before the first query."""
        ...

    async def write(self, after: Reading | None = None) -> Writing:
        """Ends the read scope `after`, waits for the turn to write, then starts a write scope.

        Raises Busy when another process holds the database for longer than the time limit."""
        ...

    async def version(self) -> str | None:
        """The schema version that the database says it has; None when it holds no forum."""
        ...

    async def create(self, statements: Iterable[str]) -> None:
        """Runs the statements that make tables, all or none."""
        ...


class WriteConflict(Exception):
    """A deadlock or serialization failure: the whole unit may be run again."""


class UniqueViolation(Exception):
    """A row with the same unique key exists. `constraint` names it where the engine says so."""

    def __init__(self, constraint: str) -> None:
        super().__init__(constraint)
        self.constraint = constraint
