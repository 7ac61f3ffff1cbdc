"""Blobs in memory, for tests; they can be told to fail."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import IO

from tertulia.backends.base import Clock
from tertulia.backends.blobs.base import PIECE, BlobEntry, BlobMissing, BlobsFailed, check_key


class MemoryBlobs:
    """`kept` holds (bytes, content type, inline, changed at) by key; while `problem` is set, everything fails."""

    def __init__(self, *, clock: Clock) -> None:
        self.kept: dict[str, tuple[bytes, str, bool, int]] = {}
        self.problem: str | None = None
        self.public_base: str | None = None
        self._clock = clock

    async def put(self, key: str, source: IO[bytes], *, content_type: str, inline: bool) -> None:
        self._check(key)
        source.seek(0)
        self.kept[key] = (source.read(), content_type, inline, self._clock.now())

    async def read(self, key: str, *, start: int, end: int) -> AsyncIterator[bytes]:
        self._check(key)
        if key not in self.kept:
            raise BlobMissing(key)
        content = self.kept[key][0][start:end]
        for at in range(0, len(content), PIECE):
            yield content[at : at + PIECE]

    async def delete(self, key: str) -> None:
        self._check(key)
        self.kept.pop(key, None)

    async def walk(self, prefix: str) -> AsyncIterator[BlobEntry]:
        self._check(prefix)
        for key in sorted(self.kept):
            if key.startswith(prefix + "/"):
                yield BlobEntry(key, self.kept[key][3])

    def public_url(self, key: str) -> str | None:
        return None if self.public_base is None else f"{self.public_base}/{key}"

    def _check(self, key: str) -> None:
        check_key(key)
        if self.problem is not None:
            raise BlobsFailed(self.problem)
