"""What pictures carry besides the picture, taken out without touching a pixel: a container's pieces are kept or left.

Each function returns the same picture without camera data, comments and anything behind its end, or None for a
container that is broken. Only what a decoder needs is copied, so what is unknown goes too. Read next: `pictures.py`.
"""

from __future__ import annotations

import re
from struct import error as StructError
from struct import unpack_from

_PNG_HEAD = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT = frozenset(
    b"IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP cICP sBIT bKGD pHYs acTL fcTL fdAT mDCV cLLI".split()
)
_WEBP_KEPT = frozenset((b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"))
_WEBP_EXIF_AND_XMP = 0x08 | 0x04
# JFIF, colour profile, Adobe's note on how colours are coded: nothing else of the application's segments.
_JPEG_KEPT_APPS = {0xE0: b"JFIF\0", 0xE2: b"ICC_PROFILE\0", 0xEE: b"Adobe"}
_MOST_PIECES = 20_000  # of a container; real pictures have hundreds, and each costs time
_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")  # in a scan all others are part of the picture
_NO_FILL = re.compile(rb"[^\xff]")
_GIF_LOOPS = frozenset((b"NETSCAPE2.0", b"ANIMEXTS1.0"))


def bare(data: bytes, kind: str) -> bytes | None:
    """The picture alone, by its kind; of kinds without such a reader the data itself."""
    reader = {"png": bare_png, "jpg": bare_jpeg, "gif": bare_gif, "webp": bare_webp}.get(kind)
    try:
        return data if reader is None else reader(data)
    except (IndexError, ValueError, StructError):
        return None


def bare_png(data: bytes) -> bytes | None:
    """PNG, animated ones too."""
    pieces, at = [_PNG_HEAD], len(_PNG_HEAD)
    for _ in range(_MOST_PIECES):
        if at + 12 > len(data):
            return None
        name, end = data[at + 4 : at + 8], at + 12 + int.from_bytes(data[at : at + 4], "big")
        if end > len(data):
            return None
        if name in _PNG_KEPT:
            pieces.append(data[at:end])
        if name == b"IEND":
            return b"".join(pieces)
        at = end
    return None


def bare_jpeg(data: bytes) -> bytes | None:
    """JPEG, progressive ones too; of those with several pictures the first."""
    pieces, at, seen = [b"\xff\xd8"], 2, 0
    while at + 4 <= len(data):
        seen += 1
        filled = _NO_FILL.search(data, at + 1) if data[at] == 0xFF else None
        if filled is None or seen > _MOST_PIECES:
            return None
        at, marker = filled.start() - 1, data[filled.start()]
        if marker == 0xD9:
            return b"".join([*pieces, b"\xff\xd9"])
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if end > len(data) or end < at + 4:
            return None
        if _is_kept_segment(marker, data[at + 4 : at + 16]):
            pieces.append(data[at:end])
        at = end
        if marker == 0xDA:
            end = _end_of_scan(data, at)
            pieces.append(data[at:end])
            at = end
    # Many cameras and programs leave the end mark out, and every decoder shows such pictures.
    return b"".join([*pieces, b"\xff\xd9"]) if len(pieces) > 2 and data[at : at + 2] in (b"\xff\xd9", b"") else None


def _is_kept_segment(marker: int, begins: bytes) -> bool:
    if 0xE0 <= marker <= 0xEF:
        return marker in _JPEG_KEPT_APPS and begins.startswith(_JPEG_KEPT_APPS[marker])
    return marker != 0xFE


def _end_of_scan(data: bytes, at: int) -> int:
    found = _MARKER.search(data, at)
    return found.start() if found else len(data)


def bare_webp(data: bytes) -> bytes | None:
    """WebP, animated ones too."""
    stop, at, seen = min(len(data), 8 + unpack_from("<I", data, 4)[0]), 12, 0
    pieces: list[bytes] = []
    while at + 8 <= stop:
        seen += 1
        name, size = data[at : at + 4], unpack_from("<I", data, at + 4)[0]
        end = at + 8 + size + (size & 1)
        if at + 8 + size > stop or seen > _MOST_PIECES:
            return None
        if name == b"VP8X":
            pieces.append(data[at : at + 8] + bytes((data[at + 8] & ~_WEBP_EXIF_AND_XMP,)) + data[at + 9 : end])
        elif name in _WEBP_KEPT:
            pieces.append(data[at:end])
        at = end
    body = b"WEBP" + b"".join(pieces)
    return b"RIFF" + len(body).to_bytes(4, "little") + body


def bare_gif(data: bytes) -> bytes | None:
    """GIF: its pictures, their timing and that they repeat."""
    at = 13 + _table(data[10])
    pieces = [data[:at]]
    while True:
        kind = data[at]
        if kind == 0x3B:
            return b"".join([*pieces, b"\x3b"])
        if kind == 0x2C:
            end = _end_of_blocks(data, at + 11 + _table(data[at + 9]))
            kept = True
        elif kind == 0x21:
            end = _end_of_blocks(data, at + 2)
            kept = data[at + 1] == 0xF9 or (data[at + 1] == 0xFF and data[at + 3 : at + 14] in _GIF_LOOPS)
        else:
            return None
        if end > len(data):
            return None
        if kept:
            pieces.append(data[at:end])
        at = end


def count_gif_frames(data: bytes) -> int:
    """How many pictures a GIF holds that `bare_gif` returned."""
    at, frames = 13 + _table(data[10]), 0
    while data[at] != 0x3B:
        if data[at] == 0x2C:
            frames += 1
            at = _end_of_blocks(data, at + 11 + _table(data[at + 9]))
        else:
            at = _end_of_blocks(data, at + 2)
    return frames


def _table(flags: int) -> int:
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _end_of_blocks(data: bytes, at: int) -> int:
    while data[at]:
        at += data[at] + 1
    return at + 1
