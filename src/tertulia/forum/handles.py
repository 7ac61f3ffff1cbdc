"""What people and groups are called by with an `@`: which characters a handle may have, and its key.

One rule for users and groups, so that `@name` means one of them. Words of refusal are chosen by
`users/names.py` and `groups/names.py`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from tertulia.forum.characters import fold

_ASCII = re.compile(r"[A-Za-z0-9_.\-]*")
_REPEATED = re.compile(r"[-_.]{2,}")
# A handle is the last part of an address, so it must not look like a file.
FILE_SUFFIX = re.compile(
    r"\.(?:js|json|css|htm|html|xml|jpg|jpeg|png|gif|bmp|ico|tif|tiff|woff|woff2|svg|webp|rss|ics|txt)\Z",
    re.IGNORECASE,
)
SPECIAL = "_.-"


def handle_key(name: str) -> str:
    """Gives the form in which two handles are the same: case and width do not matter."""
    return fold(name)


def has_only_handle_characters(name: str, *, allow_unicode: bool = False) -> bool:
    """Says whether there are only letters, digits and `_ - .`; slashes and percent signs never pass."""
    if _ASCII.fullmatch(name):
        return True
    return allow_unicode and all(c in SPECIAL or unicodedata.category(c)[0] in "LMN" for c in name)


def starts_well(name: str) -> bool:
    """Says whether the first character is a letter, a digit or an underscore."""
    return name[:1] == "_" or name[:1].isalnum()


def ends_well(name: str) -> bool:
    """Says whether the last character is neither of `_ - .`."""
    return bool(name) and name[-1] not in SPECIAL


def repeats_special(name: str) -> bool:
    """Says whether two of `_ - .` follow each other."""
    return _REPEATED.search(name) is not None


def looks_like_file(name: str) -> bool:
    """Says whether the end of the name is a file extension such as `.json`."""
    return FILE_SUFFIX.search(name) is not None


def to_handle(text: str, *, maximum: int) -> str:
    """Makes the nearest ASCII handle of any text; empty when nothing is left of it."""
    plain = unicodedata.normalize("NFKD", text[: maximum * 8])
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    name = re.sub(r"[^A-Za-z0-9_.\-]", "_", plain)
    name = _REPEATED.sub("_", FILE_SUFFIX.sub("", name)).lstrip(".-")[:maximum]
    name = name.rstrip(SPECIAL)
    return name if name.strip(SPECIAL) else ""


def free_handle(base: str, *, maximum: int, is_taken: Callable[[str], bool], tries: int = 1_000) -> str | None:
    """Gives `base`, or the first of `base1`, `base2`... whose key is free; None after `tries` taken ones."""
    for number in range(tries):
        suffix = str(number) if number else ""
        name = base[: maximum - len(suffix)].rstrip(SPECIAL) + suffix
        if not is_taken(handle_key(name)):
            return name
    return None
