"""Uploads: what is answered to whoever sent a file, and to who asks where one is."""

from __future__ import annotations

import msgspec

from tertulia.forum.cooking import human_size
from tertulia.model.uploads import Thumbnail, UploadView


class SmallerPicture(msgspec.Struct):
    """A picture for posts, smaller than the upload."""

    id: int
    upload_id: int
    url: str
    extension: str
    width: int
    height: int
    filesize: int

    @classmethod
    def of(cls, thumbnail: Thumbnail, url: str) -> SmallerPicture:
        return cls(
            id=thumbnail.id,
            upload_id=thumbnail.upload_id,
            url=url,
            extension=thumbnail.extension,
            width=thumbnail.width,
            height=thumbnail.height,
            filesize=thumbnail.filesize,
        )


class Upload(msgspec.Struct):
    """One upload. Sizes in pixels are null for what is no picture."""

    id: int
    url: str
    original_filename: str
    filesize: int
    width: int | None
    height: int | None
    thumbnail_width: int | None
    thumbnail_height: int | None
    extension: str
    short_url: str
    short_path: str
    retain_hours: int | None
    human_filesize: str
    dominant_color: str | None
    thumbnail: SmallerPicture | None

    @classmethod
    def of(cls, view: UploadView) -> Upload:
        upload = view.upload
        # The one that posts show, which is the smallest; the others are for finer screens.
        shown = view.thumbnails[-1] if view.thumbnails else None
        return cls(
            id=upload.id,
            url=view.url,
            original_filename=upload.original_filename,
            filesize=upload.filesize,
            width=upload.width,
            height=upload.height,
            thumbnail_width=upload.thumbnail_width,
            thumbnail_height=upload.thumbnail_height,
            extension=upload.extension,
            short_url=view.short_url,
            short_path=view.short_path,
            retain_hours=upload.retain_hours,
            human_filesize=human_size(upload.filesize),
            dominant_color=upload.dominant_color,
            thumbnail=SmallerPicture.of(*shown) if shown is not None else None,
        )


class FoundUrl(msgspec.Struct):
    """Where the upload of a short address is."""

    short_url: str
    url: str
    short_path: str


class Metadata(msgspec.Struct):
    """What is known of the file behind an address."""

    original_filename: str
    width: int | None
    height: int | None
    human_filesize: str

    @classmethod
    def of(cls, view: UploadView) -> Metadata:
        upload = view.upload
        return cls(upload.original_filename, upload.width, upload.height, human_size(upload.filesize))
