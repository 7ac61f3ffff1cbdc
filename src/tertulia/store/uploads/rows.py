"""Uploads and their smaller pictures, found by id, address or content."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import or_, select, update

from tertulia.model.uploads import Thumbnail, Upload
from tertulia.store.engine import Mapper, Tx, among, insert_query, parameter, query
from tertulia.store.schema.uploads import upload_thumbnails, uploads

_UPLOAD = Mapper(Upload, uploads)
_THUMBNAIL = Mapper(Thumbnail, upload_thumbnails)
_COLUMNS = tuple(name for name in _UPLOAD.names if name != "id")

_INSERT = insert_query(uploads, *_COLUMNS, returning="id")
_INSERT_THUMBNAIL = insert_query(
    upload_thumbnails, "upload_id", "width", "height", "extension", "filesize", ignore=True
)
_FIND = query(lambda: select(*_UPLOAD.columns).where(uploads.c.id == parameter("upload_id")))
_FIND_BY_SHA1 = query(lambda: select(*_UPLOAD.columns).where(uploads.c.sha1 == parameter("sha1", str)))
_FIND_BY_ORIGINAL = query(
    lambda: (
        select(*_UPLOAD.columns)
        .where(uploads.c.original_sha256 == parameter("sha256", str))
        .order_by(uploads.c.id)
        .limit(1)
    )
)
_LIST = query(lambda: select(*_UPLOAD.columns).where(among(uploads.c.sha1, "names")))
_THUMBNAILS = query(
    lambda: (
        select(*_THUMBNAIL.columns)
        .where(among(upload_thumbnails.c.upload_id, "ids"))
        .order_by(upload_thumbnails.c.width.desc(), upload_thumbnails.c.id)
    )
)
_KEEP_LONGER = query(
    lambda: (
        update(uploads)
        .where(
            uploads.c.id == parameter("upload_id"),
            or_(uploads.c.retain_hours.is_(None), uploads.c.retain_hours < parameter("hours")),
        )
        .values(retain_hours=parameter("hours"))
    )
)
_TOUCH = query(
    lambda: update(uploads).where(uploads.c.id == parameter("upload_id")).values(created_at=parameter("now"))
)


async def find_upload(tx: Tx, upload_id: int) -> Upload | None:
    return _UPLOAD.maybe(await tx.one(_FIND, upload_id=upload_id))


async def find_upload_by_sha1(tx: Tx, sha1: str) -> Upload | None:
    return _UPLOAD.maybe(await tx.one(_FIND_BY_SHA1, sha1=sha1))


async def find_upload_by_original(tx: Tx, sha256: str) -> Upload | None:
    """The first upload that was made of a file with this content."""
    return _UPLOAD.maybe(await tx.one(_FIND_BY_ORIGINAL, sha256=sha256))


async def list_uploads_by_sha1(tx: Tx, names: Collection[str]) -> list[Upload]:
    """Those that exist; in no particular order."""
    return _UPLOAD.all(await tx.all(_LIST, names=sorted(set(names)))) if names else []


async def insert_upload(tx: Tx, upload: Upload, thumbnails: Iterable[Thumbnail]) -> Upload:
    """Stores a new upload (its `id` is given by the database) with its thumbnails. Raises UniqueViolation."""
    values = {name: getattr(upload, name) for name in _COLUMNS}
    upload_id = int(await tx.value(_INSERT, **values))
    await tx.many(
        _INSERT_THUMBNAIL,
        [
            {
                "upload_id": upload_id,
                "width": each.width,
                "height": each.height,
                "extension": each.extension,
                "filesize": each.filesize,
            }
            for each in thumbnails
        ],
    )
    found = await find_upload(tx, upload_id)
    if found is None:
        raise LookupError(f"upload {upload_id} was inserted and is not there")
    return found


async def list_thumbnails(tx: Tx, upload_ids: Sequence[int]) -> dict[int, list[Thumbnail]]:
    """By upload id, the largest first."""
    found: dict[int, list[Thumbnail]] = {}
    for each in _THUMBNAIL.all(await tx.all(_THUMBNAILS, ids=list(upload_ids))) if upload_ids else []:
        found.setdefault(each.upload_id, []).append(each)
    return found


async def keep_longer(tx: Tx, upload_id: int, *, hours: int) -> None:
    """An upload is kept at least so long; a shorter time than it has changes nothing."""
    await tx.run(_KEEP_LONGER, upload_id=upload_id, hours=hours)


async def touch_upload(tx: Tx, upload_id: int, *, now: int) -> None:
    """Its time without use begins anew: somebody has just uploaded it again."""
    await tx.run(_TOUCH, upload_id=upload_id, now=now)
