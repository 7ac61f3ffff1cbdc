"""Uploads for cooking: what a text's short addresses lead to, read before it is cooked."""

from __future__ import annotations

from tertulia.forum.cooking import CookedUpload
from tertulia.forum.unit import Unit
from tertulia.forum.uploads.naming import base62, find_names
from tertulia.forum.uploads.viewing import list_uploads
from tertulia.model.uploads import UploadView


async def read_cooked_uploads(unit: Unit, text: str) -> dict[str, CookedUpload]:
    """The uploads that a text names, by the letters of their short addresses; two queries, none for most texts."""
    names = find_names(text)
    found = await list_uploads(unit, names) if names else {}
    return {base62(sha1): _shown(view) for sha1, view in found.items()}


def image_box(unit: Unit) -> tuple[int, int]:
    """How large a picture is in a post at most."""
    return unit.site.max_image_width, unit.site.max_image_height


def _shown(view: UploadView) -> CookedUpload:
    upload = view.upload
    return CookedUpload(
        id=upload.id,
        sha1=upload.sha1,
        url=view.url,
        filename=upload.original_filename,
        filesize=upload.filesize,
        width=upload.width,
        height=upload.height,
        dominant_color=upload.dominant_color,
        smaller=tuple((thumbnail.width, url) for thumbnail, url in view.thumbnails),
    )
