"""What may be asked about uploads and avatars."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tertulia.dialects.discourse.answers import Success
from tertulia.dialects.discourse.answers import legacy as _legacy
from tertulia.http.routing import Row, absent
from tertulia.http.routing.later import LaterModule

_ROOM = "tertulia.dialects.discourse.uploads"
avatars = LaterModule(f"{_ROOM}.avatars")
creating = LaterModule(f"{_ROOM}.creating")
files = LaterModule(f"{_ROOM}.files")

_CREATE = "uploads:create"
_DIRECT = "files are sent to the forum, which keeps them: there are no uploads past it"
_SECURE = "addresses of uploads cannot be guessed and do not change; there are none that expire"


def _row(method: str, path: str, handler: Callable[..., Any], name: str, **options: Any) -> Row:
    return Row(method, path, handler, name=name, dialect="discourse", **options)


def _file(path: str, handler: Callable[..., Any], name: str = "uploads/show", **options: Any) -> Row:
    """The address of a file: nothing is cut off it, and it counts as an asset."""
    return _row("GET", path, handler, name, suffixes=(), limit="asset", csrf=False, **options)


UPLOAD_ROWS = (
    _row("POST", "/uploads", creating.create_upload, "uploads/create", access="user", scope=_CREATE,
         summary="Keeps a file"),
    _row("POST", "/uploads/lookup-urls", creating.lookup_urls, "uploads/lookup_urls", access="user",
         summary="Where uploads are, by their short addresses"),
    _row("POST", "/uploads/lookup-metadata", creating.lookup_metadata, "uploads/metadata", access="user"),
    _file("/uploads/short-url/{file}", files.get_short, "uploads/show_short"),
    _file("/uploads/{site}/original/{path:path}", files.get_original),
    _file("/uploads/{site}/optimized/{path:path}", files.get_optimized),
    _file("/uploads/{site}/{file}", files.get_old),
    _file("/images/transparent.png", files.get_transparent, "static/show"),
    *(
        absent("POST", f"/uploads/{tail}", why=_DIRECT, dialect="discourse")
        for tail in (
            "generate-presigned-put", "complete-external-upload", "create-multipart",
            "batch-presign-multipart-parts", "abort-multipart", "complete-multipart",
        )
    ),
    *(
        absent("GET", f"/{name}/{{path:path}}", why=_SECURE, dialect="discourse")
        for name in ("secure-uploads", "secure-media-uploads")
    ),
    *(
        _row("PUT", f"{people}/{{username:username}}/preferences/avatar/pick", avatars.pick_avatar,
             "users/pick_avatar", access="user", scope="users:update", answer=Success)
        for people in ("/u", "/users")
    ),
    *(
        _row("POST", f"{people}/{{username:username}}/preferences/avatar", _legacy(avatars.upload_avatar),
             "users/upload_avatar", access="user", scope=_CREATE)
        for people in ("/u", "/users")
    ),
    *(
        _row("PUT", f"{people}/{{username:username}}/preferences/avatar/toggle", _legacy(avatars.toggle_avatar),
             "users/toggle_avatar", access="user", scope="users:update", answer=Success)
        for people in ("/u", "/users")
    ),
    _row("POST", "/user_avatar/{username:username}/refresh_gravatar", avatars.refresh_gravatar,
         "user_avatars/refresh_gravatar", access="user"),
    _row("GET", "/user_avatar/{host}/{username:username}/{size}/{version}", avatars.get_avatar, "user_avatars/show",
         suffixes=(".png", ".svg"), limit="asset", csrf=False),
)  # fmt: skip
