"""Sliding windows in this process, as upstream counts them; `redis.py` does the same for several processes.

A limit of up to 500 keeps its moments and is exact. A larger one counts per slice, of which 144 make a window: never
more than the limit pass in any window, and room comes back up to a 144th of the window later than by exact moments.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Sequence
from typing import Protocol

from tertulia.backends.base import Count, Limit

KEPT_KEYS = 50_000  # some 25 MB at 50 moments each; the least recently seen go first
MOST_MOMENTS = 500
SLICES = 144  # ten minutes of a day


class Window(Protocol):
    """The recent moments of one key."""

    most: int

    def wait(self, now: int) -> int: ...

    def left(self) -> int: ...

    def add(self, now: int) -> None: ...

    def take_back(self) -> None: ...


class Moments:
    """Every moment, one more than the limit, so that a moment that is taken back pushed nothing out."""

    __slots__ = ("moments", "most", "window")

    def __init__(self, most: int, window: int) -> None:
        self.most = most
        self.window = window
        self.moments: deque[int] = deque(maxlen=most + 1)

    def wait(self, now: int) -> int:
        """0, or ms until the limit's newest moments no longer lie all within the window. Forgets what is too old."""
        moments, past = self.moments, now - self.window
        while moments and moments[0] <= past:
            moments.popleft()
        return moments[-self.most] - past if len(moments) >= self.most else 0

    def left(self) -> int:
        return max(self.most - len(self.moments), 0)

    def add(self, now: int) -> None:
        self.moments.append(now)

    def take_back(self) -> None:
        if self.moments:
            self.moments.pop()


class Slices:
    """How many moments each slice of time holds. A slice counts until its last moment is out of the window."""

    __slots__ = ("counts", "most", "newest", "oldest", "total", "width", "window")

    def __init__(self, most: int, window: int) -> None:
        self.most = most
        self.window = window
        self.width = slice_width(window)
        self.counts: dict[int, int] = {}
        self.total = 0
        self.newest = self.oldest = 0  # slices; nothing is older than `oldest`

    def wait(self, now: int) -> int:
        edge = (now - self.window) // self.width
        if self.oldest < edge:
            self._forget(edge)
        if self.total < self.most:
            return 0
        found = 0
        for index in reversed(self.counts):
            found += self.counts[index]
            if found >= self.most:
                return (index + 1) * self.width + self.window - now
        return 0

    def _forget(self, edge: int) -> None:
        counts = self.counts
        while counts and (oldest := next(iter(counts))) < edge:
            self.total -= counts.pop(oldest)
        self.oldest = next(iter(counts), edge)

    def left(self) -> int:
        return max(self.most - self.total, 0)

    def add(self, now: int) -> None:
        # A clock that went back counts in the newest slice, so that slices stay in order.
        index = now // self.width
        if index < self.newest and self.counts:
            index = self.newest
        self.newest = index
        self.counts[index] = self.counts.get(index, 0) + 1
        self.total += 1

    def take_back(self) -> None:
        newest = next(reversed(self.counts), None)
        if newest is None:
            return
        self.total -= 1
        self.counts[newest] -= 1
        if not self.counts[newest]:
            del self.counts[newest]


def slice_width(window: int) -> int:
    """How long a slice of a window lasts, in ms."""
    return -(-window // SLICES)


class SlidingWindows:
    """Counts per key, in this process; at most `kept` keys, of which the least recently seen are forgotten first."""

    def __init__(self, *, kept: int = KEPT_KEYS) -> None:
        self._windows: OrderedDict[tuple[str, str], Window] = OrderedDict()
        self._kept = kept

    async def count(self, limits: Sequence[Limit], *, now: int, back: Sequence[Limit] = ()) -> list[Count]:
        """Counts one moment in all of the limits, in one step."""
        return self.count_now(limits, now=now, back=back)

    def count_now(self, limits: Sequence[Limit], *, now: int, back: Sequence[Limit] = ()) -> list[Count]:
        """`count` for callers that have no loop to wait in."""
        for limit in back:
            self._take_back(limit)
        known, found, waits, passes = self._windows, [], [], True
        for limit in limits:  # one loop and no calls that can be spared: this is on the way of every request
            place = (limit.name, limit.key)
            window = known.get(place)
            if window is None or window.most != limit.most:
                window = self._make(place, limit)
            else:
                known.move_to_end(place)
            found.append(window)
            wait = window.wait(now)
            waits.append(wait)
            passes = passes and not wait
        for limit, window in zip(limits, found, strict=True):
            if passes or limit.aggressive:
                window.add(now)
        return [Count(wait, window.left()) for wait, window in zip(waits, found, strict=True)]

    async def take_back(self, limits: Sequence[Limit]) -> None:
        """Uncounts the newest moment of each (source: upstream takes admin API calls out of the IP limits)."""
        for limit in limits:
            self._take_back(limit)

    async def hit(self, name: str, key: str, *, limit: int, window: int, now: int) -> int:
        """Counts one in a single aggressive limit and answers 0, or the ms to wait while it is full."""
        return self.count_now((Limit(name, key, limit, window, True),), now=now)[0].wait

    def _make(self, place: tuple[str, str], limit: Limit) -> Window:
        made = Moments if limit.most <= MOST_MOMENTS else Slices
        window = self._windows[place] = made(limit.most, limit.window)
        if len(self._windows) > self._kept:
            self._windows.popitem(last=False)
        self._windows.move_to_end(place)
        return window

    def _take_back(self, limit: Limit) -> None:
        window = self._windows.get((limit.name, limit.key))
        if window is not None:
            window.take_back()

    async def close(self) -> None:
        self._windows.clear()
