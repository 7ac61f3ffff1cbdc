"""Trouble on demand: commits that fail or take their time, to see what a client makes of it."""

from __future__ import annotations

import asyncio

from tertulia.store.engine.base import Database, Reading, Tx, Writing


class CommitFailed(Exception):
    """What a planned failure raises: the disk is full, the server went away."""


class Faults:
    """What will go wrong. What fails is undone in full, as a failing commit would be."""

    def __init__(self) -> None:
        self._failures: list[Exception] = []
        self._delays: list[float] = []

    def fail_next_commit(self, problem: Exception | None = None, *, times: int = 1) -> None:
        """The next commits (`times` of them, in whichever request or job) fail, with `problem` or CommitFailed."""
        self._failures.extend([problem or CommitFailed("the commit failed, as planned")] * times)

    def slow_next_commit(self, seconds: float) -> None:
        """The next commit takes `seconds` longer."""
        self._delays.append(seconds)

    def clear(self) -> None:
        """No trouble any longer."""
        self._failures.clear()
        self._delays.clear()

    @property
    def pending(self) -> int:
        """How many planned failures have not happened yet."""
        return len(self._failures)

    def _next(self) -> tuple[float, Exception | None]:
        delay = self._delays.pop(0) if self._delays else 0.0
        return delay, self._failures.pop(0) if self._failures else None


class _Writing:
    def __init__(self, inner: Writing, faults: Faults) -> None:
        self._inner = inner
        self._faults = faults
        self.tx: Tx = inner.tx

    @property
    def committed(self) -> bool:
        return self._inner.committed

    async def commit(self) -> None:
        seconds, problem = self._faults._next()
        if seconds:
            await asyncio.sleep(seconds)
        if problem is not None:
            await self._inner.roll_back()
            raise problem
        await self._inner.commit()

    async def roll_back(self) -> None:
        await self._inner.roll_back()


def plan_faults(database: Database, faults: Faults) -> Database:
    """Lets the commits of `database` go wrong as planned. It stays the same object: the store asks for its kind."""
    begin = database.write

    async def write(after: Reading | None = None) -> Writing:
        return _Writing(await begin(after=after), faults)

    vars(database)["write"] = write
    return database
