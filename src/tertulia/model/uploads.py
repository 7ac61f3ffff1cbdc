"""Uploads: files that people put into the forum, what is known of them, and what they are wanted for."""

from __future__ import annotations

from typing import IO

import msgspec

# What a file may be wanted for (source: upstream's upload types); other words are refused.
PURPOSES = frozenset((
    "avatar", "profile_background", "card_background", "custom_emoji", "composer", "group_flair",
    "category_logo", "category_logo_dark", "category_background", "category_background_dark",
    "site_setting", "user_export",
))  # fmt: skip
STAFF_PURPOSES = frozenset((
    "custom_emoji", "category_logo", "category_logo_dark", "category_background",
    "category_background_dark", "site_setting", "user_export",
))  # fmt: skip
AVATAR = "avatar"
COMPOSER = "composer"


class Upload(msgspec.Struct, frozen=True):
    """One file. `sha1` names its address, `sha256` its content; both are of what is stored, after processing.

    Sizes are in pixels and bytes; `thumbnail_*` is how large posts show it. Files that are no pictures have none."""

    id: int
    user_id: int
    purpose: str
    original_filename: str
    extension: str
    filesize: int
    width: int | None
    height: int | None
    thumbnail_width: int | None
    thumbnail_height: int | None
    animated: bool
    dominant_color: str | None
    sha1: str
    sha256: str
    original_sha256: str
    retain_hours: int | None
    created_at: int

    @property
    def is_image(self) -> bool:
        return self.width is not None


class Thumbnail(msgspec.Struct, frozen=True):
    """A smaller picture of an upload, kept beside it."""

    id: int
    upload_id: int
    width: int
    height: int
    extension: str
    filesize: int


class UploadView(msgspec.Struct, frozen=True, kw_only=True):
    """An upload with its addresses and smaller pictures, the largest first."""

    upload: Upload
    url: str
    short_url: str
    short_path: str
    thumbnails: tuple[tuple[Thumbnail, str], ...] = ()


class CreateUpload(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody wants a file kept. `file` is read from its start; `size` is in bytes.

    `for_user_id` is whose avatar it is to be, `pasted` asks for a picture of a screen as JPEG."""

    purpose: str
    filename: str
    size: int
    file: IO[bytes]
    for_user_id: int | None = None
    pasted: bool = False
    for_message: bool = False
    retain_hours: int | None = None


class StoredFile(msgspec.Struct, frozen=True, kw_only=True):
    """What a request for a file finds: which bytes, and how a browser is told to treat them."""

    key: str
    filesize: int
    content_type: str
    filename: str
    tag: str
    inline: bool
    public_url: str | None
