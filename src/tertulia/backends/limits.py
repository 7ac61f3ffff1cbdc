"""Sliding windows in this process: the last N moments per key, as upstream counts them."""

from __future__ import annotations

from collections import OrderedDict, deque

KEPT_KEYS = 50_000  # some 25 MB at 50 moments each; the least recently seen go first


class SlidingWindows:
    """Counts per key. A window is full when its N newest moments all lie within it."""

    def __init__(self, *, kept: int = KEPT_KEYS) -> None:
        self._moments: OrderedDict[tuple[str, str], deque[int]] = OrderedDict()
        self._kept = kept

    async def hit(self, name: str, key: str, *, limit: int, window: int, now: int) -> int:
        """Counts one request and answers 0, or the ms to wait when the window is full.

        Refused requests count too, so that hammering keeps the window full (source: upstream's IP limits)."""
        moments = self._moments.get((name, key))
        if moments is None or moments.maxlen != limit + 1:
            # One more than the limit, so that a request that is taken back pushed nothing out.
            moments = self._moments[name, key] = deque(maxlen=limit + 1)
            if len(self._moments) > self._kept:
                self._moments.popitem(last=False)
        else:
            self._moments.move_to_end((name, key))
        age = now - moments[-limit] if len(moments) >= limit else window
        moments.append(now)
        return max(window - age, 0)

    async def take_back(self, name: str, key: str) -> None:
        """Uncounts the newest request (source: upstream takes admin API calls back out of the IP limits)."""
        moments = self._moments.get((name, key))
        if moments:
            moments.pop()

    async def close(self) -> None:
        self._moments.clear()
