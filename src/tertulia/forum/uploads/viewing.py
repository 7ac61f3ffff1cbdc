"""Uploads with their addresses, found by the addresses that people and posts write."""

from __future__ import annotations

from collections.abc import Collection

from tertulia.forum.unit import Unit
from tertulia.forum.uploads import naming
from tertulia.forum.uploads.kinds import is_harmless
from tertulia.model.errors import UploadMissing
from tertulia.model.uploads import Thumbnail, Upload, UploadView
from tertulia.store.uploads import rows

MOST_LOOKED_UP = 500


async def view_upload(unit: Unit, upload: Upload) -> UploadView:
    """One upload as it is answered."""
    thumbnails = await rows.list_thumbnails(unit.tx, [upload.id])
    return make_view(unit, upload, thumbnails.get(upload.id, []))


async def list_uploads(unit: Unit, names: Collection[str]) -> dict[str, UploadView]:
    """Uploads by SHA-1, in two queries; names of none are left out, and so are those beyond 500."""
    found = await rows.list_uploads_by_sha1(unit.tx, list(names)[:MOST_LOOKED_UP])
    thumbnails = await rows.list_thumbnails(unit.tx, [each.id for each in found]) if found else {}
    return {each.sha1: make_view(unit, each, thumbnails.get(each.id, [])) for each in found}


async def look_up_urls(unit: Unit, short_urls: Collection[str]) -> list[tuple[str, UploadView]]:
    """(what was asked, the upload) for those addresses that lead to one, in the order in which they were asked."""
    asked = {url: sha1 for url in short_urls if (sha1 := naming.parse_url(url)) is not None}
    found = await list_uploads(unit, set(asked.values()))
    return [(url, found[sha1]) for url, sha1 in asked.items() if sha1 in found]


async def read_upload_by_url(unit: Unit, url: str) -> UploadView:
    """The upload that an address of any form leads to. Raises UploadMissing."""
    sha1 = naming.parse_url(url)
    found = await list_uploads(unit, [sha1]) if sha1 is not None else {}
    if sha1 is None or sha1 not in found:
        raise UploadMissing()
    return found[sha1]


def make_view(unit: Unit, upload: Upload, thumbnails: Collection[Thumbnail]) -> UploadView:
    key = naming.original_key(upload.sha1, upload.extension)
    return UploadView(
        upload=upload,
        url=_url(unit, key, upload.extension),
        short_url=naming.short_url(upload),
        short_path=naming.short_path(upload),
        thumbnails=tuple(
            (each, _url(unit, naming.thumbnail_key(upload.sha1, each), each.extension)) for each in thumbnails
        ),
    )


def _url(unit: Unit, key: str, extension: str) -> str:
    """Where browsers find it. What is only ever saved comes through the forum, which sends the headers for that."""
    public = unit.ports.blobs.public_url(key) if is_harmless(extension) else None
    return public or naming.key_path(key)
