"""Blobs: bytes under a key that names their content, so that one key never has two contents.

Keys are made by the forum and checked again here. What a blob belongs to is in the database.
Read next: `local.py`, `s3.py`.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import IO, Protocol

import msgspec

PIECE = 262_144
_KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,99}(/[A-Za-z0-9][A-Za-z0-9_-]{0,99}){0,8}(\.[a-z0-9]{1,20})?")


class BlobsFailed(Exception):
    """The place where blobs lie does not take or give them: full, not reached, not allowed."""


class BlobMissing(Exception):
    """There is no blob under this key."""


class BlobEntry(msgspec.Struct, frozen=True):
    """One blob of a list, and when it was put there last (ms)."""

    key: str
    changed_at: int


class Blobs(Protocol):
    """Keeps blobs. Every method raises BlobsFailed, and ValueError for a key that is not well formed."""

    async def put(self, key: str, source: IO[bytes], *, content_type: str, inline: bool) -> None:
        """Stores all of `source`, from its start. After it nobody ever reads less than the whole.

        What is there already is put again, and counts as new. `inline` False: browsers shall save it."""
        ...

    def read(self, key: str, *, start: int, end: int) -> AsyncIterator[bytes]:
        """The bytes from `start` to before `end`, in pieces. Raises BlobMissing at the first."""
        ...

    async def delete(self, key: str) -> None:
        """Removes the blob; nothing happens when there is none."""
        ...

    def walk(self, prefix: str) -> AsyncIterator[BlobEntry]:
        """Every blob below a folder such as `original/3X/a`."""
        ...

    def public_url(self, key: str) -> str | None:
        """Where browsers find the blob without asking the forum; None where they must ask it."""
        ...


def check_key(key: str) -> str:
    """The key itself. Raises ValueError for one that could name anything outside the store."""
    if len(key) > 400 or not _KEY.fullmatch(key):
        raise ValueError(f"no key of a blob: {key[:60]!r}")
    return key


async def read_all(blobs: Blobs, key: str, *, most: int) -> bytes:
    """A whole blob of at most `most` bytes; more is cut off. Raises BlobMissing, BlobsFailed."""
    return b"".join([piece async for piece in blobs.read(key, start=0, end=most)])
