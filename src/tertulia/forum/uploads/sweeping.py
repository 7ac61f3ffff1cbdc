"""What nobody uses goes: first its row, then, in a job, its bytes; and bytes that never got a row.

Bytes are only deleted after a commit that says so, and whoever uploads the same content meanwhile either takes them
over or is told to try again: `store/uploads/doomed.py`.
"""

from __future__ import annotations

from collections.abc import Sequence

from tertulia.backends.blobs.base import BlobsFailed
from tertulia.forum.unit import Unit
from tertulia.forum.uploads import naming
from tertulia.model.uploads import Upload
from tertulia.store.uploads import doomed as store
from tertulia.store.uploads.rows import touch_upload

DELETE_JOB = "uploads.delete_blobs"
HOUR = 3_600_000
SLICE = 100
_MOST_WALKED = 20_000
_MOST_STRAY = 500  # in one run, which keeps others from writing for a few milliseconds


async def sweep_uploads(unit: Unit) -> None:
    """Dooms up to 100 uploads without use past their time, and bytes without a row in one of 256 folders.

    Every run looks into the next folder, so that all have been looked into after 256 hours."""
    site = unit.site
    if not site.clean_up_uploads:
        return
    before = unit.now - site.clean_orphan_uploads_grace_period_hours * HOUR
    stray = await _list_stray(unit, before=before)
    texts = await store.list_texts_with_uploads(unit.tx)
    named = {name for text in texts for name in naming.find_names(text)}
    await unit.write()
    orphans = await store.list_orphans(unit.tx, before=before, now=unit.now, limit=SLICE)
    for each in orphans:
        if each.sha1 in named:
            await touch_upload(unit.tx, each.id, now=unit.now)
    gone = [each for each in orphans if each.sha1 not in named]
    known = await store.list_known(unit.tx, [sha1 for sha1 in map(_sha1_of, stray) if sha1])
    keys = [*await _keys_of(unit, gone), *(key for key in stray if _sha1_of(key) not in known)]
    await store.delete_uploads(unit.tx, [each.id for each in gone])
    await store.doom_blobs(unit.tx, keys, now=unit.now)
    await store.forget_deleted(unit.tx, before=unit.now - 24 * HOUR)
    if await store.list_doomed(unit.tx, before=unit.now, limit=1):
        await unit.later(DELETE_JOB, unique=DELETE_JOB)


async def _keys_of(unit: Unit, uploads: Sequence[Upload]) -> list[str]:
    by_id = {each.id: each for each in uploads}
    thumbnails = await store.list_thumbnails_of(unit.tx, list(by_id))
    return [
        *(naming.original_key(each.sha1, each.extension) for each in uploads),
        *(naming.thumbnail_key(by_id[each.upload_id].sha1, each) for each in thumbnails),
    ]


async def _list_stray(unit: Unit, *, before: int) -> list[str]:
    """At most 500 keys in the folder whose turn it is that were put long ago and have no row; asked again later."""
    turn = f"{unit.now // HOUR % 256:02x}"
    found: list[str] = []
    await unit.pause()
    try:
        for kind in ("original", "optimized"):
            async for entry in unit.ports.blobs.walk(f"{kind}/3X/{turn[0]}/{turn[1]}"):
                if entry.changed_at < before and len(found) < _MOST_WALKED:
                    found.append(entry.key)
    except BlobsFailed:
        return []
    known = await store.list_known(unit.tx, [sha1 for sha1 in map(_sha1_of, found) if sha1])
    return [key for key in found if _sha1_of(key) not in known][:_MOST_STRAY]


def _sha1_of(key: str) -> str | None:
    name = key.rpartition("/")[2]
    parsed = naming.parse_thumbnail_name(name) or naming.parse_stored_name(name)
    return parsed[0] if parsed else None


async def delete_blobs(unit: Unit, *, keys: Sequence[str] = ()) -> bool:
    """The job: says which doomed bytes go, commits that, and deletes them in its next run. True while there are more.

    A run that was broken off is made again: deleting twice does no harm."""
    if not keys:
        await unit.write()
        chosen = await store.list_doomed(unit.tx, before=unit.now, limit=SLICE)
        if chosen:
            await store.mark_deleting(unit.tx, chosen)
            await unit.later(DELETE_JOB, unique=f"{DELETE_JOB} {chosen[0]}", keys=chosen)
        return len(chosen) == SLICE
    marked = await store.list_deleting(unit.tx, keys)
    await unit.pause()
    for key in marked:
        await unit.ports.blobs.delete(key)
    finished = unit.ports.clock.now()
    await unit.write()
    await store.finish_deleting(unit.tx, marked, now=finished)
    return False
