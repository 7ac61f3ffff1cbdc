"""What must be awaited before an upload's row is written: looking into the file, and putting its bytes where they lie.

Nothing of it has to be undone: bytes that no row names are swept. Read next: `creating.py`, `sweeping.py`.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
from collections.abc import Callable
from functools import partial
from typing import IO, TypeVar

import msgspec

from tertulia.backends.blobs.base import PIECE, BlobsFailed
from tertulia.forum.unit import Unit
from tertulia.forum.uploads.checking import check_extension, check_size
from tertulia.forum.uploads.drawings import NotDrawing, clean_drawing
from tertulia.forum.uploads.kinds import PICTURE_NAMES, PICTURES, content_type, is_harmless, sniff
from tertulia.forum.uploads.naming import clean_filename, extension_of, original_key, thumbnail_key
from tertulia.forum.uploads.pictures import Picture, Small, TooManyPixels, Unreadable, Wish, fit, make_picture
from tertulia.model.errors import StorageFailed, UploadTooManyPixels, UploadUnreadable
from tertulia.model.uploads import CreateUpload, Thumbnail, Upload
from tertulia.store.uploads.rows import find_upload_by_original, find_upload_by_sha1

_TURNS = "uploads.turns"
_AT_ONCE = 2  # pictures decoded at the same time: each may take 160 MB
_SECONDS = 60.0
ResultT = TypeVar("ResultT")


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """A file as it is to be kept: bytes in memory of a picture, else the file itself."""

    upload: Upload
    source: IO[bytes]
    small: tuple[Small, ...] = ()

    @property
    def thumbnails(self) -> tuple[Thumbnail, ...]:
        return tuple(
            Thumbnail(
                id=0, upload_id=0, width=each.width, height=each.height, extension=each.extension,
                filesize=len(each.data),
            )
            for each in self.small
        )  # fmt: skip

    @property
    def keys(self) -> list[str]:
        sha1 = self.upload.sha1
        return [original_key(sha1, self.upload.extension), *(thumbnail_key(sha1, each) for each in self.thumbnails)]


async def prepare_upload(unit: Unit, command: CreateUpload) -> Upload | Made:
    """The upload that has this content already, or the new one, whose bytes lie in their place when this returns.

    Reads and waits, so call it before `unit.write()`. Raises UploadEmpty, UploadTooLarge, UploadExtensionRefused,
    UploadTooManyPixels, UploadUnreadable, StorageFailed."""
    kind, extension, filename = await _classify(unit, command)
    check_extension(unit, extension, purpose=command.purpose)
    check_size(unit, command.size, picture=extension in PICTURE_NAMES)
    original = await unit.ports.offload.thread(lambda: _digest(command.file, hashlib.sha256))
    known = None if command.pasted else await find_upload_by_original(unit.tx, original)
    if known is not None:
        return known
    await unit.pause()  # decoding and storing take their time
    if kind is not None:
        made = await _picture(unit, command, kind=kind, extension=extension, filename=filename)
    elif extension == "svg":
        made = await _drawing(unit, command, filename=filename)
    else:
        made = await _other(unit, command, extension=extension, filename=filename)
    made = msgspec.structs.replace(made, upload=msgspec.structs.replace(made.upload, original_sha256=original))
    same = await find_upload_by_sha1(unit.tx, made.upload.sha1)
    if same is not None and same.sha256 == made.upload.sha256:
        return same
    if same is not None:  # two contents with one SHA-1, which somebody computed on purpose
        other = hashlib.sha1(made.upload.sha256.encode(), usedforsecurity=False).hexdigest()
        made = msgspec.structs.replace(made, upload=msgspec.structs.replace(made.upload, sha1=other))
    await unit.pause()
    await _put(unit, made)
    return made


async def _classify(unit: Unit, command: CreateUpload) -> tuple[str | None, str, str]:
    """The kind of picture that the file begins as, the ending that it is kept under, and its name with that ending."""
    filename = clean_filename(command.filename)
    claimed = extension_of(filename)
    check_size(unit, command.size, picture=claimed in PICTURE_NAMES)
    head = await unit.ports.offload.thread(lambda: _head(command.file))
    found = sniff(head)
    if claimed:
        check_extension(unit, claimed, purpose=command.purpose)
    if found not in PICTURES:
        if found is not None or claimed in PICTURE_NAMES - {"svg"}:
            raise UploadUnreadable()
        return None, claimed, filename
    if claimed == found or {claimed, found} == {"jpg", "jpeg"}:
        return found, claimed, filename
    stem = filename.rpartition(".")[0] if claimed else filename
    return found, found, f"{stem}.{found}"


async def _picture(unit: Unit, command: CreateUpload, *, kind: str, extension: str, filename: str) -> Made:
    site = unit.site
    wish = Wish(
        most_pixels=site.max_image_megapixels * 1_000_000,
        box=(site.max_image_width, site.max_image_height),
        strip=site.strip_image_metadata,
        as_jpeg=command.pasted,
        thumbnails=site.create_thumbnails,
    )
    data = await unit.ports.offload.thread(lambda: _whole(command.file))
    try:
        picture = await in_turn(unit, partial(make_picture, data, kind, wish=wish))
    except TooManyPixels:
        raise UploadTooManyPixels(megapixels=site.max_image_megapixels) from None
    except (Unreadable, TimeoutError):
        raise UploadUnreadable() from None
    if picture.extension != kind:
        extension, filename = picture.extension, f"{filename.rpartition('.')[0]}.{picture.extension}"
    return Made(
        upload=_upload(unit, command, data=picture.data, extension=extension, filename=filename, picture=picture),
        source=io.BytesIO(picture.data),
        small=picture.small,
    )


async def _drawing(unit: Unit, command: CreateUpload, *, filename: str) -> Made:
    data = await unit.ports.offload.thread(lambda: _whole(command.file))
    try:
        cleaned, width, height = await in_turn(unit, partial(clean_drawing, data))
    except (NotDrawing, TimeoutError):
        raise UploadUnreadable() from None
    shown = fit((width, height), (unit.site.max_image_width, unit.site.max_image_height))
    upload = _upload(unit, command, data=cleaned, extension="svg", filename=filename)
    sizes = dict(zip(("width", "height", "thumbnail_width", "thumbnail_height"), (width, height, *shown), strict=True))
    return Made(upload=msgspec.structs.replace(upload, **sizes), source=io.BytesIO(cleaned))


async def _other(unit: Unit, command: CreateUpload, *, extension: str, filename: str) -> Made:
    thread = unit.ports.offload.thread
    upload = _upload(unit, command, data=b"", extension=extension, filename=filename)
    names = {
        "filesize": command.size,
        "sha1": await thread(lambda: _digest(command.file, _sha1)),
        "sha256": await thread(lambda: _digest(command.file, hashlib.sha256)),
    }
    return Made(upload=msgspec.structs.replace(upload, **names), source=command.file)


def _upload(
    unit: Unit, command: CreateUpload, *, data: bytes, extension: str, filename: str, picture: Picture | None = None
) -> Upload:
    shown = picture.shown if picture is not None else (None, None)
    return Upload(
        id=0,
        user_id=unit.actor.user_id or 0,
        purpose=command.purpose,
        original_filename=filename,
        extension=extension,
        filesize=len(data),
        width=picture.width if picture is not None else None,
        height=picture.height if picture is not None else None,
        thumbnail_width=shown[0],
        thumbnail_height=shown[1],
        animated=picture is not None and picture.animated,
        dominant_color=picture.dominant_color if picture is not None else None,
        sha1=hashlib.sha1(data, usedforsecurity=False).hexdigest(),
        sha256=hashlib.sha256(data).hexdigest(),
        original_sha256="",
        retain_hours=None,
        created_at=unit.now,
    )


async def _put(unit: Unit, made: Made) -> None:
    blobs, upload = unit.ports.blobs, made.upload
    sources = [(made.source, upload.extension), *((io.BytesIO(each.data), each.extension) for each in made.small)]
    try:
        for key, (source, extension) in zip(made.keys, sources, strict=True):
            inline = is_harmless(extension)
            await blobs.put(key, source, content_type=content_type(extension), inline=inline)
    except BlobsFailed:
        raise StorageFailed() from None


async def in_turn(unit: Unit, work: Callable[[], ResultT]) -> ResultT:
    """Heavy work in a thread, a few at a time in this process. Raises TimeoutError after a minute of waiting."""
    turns: asyncio.Semaphore = unit.ports.memory.setdefault(_TURNS, asyncio.Semaphore(_AT_ONCE))
    async with asyncio.timeout(_SECONDS), turns:
        return await unit.ports.offload.thread(work)


def _head(file: IO[bytes]) -> bytes:
    file.seek(0)
    return file.read(64)


def _whole(file: IO[bytes]) -> bytes:
    file.seek(0)
    return file.read()


def _sha1() -> hashlib._Hash:
    return hashlib.sha1(usedforsecurity=False)


def _digest(file: IO[bytes], make: Callable[[], hashlib._Hash]) -> str:
    digest = make()
    file.seek(0)
    while piece := file.read(PIECE):
        digest.update(piece)
    return digest.hexdigest()
