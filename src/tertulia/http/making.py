"""One making for all who miss the same kept answer at the same moment.

A write ends answers that many people read; each of those who ask next would otherwise make the same one, at the same
time, in the way of each other. Whose making may be shared is decided in `keeping.py`.
"""

from __future__ import annotations

import asyncio
from typing import Generic, TypeVar

KeptT = TypeVar("KeptT")


class Making(Generic[KeptT]):
    """An answer that somebody makes now, of what is read after a look at `position`.

    `topic_id` and `user_id` say what ends it, as of the answer that stood there before."""

    __slots__ = ("_made", "_over", "position", "topic_id", "user_id")

    def __init__(self, *, position: int, topic_id: int, user_id: int) -> None:
        self.position = position
        self.topic_id = topic_id
        self.user_id = user_id
        self._made: KeptT | None = None
        self._over = asyncio.Event()

    def end(self, made: KeptT | None = None) -> None:
        """Wakes all who wait; what is said first counts. None: it came to nothing that may be given to others."""
        if not self._over.is_set():
            self._made = made
            self._over.set()

    async def wait(self) -> KeptT | None:
        """What was made, once it is."""
        await self._over.wait()
        return self._made
