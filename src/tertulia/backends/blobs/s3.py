"""Blobs in a bucket of an S3-compatible service. The library is loaded with the first blob.

Requests are signed; a service that does not answer costs at most a few seconds and fails in one clean way.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from functools import partial
from typing import IO, TYPE_CHECKING, TypeVar

import msgspec

from tertulia.backends.blobs.base import PIECE, BlobEntry, BlobMissing, BlobsFailed, check_key

if TYPE_CHECKING:
    from obstore.store import S3Config, S3Store

_SECONDS = 20.0
_PUT_SECONDS = 120.0
_RETRIES = 1
_LOG = logging.getLogger("tertulia.blobs")
ResultT = TypeVar("ResultT")


class Bucket(msgspec.Struct, frozen=True, kw_only=True):
    """Which bucket, and how one gets there. An empty `endpoint` is Amazon's; `prefix` is a folder in the bucket."""

    name: str
    prefix: str = ""
    region: str = "us-east-1"
    endpoint: str = ""
    key_id: str = ""
    secret: str = ""
    public_base: str = ""


class S3Blobs:
    """Blobs in one bucket."""

    def __init__(self, bucket: Bucket) -> None:
        self.bucket = bucket
        self._made: S3Store | None = None

    async def put(self, key: str, source: IO[bytes], *, content_type: str, inline: bool) -> None:
        path = self._path(key)
        source.seek(0)
        attributes: dict[str, str] = {
            "Content-Type": content_type,
            "Cache-Control": "public, max-age=31536000, immutable",
        }
        if not inline:
            attributes["Content-Disposition"] = "attachment"
        store = self._store()
        try:
            await _ask(lambda: store.put_async(path, source, attributes=attributes), seconds=_PUT_SECONDS)
        except BlobMissing as problem:  # of the bucket itself
            raise BlobsFailed("no such bucket") from problem

    async def read(self, key: str, *, start: int, end: int) -> AsyncIterator[bytes]:
        path, store = self._path(key), self._store()
        while start < end:
            stop = min(end, start + 16 * PIECE)
            piece = bytes(await _ask(partial(store.get_range_async, path, start=start, end=stop)))
            if piece:
                yield piece
            if len(piece) < stop - start:
                return
            start = stop

    async def delete(self, key: str) -> None:
        path, store = self._path(key), self._store()
        try:
            await _ask(lambda: store.delete_async(path))
        except BlobMissing:
            return

    async def walk(self, prefix: str) -> AsyncIterator[BlobEntry]:
        path, store = self._path(prefix), self._store()
        pages = store.list(prefix=path, chunk_size=500).__aiter__()
        while True:
            page = await _ask(lambda: _next(pages))
            if page is None:
                return
            for each in page:
                key = str(each["path"]).removeprefix(self._folder())
                yield BlobEntry(key, int(each["last_modified"].timestamp() * 1000))

    def public_url(self, key: str) -> str | None:
        base = self.bucket.public_base.rstrip("/")
        return f"{base}/{self._path(key)}" if base else None

    def _path(self, key: str) -> str:
        return self._folder() + check_key(key)

    def _folder(self) -> str:
        folder = self.bucket.prefix.strip("/")
        return f"{folder}/" if folder else ""

    def _store(self) -> S3Store:
        if self._made is None:
            from obstore.store import S3Store

            bucket = self.bucket
            config: S3Config = {"region": bucket.region, "virtual_hosted_style_request": not bucket.endpoint}
            if bucket.endpoint:
                config["endpoint"] = bucket.endpoint
            if bucket.key_id:
                config |= {"access_key_id": bucket.key_id, "secret_access_key": bucket.secret}
            self._made = S3Store(
                bucket.name,
                config=config,
                client_options={
                    "timeout": timedelta(seconds=_PUT_SECONDS),
                    "connect_timeout": timedelta(seconds=3),
                    "allow_http": bucket.endpoint.startswith("http:"),
                },
                retry_config={"max_retries": _RETRIES, "retry_timeout": timedelta(seconds=5)},
            )
        return self._made


async def _next(pages: AsyncIterator[ResultT]) -> ResultT | None:
    return await anext(pages, None)


async def _ask(work: Callable[[], Awaitable[ResultT]], *, seconds: float = _SECONDS) -> ResultT:
    """Raises BlobMissing, and BlobsFailed for everything else that goes wrong."""
    from obstore.exceptions import BaseError, NotFoundError

    try:
        async with asyncio.timeout(seconds):
            return await work()
    except (NotFoundError, FileNotFoundError) as problem:
        raise BlobMissing(str(problem)[:200]) from problem
    except (BaseError, OSError, TimeoutError) as problem:
        name = type(problem).__name__
        _LOG.error("the bucket of uploads does not work", extra={"facts": {"problem": name}})
        raise BlobsFailed(name) from problem
