"""Parts of answers that many readers share, or one reader asks for again, kept until something in them changes.

The same rules as for whole answers (`freshness.py`, `changes.py`): stamped before they are read, never kept longer
than a minute, bounded in bytes. Who asks must have looked first. Why: docs/decisions/0014.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from typing import Any

import msgspec

from tertulia.store.freshness import NOBODY, Freshness

MOST_MS = 60_000  # as long as whole answers
SITE = -1  # as a topic: what neither a topic nor the lists show, such as who somebody is
_OVERHEAD = 1_000  # bytes of an entry beside what it holds


class Reach(msgspec.Struct, frozen=True):
    """What ends a fragment beside what ends everything: a topic, NO_TOPIC for lists, SITE for neither; a person."""

    topic_id: int = SITE
    user_id: int = NOBODY


class _Entry(msgspec.Struct):
    value: Any
    reach: Reach
    position: int
    expires: int
    size: int


class Fragments:
    """The fragments of one process, at most `most_bytes`; those not asked for the longest go first."""

    def __init__(self, freshness: Freshness, *, most_bytes: int) -> None:
        self._freshness = freshness
        self._most = most_bytes
        self._entries: OrderedDict[Hashable, _Entry] = OrderedDict()
        self._bytes = 0

    def find(self, key: Hashable, *, now: int) -> tuple[Any, int] | None:
        """What was kept under the key, and until when (ms) it may be shown; None where nothing holds.

        Whoever calls has looked (`Freshness.look`) since their request came."""
        entry = self._entries.get(key)
        if entry is None:
            return None
        reach = entry.reach
        if now >= entry.expires or not self._freshness.holds(entry.position, reach.topic_id, reach.user_id):
            self._drop(key)
            return None
        self._entries.move_to_end(key)
        return entry.value, entry.expires

    def keep(self, key: Hashable, value: Any, *, reach: Reach, position: int, expires: int, size: int) -> None:
        """Keeps what was read after a look at `position`; `size` is what it holds in memory, in bytes."""
        size += _OVERHEAD
        if size > self._most // 8:
            return
        self._drop(key)
        self._entries[key] = _Entry(value, reach, position, expires, size)
        self._bytes += size
        self._shrink()

    def weigh(self, key: Hashable, size: int) -> None:
        """Says how large a fragment has become since it was kept."""
        entry = self._entries.get(key)
        if entry is not None:
            self._bytes += size + _OVERHEAD - entry.size
            entry.size = size + _OVERHEAD
            self._shrink()

    def _shrink(self) -> None:
        while self._bytes > self._most:
            self._drop(next(iter(self._entries)))

    def _drop(self, key: Hashable) -> None:
        gone = self._entries.pop(key, None)
        if gone is not None:
            self._bytes -= gone.size
