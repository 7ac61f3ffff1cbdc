"""Addresses and keys of uploads, and the names that files come with.

The address of an upload is the SHA-1 of its content (source: upstream): whoever does not have the file does not know
it, so that files in personal messages have addresses that nobody guesses.
"""

from __future__ import annotations

import re
import unicodedata

from tertulia.model.uploads import Thumbnail, Upload

SITE = "default"
_ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"  # source: upstream's base 62
_DIGITS = {letter: value for value, letter in enumerate(_ALPHABET)}
_HEX = re.compile(r"[0-9a-f]{40}")
_EXTENSION = re.compile(r"[a-z0-9]{1,10}")
_SHORT = re.compile(r"(?:upload://|/uploads/short-url/)([0-9A-Za-z]{1,27})(?:\.([A-Za-z0-9]{1,10}))?")
_STORED = re.compile(
    r"(?:[^\s\"'<>()]{0,300}?)/(?:original|optimized)/[0-9]X/(?:[0-9a-f]/){0,3}"
    r"([0-9a-f]{40})(?:_[0-9]_[0-9]{1,5}x[0-9]{1,5})?\.([a-z0-9]{1,10})"
)
_LONGEST_NAME = 200


def base62(sha1: str) -> str:
    """A SHA-1 in hexadecimal digits as a number in base 62: at most 27 letters."""
    number, letters = int(sha1, 16), ""
    while number:
        number, digit = divmod(number, 62)
        letters = _ALPHABET[digit] + letters
    return letters or "0"


def from_base62(text: str) -> str | None:
    """The SHA-1 that the letters stand for; None where they stand for none."""
    if not 0 < len(text) <= 27 or not set(text) <= _DIGITS.keys():
        return None
    number = 0
    for letter in text:
        number = number * 62 + _DIGITS[letter]
    return f"{number:040x}" if number < 2**160 else None


def short_name(upload: Upload) -> str:
    """The letters and the ending that stand in short addresses."""
    return base62(upload.sha1) + (f".{upload.extension}" if upload.extension else "")


def short_url(upload: Upload) -> str:
    """Gives `upload://letters.png`, which people write in posts."""
    return f"upload://{short_name(upload)}"


def short_path(upload: Upload) -> str:
    """Gives `/uploads/short-url/letters.png`."""
    return f"/uploads/short-url/{short_name(upload)}"


def original_key(sha1: str, extension: str) -> str:
    """Under which key the content lies."""
    return f"original/3X/{sha1[0]}/{sha1[1]}/{sha1}" + (f".{extension}" if extension else "")


def thumbnail_key(sha1: str, thumbnail: Thumbnail) -> str:
    """Under which key a smaller picture of it lies."""
    size = f"{thumbnail.width}x{thumbnail.height}"
    return f"optimized/3X/{sha1[0]}/{sha1[1]}/{sha1}_2_{size}.{thumbnail.extension}"


def key_path(key: str) -> str:
    """The path under which the forum serves a key."""
    return f"/uploads/{SITE}/{key}"


def parse_stored_name(name: str) -> tuple[str, str] | None:
    """(sha1, extension) of the last part of a path, such as `0123….png`; None for everything else."""
    stem, _, extension = name.partition(".")
    if not _HEX.fullmatch(stem) or (extension and not _EXTENSION.fullmatch(extension)):
        return None
    return stem, extension


def parse_thumbnail_name(name: str) -> tuple[str, int, int, str] | None:
    """(sha1, width, height, extension) of a smaller picture's file name."""
    found = re.fullmatch(r"([0-9a-f]{40})_2_([0-9]{1,5})x([0-9]{1,5})\.([a-z0-9]{1,10})", name)
    return (found[1], int(found[2]), int(found[3]), found[4]) if found else None


def parse_short_name(name: str) -> tuple[str, str] | None:
    """(sha1, extension) of `letters.png`."""
    letters, _, extension = name.partition(".")
    sha1 = from_base62(letters)
    return None if sha1 is None or (extension and not _EXTENSION.fullmatch(extension.lower())) else (sha1, extension)


def parse_url(url: str) -> str | None:
    """The SHA-1 in any address of an upload: short, stored, with a host or without."""
    if len(url) > 1000:
        return None
    found = _SHORT.search(url)
    if found:
        return from_base62(found[1])
    stored = _STORED.search(url)
    return stored[1] if stored else None


def find_names(text: str, *, most: int = 500) -> list[str]:
    """Every SHA-1 that a text's addresses of uploads name, in order, each once."""
    names: dict[str, None] = {}
    for found in _SHORT.finditer(text):
        if (sha1 := from_base62(found[1])) is not None:
            names[sha1] = None
    if "/uploads/" in text or "/original/" in text:
        names |= dict.fromkeys(re.findall(r"/([0-9a-f]{40})[._]", text))
    return list(names)[:most]


def clean_filename(name: str) -> str:
    """A name that may stand in a header and on a page: no folder, no control or invisible characters, 200 at most."""
    name = name.replace("\\", "/").rpartition("/")[2]
    letters = (letter if unicodedata.category(letter)[0] != "C" else "" for letter in name)
    stem, dot, ending = "".join(letters).strip().strip(".").rpartition(".")
    if not dot:
        return ending[:_LONGEST_NAME] or "file"
    return f"{stem[: _LONGEST_NAME - len(ending[:20]) - 1]}.{ending[:20]}"


def extension_of(name: str) -> str:
    """The ending of a name in small letters, without its dot; empty for none that is one."""
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    return ending if _EXTENSION.fullmatch(ending) else ""
