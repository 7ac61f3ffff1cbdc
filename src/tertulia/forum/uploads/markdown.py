"""The Markdown that shows an upload in a post, as upstream's editor writes it."""

from __future__ import annotations

import re

from tertulia.forum.cooking import human_size
from tertulia.forum.uploads.kinds import content_type
from tertulia.model.uploads import UploadView

_SPECIAL = re.compile(r"[\[\]|\\<>`]")


def upload_markdown(view: UploadView) -> str:
    """A picture with its size in a post, a film or sound, or a link with the file's name and size."""
    upload = view.upload
    name = _SPECIAL.sub("", upload.original_filename).strip() or "file"
    if upload.is_image:
        stem = name.rpartition(".")[0] or name
        return f"![{stem}|{upload.thumbnail_width}x{upload.thumbnail_height}]({view.short_url})"
    kind = content_type(upload.extension).partition("/")[0]
    if kind in ("video", "audio"):
        return f"![{name}|{kind}]({view.short_url})"
    return f"[{name}|attachment]({view.short_url}) ({human_size(upload.filesize)})"
