"""Giving files back: which bytes an address names, and how a browser is told to treat them."""

from __future__ import annotations

from collections.abc import AsyncIterator

from tertulia.backends.blobs.base import BlobMissing, Blobs, BlobsFailed
from tertulia.forum.unit import Unit
from tertulia.forum.uploads import naming
from tertulia.forum.uploads.kinds import content_type, is_harmless
from tertulia.model.errors import LoginRequired, StorageFailed, UploadMissing
from tertulia.model.uploads import StoredFile, Upload
from tertulia.store.uploads import rows


async def find_file(unit: Unit, name: str) -> StoredFile:
    """What `sha1.png` names. Raises UploadMissing, LoginRequired (where visitors may not fetch what is no picture)."""
    parsed = naming.parse_stored_name(name)
    if parsed is None:
        raise UploadMissing()
    return await _find(unit, *parsed)


async def find_short_file(unit: Unit, name: str) -> StoredFile:
    """The same by the letters of a short address; its ending does not matter (source: upstream)."""
    parsed = naming.parse_short_name(name)
    if parsed is None:
        raise UploadMissing()
    return await _find(unit, parsed[0], None)


async def find_thumbnail_file(unit: Unit, name: str) -> StoredFile:
    """What `sha1_2_690x388.png` names. Raises UploadMissing."""
    parsed = naming.parse_thumbnail_name(name)
    upload = await rows.find_upload_by_sha1(unit.tx, parsed[0]) if parsed is not None else None
    if parsed is None or upload is None:
        raise UploadMissing()
    for each in (await rows.list_thumbnails(unit.tx, [upload.id])).get(upload.id, []):
        if (each.width, each.height, each.extension) == parsed[1:]:
            key = naming.thumbnail_key(upload.sha1, each)
            return _file(unit, upload, key=key, extension=each.extension, filesize=each.filesize)
    raise UploadMissing()


async def _find(unit: Unit, sha1: str, extension: str | None) -> StoredFile:
    upload = await rows.find_upload_by_sha1(unit.tx, sha1)
    if upload is None or extension not in (None, upload.extension):
        raise UploadMissing()
    if unit.site.prevent_anons_from_downloading_files and unit.actor.user is None and not upload.is_image:
        raise LoginRequired()
    key = naming.original_key(upload.sha1, upload.extension)
    return _file(unit, upload, key=key, extension=upload.extension, filesize=upload.filesize)


def _file(unit: Unit, upload: Upload, *, key: str, extension: str, filesize: int) -> StoredFile:
    inline = is_harmless(extension)
    return StoredFile(
        key=key,
        filesize=filesize,
        content_type=content_type(extension),
        filename=upload.original_filename,
        tag=key.rpartition("/")[2].partition(".")[0],
        inline=inline,
        public_url=unit.ports.blobs.public_url(key) if inline else None,
    )


async def read_file(blobs: Blobs, key: str, *, start: int, end: int) -> AsyncIterator[bytes]:
    """The bytes from `start` to before `end`. Needs no unit: whoever sends them slowly holds none.

    Raises UploadMissing where the bytes are gone, StorageFailed where they cannot be had."""
    try:
        async for piece in blobs.read(key, start=start, end=end):
            yield piece
    except BlobMissing:
        raise UploadMissing() from None
    except BlobsFailed:
        raise StorageFailed() from None
