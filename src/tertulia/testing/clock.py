"""A clock that tests set."""

from __future__ import annotations

import time


class TestClock:
    """Runs from the machine's time on, plus an offset, or stands still once `freeze` was called.

    Never runs backwards, even where the machine's clock is put back: a job that is due stays due."""

    __test__ = False  # not a test class for pytest

    def __init__(self) -> None:
        self._began = time.time_ns() - time.monotonic_ns()
        self._offset = 0
        self._frozen: int | None = None

    def now(self) -> int:
        """Milliseconds since the epoch."""
        if self._frozen is not None:
            return self._frozen
        return (self._began + time.monotonic_ns()) // 1_000_000 + self._offset

    @property
    def moved(self) -> tuple[int, int | None]:
        """Changes whenever a test sets the clock."""
        return self._offset, self._frozen

    def advance(self, *, seconds: float = 0, minutes: float = 0, hours: float = 0, days: float = 0) -> None:
        """Moves on at once."""
        ms = round((seconds + 60 * (minutes + 60 * (hours + 24 * days))) * 1000)
        if self._frozen is not None:
            self._frozen += ms
        self._offset += ms

    def freeze(self, at: int | None = None) -> None:
        """Stands still at `at` (ms), or at this moment."""
        self._frozen = self.now() if at is None else at
