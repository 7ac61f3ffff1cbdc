"""CPU time of operations in several forums, asked in turns, so that a busy machine is busy for all of them."""

from __future__ import annotations

import statistics
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from bench.growth_forums import GrowthForum
from bench.growth_operations import Operation
from tertulia.store.engine.postgres import PostgresDatabase, PostgresTx
from tertulia.store.engine.sqlite import SqliteTx

_LEAST_SECONDS = 0.02  # per turn: clocks of other processes are coarse
_MOST_CALLS = 20


class Cost(msgspec.Struct, frozen=True, kw_only=True):
    """One operation in one forum: median CPU per request in ms (with the database server's), and statements."""

    milliseconds: float
    statements: float


class Statements:
    """Counts the statements of this process from now on."""

    def __init__(self) -> None:
        self.count = 0
        for kind in (SqliteTx, PostgresTx):
            for name in ("all", "one", "run", "many", "copy", "text"):
                setattr(kind, name, self._counted(getattr(kind, name)))

    def _counted(self, run: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def counting(*arguments: Any, **values: Any) -> Any:
            self.count += 1
            return await run(*arguments, **values)

        return counting


class _Clock:
    """CPU seconds of this process and of those that serve the forum's database connections."""

    def __init__(self, backends: Sequence[int]) -> None:
        self.backends = [Path(f"/proc/{each}/schedstat") for each in backends]

    def read(self) -> float:
        spent = time.process_time()
        for path in self.backends:
            if path.exists():
                spent += int(path.read_text().split()[0]) / 1e9
        return spent


async def _clock_of(forum: GrowthForum) -> _Clock:
    database = forum.ports.database
    if not isinstance(database, PostgresDatabase):
        return _Clock(())
    async with database.pool.acquire() as connection:
        rows = await connection.fetch("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")
    return _Clock([row[0] for row in rows])


async def measure(
    operations: Mapping[str, Operation], forums: Sequence[GrowthForum], *, rounds: int, statements: Statements
) -> dict[str, list[Cost]]:
    """For each operation the costs in the order of the forums. What is measured first alternates."""
    found: dict[str, list[Cost]] = {}
    for name, operation in operations.items():
        for forum in forums:
            await operation(forum)  # statements are compiled and pages are read
        spent: dict[int, list[float]] = {forum.size: [] for forum in forums}
        counted: dict[int, list[float]] = {forum.size: [] for forum in forums}
        for turn in range(rounds):
            for forum in forums if turn % 2 else reversed(forums):
                seconds, ran = await _turn(operation, forum, statements=statements)
                spent[forum.size].append(seconds)
                counted[forum.size].append(ran)
        found[name] = [
            Cost(
                milliseconds=statistics.median(spent[forum.size]) * 1000,
                statements=statistics.median(counted[forum.size]),
            )
            for forum in forums
        ]
    return found


async def _turn(operation: Operation, forum: GrowthForum, *, statements: Statements) -> tuple[float, float]:
    clock, ran = await _clock_of(forum), statements.count
    began, calls, spent = clock.read(), 0, 0.0
    while calls < _MOST_CALLS and spent < _LEAST_SECONDS:
        await operation(forum)
        calls += 1
        spent = clock.read() - began
    return spent / calls, (statements.count - ran) / calls
