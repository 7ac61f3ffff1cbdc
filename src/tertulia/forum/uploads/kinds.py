"""What a file is, by its first bytes, and what browsers are told about it, by its ending.

Only pictures, sounds and films that no browser runs are ever shown in place; everything else is saved.
"""

from __future__ import annotations

# Pictures that are looked into and shown. SVG is none of them: it is text that can hold a program.
PICTURES = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "avif": "image/avif",
}
PICTURE_NAMES = frozenset((*PICTURES, "heic", "heif", "svg"))
_PLAYED = {
    "mp4": "video/mp4",
    "m4v": "video/mp4",
    "mov": "video/quicktime",
    "webm": "video/webm",
    "ogv": "video/ogg",
    "mp3": "audio/mpeg",
    "ogg": "audio/ogg",
    "oga": "audio/ogg",
    "opus": "audio/ogg",
    "wav": "audio/wav",
    "m4a": "audio/mp4",
    "flac": "audio/flac",
    "aac": "audio/aac",
}
_SAVED = {
    "svg": "image/svg+xml",
    "pdf": "application/pdf",
    "zip": "application/zip",
    "gz": "application/gzip",
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
    "log": "text/plain; charset=utf-8",
    "md": "text/plain; charset=utf-8",
}
_FTYP = {b"avif": "avif", b"avis": "avif", b"heic": "heic", b"heix": "heic", b"mif1": "heic", b"heim": "heic"}


def sniff(head: bytes) -> str | None:
    """The kind of picture that a file begins as, as an ending; None where it begins as none."""
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if head.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "gif"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    if head[4:8] == b"ftyp":
        return _FTYP.get(head[8:12])
    return None


def content_type(extension: str) -> str:
    """What browsers are told; for anything not known, that it is bytes."""
    for table in (PICTURES, _PLAYED, _SAVED):
        if extension in table:
            return table[extension]
    return "application/octet-stream"


def is_harmless(extension: str) -> bool:
    """Whether a browser may show or play it in place, from whatever host."""
    return extension in PICTURES or extension in _PLAYED
