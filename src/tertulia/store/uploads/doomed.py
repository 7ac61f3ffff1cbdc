"""What nothing uses, and blobs that are about to be deleted: a blob goes only after its row has gone for good.

A blob's key stands in `doomed_blobs` from then on; whoever uploads the same content meanwhile takes it out again.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, Table, and_, delete, exists, or_, select, update

from tertulia.model.uploads import AVATAR, COMPOSER, Thumbnail, Upload
from tertulia.store.engine import Mapper, Query, Tx, among, insert_query, parameter, query
from tertulia.store.schema.categories import categories
from tertulia.store.schema.uploads import (
    doomed_blobs,
    post_uploads,
    upload_thumbnails,
    uploads,
    user_avatars,
    user_uploads,
)
from tertulia.store.schema.users import users

HOUR = 3_600_000
_UPLOAD = Mapper(Upload, uploads)
_THUMBNAIL = Mapper(Thumbnail, upload_thumbnails)
_TEXTS = ((users, users.c.bio_raw), (categories, categories.c.description))


def _unused() -> ColumnElement[bool]:
    return and_(
        or_(uploads.c.purpose == AVATAR, uploads.c.purpose == COMPOSER),
        ~exists().where(post_uploads.c.upload_id == uploads.c.id),
        ~exists().where(user_avatars.c.upload_id == uploads.c.id),
    )


_ORPHANS = query(
    lambda: (
        select(*_UPLOAD.columns)
        .where(
            uploads.c.created_at <= parameter("before"),
            or_(
                uploads.c.retain_hours.is_(None),
                uploads.c.created_at + uploads.c.retain_hours * HOUR <= parameter("now"),
            ),
            _unused(),
        )
        .order_by(uploads.c.created_at, uploads.c.id)
        .limit(parameter("limit"))
    )
)
_THUMBNAILS = query(
    lambda: (
        select(*_THUMBNAIL.columns).where(among(upload_thumbnails.c.upload_id, "ids")).order_by(upload_thumbnails.c.id)
    )
)
_DELETE = query(lambda: delete(uploads).where(among(uploads.c.id, "ids")))
_DELETE_REST: tuple[Query, ...] = (
    query(lambda: delete(upload_thumbnails).where(among(upload_thumbnails.c.upload_id, "ids"))),
    query(lambda: delete(user_uploads).where(among(user_uploads.c.upload_id, "ids"))),
)
_DOOM = insert_query(doomed_blobs, "key", "doomed_at", ignore=True)
_KNOWN = query(lambda: select(uploads.c.sha1).where(among(uploads.c.sha1, "names")))
_WAITING = query(
    lambda: (
        select(doomed_blobs.c.key)
        .where(doomed_blobs.c.deleting_at.is_(None), doomed_blobs.c.doomed_at <= parameter("before"))
        .order_by(doomed_blobs.c.doomed_at, doomed_blobs.c.key)
        .limit(parameter("limit"))
    )
)
_BEING_DELETED = 0  # in `deleting_at`, until the time when the blob was gone stands there
_MARK = query(
    lambda: (
        update(doomed_blobs)
        .where(among(doomed_blobs.c.key, "keys"), doomed_blobs.c.deleting_at.is_(None))
        .values(deleting_at=_BEING_DELETED)
    )
)
_MARKED = query(
    lambda: (
        select(doomed_blobs.c.key)
        .where(among(doomed_blobs.c.key, "keys"), doomed_blobs.c.deleting_at == _BEING_DELETED)
        .order_by(doomed_blobs.c.key)
    )
)
_FINISH = query(
    lambda: (
        update(doomed_blobs)
        .where(among(doomed_blobs.c.key, "keys"), doomed_blobs.c.deleting_at == _BEING_DELETED)
        .values(deleting_at=parameter("now"))
    )
)
_FORGET = query(
    lambda: delete(doomed_blobs).where(
        doomed_blobs.c.doomed_at <= parameter("before"),
        doomed_blobs.c.deleting_at > _BEING_DELETED,
        doomed_blobs.c.deleting_at <= parameter("before"),
    )
)
_SPARE = query(
    lambda: delete(doomed_blobs).where(among(doomed_blobs.c.key, "keys"), doomed_blobs.c.deleting_at.is_(None))
)
_TAKEN = query(
    lambda: select(doomed_blobs.c.key).where(
        among(doomed_blobs.c.key, "keys"),
        or_(doomed_blobs.c.deleting_at == _BEING_DELETED, doomed_blobs.c.deleting_at >= parameter("put_after")),
    )
)


def _mentioning(table: Table, column: ColumnElement[str]) -> Query:
    return query(lambda: select(column).select_from(table).where(column.like("%upload://%")))


_MENTIONS = tuple(_mentioning(table, column) for table, column in _TEXTS)


async def list_orphans(tx: Tx, *, before: int, now: int, limit: int) -> list[Upload]:
    """The oldest uploads for posts and avatars from before a time that neither uses, and that need not be kept."""
    return _UPLOAD.all(await tx.all(_ORPHANS, before=before, now=now, limit=limit))


async def list_texts_with_uploads(tx: Tx) -> list[str]:
    """Raw texts outside posts that name an upload: profiles and descriptions of categories."""
    return [str(row[0]) for statement in _MENTIONS for row in await tx.all(statement)]


async def list_thumbnails_of(tx: Tx, upload_ids: Sequence[int]) -> list[Thumbnail]:
    return _THUMBNAIL.all(await tx.all(_THUMBNAILS, ids=list(upload_ids)))


async def delete_uploads(tx: Tx, upload_ids: Sequence[int]) -> None:
    """The rows of uploads that nothing uses; their blobs must be doomed in the same transaction."""
    for statement in (*_DELETE_REST, _DELETE):
        await tx.run(statement, ids=list(upload_ids))


async def list_known(tx: Tx, names: Collection[str]) -> set[str]:
    """Those of the given `sha1` that an upload has."""
    return {str(row[0]) for row in await tx.all(_KNOWN, names=sorted(set(names)))} if names else set()


async def doom_blobs(tx: Tx, keys: Collection[str], *, now: int) -> None:
    """Says that these blobs are to go."""
    await tx.many(_DOOM, [{"key": key, "doomed_at": now} for key in sorted(set(keys))])


async def list_doomed(tx: Tx, *, before: int, limit: int) -> list[str]:
    """Keys of the blobs that have been waiting for longest."""
    return [str(row[0]) for row in await tx.all(_WAITING, before=before, limit=limit)]


async def mark_deleting(tx: Tx, keys: Collection[str]) -> None:
    """From the commit of this on nobody may take these blobs over, until they are gone."""
    await tx.run(_MARK, keys=sorted(keys))


async def list_deleting(tx: Tx, keys: Collection[str]) -> list[str]:
    """Those of the keys that are marked, and so must be deleted."""
    return [str(row[0]) for row in await tx.all(_MARKED, keys=sorted(keys))]


async def finish_deleting(tx: Tx, keys: Collection[str], *, now: int) -> None:
    """The blobs are gone since a moment before `now`."""
    await tx.run(_FINISH, keys=sorted(keys), now=now)


async def forget_deleted(tx: Tx, *, before: int) -> None:
    """Drops the marks of blobs that were deleted long ago."""
    await tx.run(_FORGET, before=before)


async def spare_blobs(tx: Tx, keys: Collection[str], *, put_after: int) -> bool:
    """Takes blobs that were put again after a time off the list; False when one was deleted since, or is being.

    The deletion comes before the question: on PostgreSQL it waits for whoever is marking the same blobs."""
    await tx.run(_SPARE, keys=sorted(keys))
    return await tx.one(_TAKEN, keys=sorted(keys), put_after=put_after) is None
