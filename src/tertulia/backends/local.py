"""The embedded makers: the system's clock, threads, an event inside the process."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import TypeVar

ResultT = TypeVar("ResultT")


class SystemClock:
    """The machine's clock."""

    def now(self) -> int:
        return time.time_ns() // 1_000_000


class ThreadOffload:
    """Work in the loop's own thread pool."""

    async def thread(self, work: Callable[[], ResultT]) -> ResultT:
        return await asyncio.get_running_loop().run_in_executor(None, work)


class LocalWakeup:
    """An event that the in-process worker waits for."""

    def __init__(self) -> None:
        self.event = asyncio.Event()

    def wake(self) -> None:
        self.event.set()
