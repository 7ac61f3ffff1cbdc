"""Protocols of the machinery around the core: time, work off the loop, waking workers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

ResultT = TypeVar("ResultT")


class Clock(Protocol):
    """Time, settable in tests."""

    def now(self) -> int:
        """Milliseconds since the epoch, UTC."""
        ...


class Offload(Protocol):
    """Runs what would block the loop for over 1 ms."""

    async def thread(self, work: Callable[[], ResultT]) -> ResultT:
        """Work that releases the GIL (hashing, full text, compression)."""
        ...


class Wakeup(Protocol):
    """Tells the worker that there is something to do. Losing a call loses latency, never a job."""

    def wake(self) -> None: ...


class Windows(Protocol):
    """Counts of recent moments per key."""

    async def hit(self, name: str, key: str, *, limit: int, window: int, now: int) -> int:
        """Counts one and answers 0, or the ms to wait while the window is full."""
        ...

    async def take_back(self, name: str, key: str) -> None:
        """Uncounts the newest."""
        ...

    async def close(self) -> None:
        """Gives back what counting took; nothing is counted afterwards."""
        ...
