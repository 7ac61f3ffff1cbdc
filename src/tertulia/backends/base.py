"""Protocols of the machinery around the core: time, work off the loop, waking workers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol, TypeVar

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


class Limit(NamedTuple):
    """At most `most` moments of `key` in any `window` ms. `name` tells the kinds of limits apart.

    An aggressive limit counts what it refuses as well, so that hammering keeps it full."""

    name: str
    key: str
    most: int
    window: int
    aggressive: bool = False


class Count(NamedTuple):
    """What a limit said: 0 or the ms to wait, and how many more moments it has room for."""

    wait: int
    left: int


class Windows(Protocol):
    """Counts of recent moments per key: in every window of its length a limit lets at most its number pass."""

    async def count(self, limits: Sequence[Limit], *, now: int, back: Sequence[Limit] = ()) -> list[Count]:
        """Takes the newest moment of each of `back` out, then counts one moment in all of `limits`, in one step.

        Limits that are not aggressive count all together or, when any limit is full, not at all."""
        ...

    async def take_back(self, limits: Sequence[Limit]) -> None:
        """Uncounts the newest moment of each."""
        ...

    async def hit(self, name: str, key: str, *, limit: int, window: int, now: int) -> int:
        """Counts one in a single aggressive limit and answers 0, or the ms to wait while it is full."""
        ...

    async def close(self) -> None:
        """Gives back what counting took; nothing is counted afterwards."""
        ...
