"""Trouble on demand: commits that fail or take their time, to see what a client makes of it."""

from __future__ import annotations

import asyncio
from typing import Any

from tertulia.store.engine.base import Database, Reading, Tx, Writing


class CommitFailed(Exception):
    """What a planned failure raises: the disk is full, the server went away."""


class _Writing:
    def __init__(self, inner: Writing, faults: Faults) -> None:
        self.inner = inner
        self.faults = faults
        self.tx: Tx = inner.tx

    async def commit(self) -> None:
        seconds, problem = self.faults.take()
        if seconds:
            await asyncio.sleep(seconds)
        if problem is not None:
            await self.inner.roll_back()
            raise problem
        await self.inner.commit()

    async def roll_back(self) -> None:
        await self.inner.roll_back()


class Faults:
    """The forum's database with planned trouble. What fails is undone in full, as a failing commit would be."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._failures: list[Exception] = []
        self._delays: list[float] = []
        self.engine = database.engine

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

    def take(self) -> tuple[float, Exception | None]:
        """What is planned for the commit that comes now."""
        delay = self._delays.pop(0) if self._delays else 0.0
        return delay, self._failures.pop(0) if self._failures else None

    # -- the database -----------------------------------------------------------------------------
    async def write(self) -> Writing:
        return _Writing(await self._database.write(), self)

    def read(self) -> Reading:
        return self._database.read()

    async def open(self) -> None:
        await self._database.open()

    async def close(self) -> None:
        await self._database.close()

    async def version(self) -> str | None:
        return await self._database.version()

    async def create(self, statements: Any) -> None:
        await self._database.create(statements)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._database, name)
