"""The part of an address that says in words what it leads to: `why-is-the-sky-blue`.

Used for topics and categories alike; which addresses exist is in `addresses.py`.
Read next: `topic_rules/titles.py`, `categories/names.py`.
"""

from __future__ import annotations

import re
import unicodedata

MAXIMUM_SLUG = 255
_SHORTCODE = re.compile(r":[\w+\-]+(?::t\d)?:", re.ASCII)
_FOREIGN = re.compile(r"[^a-z0-9_\-]+")
_DASHES = re.compile(r"[-_]+")

# Letters that are not an ASCII letter plus marks. Only Latin-1 and Latin Extended-A are spelled out, as
# upstream does: what lies beyond becomes a dash there too, and clients compare slugs they were given before.
_SPELLED = {
    "Æ": "AE", "Ð": "D", "×": "x", "Ø": "O", "Þ": "Th", "ß": "ss", "æ": "ae", "ð": "d", "ø": "o", "þ": "th",
    "Đ": "D", "đ": "d", "Ħ": "H", "ħ": "h", "ı": "i", "Ĳ": "IJ", "ĳ": "ij", "ĸ": "k", "Ŀ": "L", "ŀ": "l",
    "Ł": "L", "ł": "l", "ŉ": "'n", "Ŋ": "NG", "ŋ": "ng", "Œ": "OE", "œ": "oe", "Ŧ": "T", "ŧ": "t",
}  # fmt: skip


def _ascii_letters() -> dict[int, str]:
    table = {}
    for point in range(0xC0, 0x17F):
        letter = chr(point)
        base = unicodedata.normalize("NFD", letter)[0]
        spelled = _SPELLED.get(letter, base)
        if spelled.isascii():
            table[point] = spelled
    return table


_LETTERS = _ascii_letters()


def slugify(text: str, *, fallback: str = "topic") -> str:
    """Spells `text` as lower-case ASCII words joined by single dashes, or gives `fallback`.

    At most 255 characters. Emoji shortcodes and apostrophes vanish, Latin accents are dropped, everything
    else that is no letter or digit is a dash. A slug of digits only would look like an id, so it becomes
    `fallback` as well. Source: the ascii method of upstream's slug generator.
    """
    # Eight times the limit is enough for any slug that is read, and bounds what hostile text can cost.
    bare = _SHORTCODE.sub("", text[: MAXIMUM_SLUG * 8]).replace("'", "")
    plain = unicodedata.normalize("NFC", bare).translate(_LETTERS).lower()
    words = _FOREIGN.sub("-", plain).strip("-")
    # Cut before dashes are squeezed: the order decides where a very long title ends.
    slug = _DASHES.sub("-", words[:MAXIMUM_SLUG]).strip("-")
    return fallback if not slug or slug.isdigit() else slug
