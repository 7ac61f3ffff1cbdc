"""Uploads, what uses them, their smaller pictures, and blobs that are about to go.

The bytes lie in `backends/blobs`, under keys that are made of `sha1` and `extension`.
"""

from __future__ import annotations

from sqlalchemy import Index, Table

from tertulia.store.schema.columns import METADATA, flag, identity, integer, maybe_integer, maybe_words, words

uploads = Table(
    "uploads",
    METADATA,
    identity(),
    integer("user_id", None),
    words("purpose"),
    words("original_filename"),
    words("extension"),
    integer("filesize"),
    maybe_integer("width"),
    maybe_integer("height"),
    maybe_integer("thumbnail_width"),
    maybe_integer("thumbnail_height"),
    flag("animated"),
    maybe_words("dominant_color"),
    words("sha1", required=True),
    words("sha256", required=True),
    words("original_sha256", required=True),
    maybe_integer("retain_hours"),
    integer("created_at", None),
    Index("ux_uploads_sha1", "sha1", unique=True),
    Index("ix_uploads_original_sha256", "original_sha256"),
    Index("ix_uploads_created_at", "created_at", "id"),
    Index("ix_uploads_user_id", "user_id", "created_at"),
    sqlite_autoincrement=True,
)

upload_thumbnails = Table(
    "upload_thumbnails",
    METADATA,
    identity(),
    integer("upload_id", None),
    integer("width", None),
    integer("height", None),
    words("extension"),
    integer("filesize"),
    Index("ux_upload_thumbnails_size", "upload_id", "width", "height", unique=True),
    sqlite_autoincrement=True,
)

post_uploads = Table(
    "post_uploads",
    METADATA,
    integer("post_id", None, key=True),
    integer("upload_id", None, key=True),
    Index("ix_post_uploads_upload_id", "upload_id"),
)

user_uploads = Table(
    "user_uploads",
    METADATA,
    integer("user_id", None, key=True),
    integer("upload_id", None, key=True),
    Index("ix_user_uploads_upload_id", "upload_id"),
)

user_avatars = Table(
    "user_avatars",
    METADATA,
    integer("user_id", None, key=True),
    integer("upload_id", None),
    Index("ix_user_avatars_upload_id", "upload_id"),
)

doomed_blobs = Table(
    "doomed_blobs",
    METADATA,
    words("key", key=True),
    integer("doomed_at", None),
    maybe_integer("deleting_at"),
    Index("ix_doomed_blobs_doomed_at", "doomed_at"),
)
