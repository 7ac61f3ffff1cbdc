"""Pictures and multipart bodies for tests of uploads."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tertulia.testing.client import Response
    from tertulia.testing.forum import Forum

BOUNDARY = "----boundary-of-the-tests"
ORIENTATION = 0x0112
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def picture(
    kind: str = "PNG",
    size: tuple[int, int] = (40, 30),
    *,
    colour: Any = (200, 16, 46),
    mode: str = "RGB",
    **options: Any,
) -> bytes:
    """A picture of one colour."""
    from PIL import Image

    out = io.BytesIO()
    Image.new(mode, size, colour).save(out, kind, **options)
    return out.getvalue()


def with_exif(size: tuple[int, int] = (60, 20), *, orientation: int = 6, kind: str = "JPEG") -> bytes:
    """A picture with a turned camera's note and a place in it."""
    from PIL import Image

    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    exif[0x010F] = "SecretCamera"
    exif.get_ifd(0x8825)[2] = (52.0, 31.0, 12.0)
    return picture(kind, size, exif=exif)


def animated(frames: int = 3, size: tuple[int, int] = (20, 20), *, kind: str = "GIF") -> bytes:
    from PIL import Image

    pictures = [Image.new("RGB", size, (number * 40 % 256, 80, 10)) for number in range(frames)]
    out = io.BytesIO()
    pictures[0].save(out, kind, save_all=True, append_images=pictures[1:], duration=50, loop=0)
    return out.getvalue()


def bomb(width: int = 50_000, height: int = 50_000) -> bytes:
    """A PNG of a few bytes whose header promises gigabytes."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in ((b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 1000)), (b"IEND", b""))
    )


def multipart(content: bytes | None, *, name: str = "cat.png", field: str = "file", **fields: object) -> bytes:
    """A multipart body with one file."""
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
        for key, value in fields.items()
    ]
    if content is not None:
        head = f'Content-Disposition: form-data; name="{field}"; filename="{name}"\r\nContent-Type: image/png\r\n\r\n'
        parts.append(f"--{BOUNDARY}\r\n{head}".encode() + content + b"\r\n")
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


def headers(credential: Mapping[str, str]) -> dict[str, str]:
    return {**credential, "Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}


def send(
    forum: Forum,
    content: bytes | None,
    *,
    name: str = "cat.png",
    by: str = "admin",
    field: str = "file",
    **fields: object,
) -> Response:
    """Asks the forum to keep a file for a post, unless `upload_type` says otherwise."""
    given = {"upload_type": "composer", **fields}
    body = multipart(
        content, name=name, field=field, **{key: value for key, value in given.items() if value is not None}
    )
    return forum.post("/uploads.json", body=body, headers=headers(forum.keyed(by)))


def upload(forum: Forum, content: bytes, **options: Any) -> dict[str, Any]:
    """The answer to a file that was kept."""
    answer = send(forum, content, **options)
    assert answer.status == 200, answer
    made: dict[str, Any] = answer.json
    return made
