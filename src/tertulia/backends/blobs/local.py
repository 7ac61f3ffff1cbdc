"""Blobs as files: written beside their place, synced, and renamed into it, so that no half of one is ever seen."""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import IO, TypeVar

from tertulia.backends.blobs.base import PIECE, BlobEntry, BlobMissing, BlobsFailed, check_key

_TEMPORARY = "incoming"
_STALE_SECONDS = 86_400
_LOG = logging.getLogger("tertulia.blobs")
ResultT = TypeVar("ResultT")


class LocalBlobs:
    """Files below `folder`, which is made when the first is put."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def put(self, key: str, source: IO[bytes], *, content_type: str, inline: bool) -> None:
        path = self._path(key)
        await _thread(lambda: self._put(path, source))

    async def read(self, key: str, *, start: int, end: int) -> AsyncIterator[bytes]:
        path = self._path(key)
        file = await _thread(lambda: _open(path, start))
        try:
            while start < end:
                wanted = min(PIECE, end - start)
                piece = await _thread(partial(file.read, wanted))
                if not piece:
                    return
                start += len(piece)
                yield piece
        finally:
            file.close()

    async def delete(self, key: str) -> None:
        path = self._path(key)
        await _thread(lambda: path.unlink(missing_ok=True))

    async def walk(self, prefix: str) -> AsyncIterator[BlobEntry]:
        folder = self._path(prefix)
        for entry in await _thread(lambda: self._entries(folder)):
            yield entry

    def public_url(self, key: str) -> str | None:
        return None

    def _path(self, key: str) -> Path:
        return self.folder / check_key(key)

    def _put(self, path: Path, source: IO[bytes]) -> None:
        incoming = self.folder / _TEMPORARY
        incoming.mkdir(parents=True, exist_ok=True)
        source.seek(0)
        handle, name = tempfile.mkstemp(dir=incoming)
        try:
            with os.fdopen(handle, "wb") as target:
                shutil.copyfileobj(source, target, PIECE)
                target.flush()
                os.fsync(target.fileno())
            # Made for one reader, now for whoever may read the data directory: a web server in front, a backup.
            Path(name).chmod(0o644)
            self._make_folder(path.parent)
            Path(name).replace(path)
            _sync_folder(path.parent)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise

    def _make_folder(self, folder: Path) -> None:
        """With every folder above it on disk: a file in a folder that a power cut takes away is lost as well."""
        if folder.is_dir() or folder == self.folder:
            return
        self._make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        _sync_folder(folder.parent)

    def _entries(self, folder: Path) -> list[BlobEntry]:
        self._drop_stale()
        found: list[BlobEntry] = []
        for parent, _, names in os.walk(folder):
            for name in names:
                path = Path(parent) / name
                with suppress(FileNotFoundError):
                    at = path.stat().st_mtime_ns // 1_000_000
                    found.append(BlobEntry(path.relative_to(self.folder).as_posix(), at))
        return sorted(found, key=lambda entry: entry.key)

    def _drop_stale(self) -> None:
        """What a killed process left half-written goes after a day."""
        incoming = self.folder / _TEMPORARY
        if not incoming.is_dir():
            return
        for path in incoming.iterdir():
            with suppress(FileNotFoundError):
                changed = path.stat().st_mtime
                # Against the folder's own clock: the one that the file was stamped with.
                if _now_of(incoming) - changed > _STALE_SECONDS:
                    path.unlink()


def _now_of(folder: Path) -> float:
    with tempfile.TemporaryFile(dir=folder) as probe:
        return os.fstat(probe.fileno()).st_mtime


def _open(path: Path, start: int) -> IO[bytes]:
    try:
        file = path.open("rb")
    except (FileNotFoundError, NotADirectoryError):
        raise BlobMissing(path.name) from None
    file.seek(start)
    return file


def _sync_folder(folder: Path) -> None:
    """A new name lasts only once its folder is on disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


async def _thread(work: Callable[[], ResultT]) -> ResultT:
    try:
        return await asyncio.get_running_loop().run_in_executor(None, work)
    except OSError as problem:
        kind = errno.errorcode.get(problem.errno or 0, "unknown")
        _LOG.error("the directory of uploads does not work", extra={"facts": {"problem": kind}})
        raise BlobsFailed(kind) from problem
