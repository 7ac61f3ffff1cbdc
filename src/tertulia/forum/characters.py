"""What single characters are worth: which cannot be seen, which are the same, how many differ.

Used by the rules about titles, bodies, tags and names. Words for search are in `search/words.py`.
"""

from __future__ import annotations

import re
import unicodedata

# Unicode's normal forms sort runs of marks, and Python does that in quadratic time: 300,000 marks take a
# minute. No name that is compared is nearly as long as this.
MAXIMUM_KEY = 1_000

# Control characters (line breaks and tabs are whitespace and stay), lone surrogates, soft hyphens, fillers,
# zero-width characters, marks and overrides of direction, interlinear notes, tags.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e"
    "\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufeff\uffa0\ufff9-\ufffb"
    "\U0001d173-\U0001d17a\U000e0000-\U000e007f]+"
)
_JOINER_RUN = re.compile("([\u200c\u200d])[\u200c\u200d]+")
# Joiners are part of Persian and Indic spelling and of emoji, and mean nothing anywhere else.
_LOOSE_JOINER = re.compile(r"(?<![^\x00-\x7f\s])[\u200c\u200d]|[\u200c\u200d](?![^\x00-\x7f\s])")


def remove_invisible(text: str) -> str:
    """Gives the text without characters that cannot be seen or that turn the direction of others."""
    seen = _INVISIBLE.sub("", text)
    if "\u200c" not in seen and "\u200d" not in seen:
        return seen
    return _LOOSE_JOINER.sub("", _JOINER_RUN.sub(r"\1", seen))


def fold(text: str) -> str:
    """Gives the form in which two names are the same: case, width and outer spaces do not matter.

    Reads the first 1,000 characters.
    """
    folded = unicodedata.normalize("NFKC", text[:MAXIMUM_KEY]).casefold()
    return unicodedata.normalize("NFKC", folded).strip()


def distinct_characters(text: str) -> int:
    """Counts the different characters; beyond ASCII the different UTF-8 bytes, if those are more.

    A Chinese title of eight characters says as much as forty Latin letters, so it is weighed by its bytes.
    Source: upstream's entropy of titles and bodies.
    """
    characters = set(text.strip())
    foreign = {c for c in characters if not c.isascii()}
    if not foreign:
        return len(characters)
    bytes_seen = set("".join(foreign).encode("utf-8", "surrogatepass"))
    return len(characters) - len(foreign) + max(len(foreign), len(bytes_seen))


def is_shouted(text: str) -> bool:
    """Says whether the text has cased letters and every one of them is a capital."""
    return text == text.upper() and text != text.lower()
