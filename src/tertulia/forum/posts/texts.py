"""Texts of posts as their authors wrote them: cleaned, checked, and compared with earlier ones.

Pure rules. Turning a text into HTML is `forum/cooking`; what an edit changed is `posts/differences.py`.
Read next: `topic_rules/titles.py` (the same for titles).
"""

from __future__ import annotations

import hashlib
import re

import msgspec

from tertulia.forum.characters import distinct_characters, is_shouted
from tertulia.model import errors
from tertulia.model.errors import ForumError

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_NEWLINES = re.compile("\r\n?")
_SHORTCODE = re.compile(r":\w{1,60}(?::\w{1,10})?:")
_DOTS = re.compile(r"\.{2,}")
_COMMAS = re.compile(r",{2,}")
_SYMBOLS = re.compile(r"[\s -/:-@\[-`{-~]+")


class BodyRules(msgspec.Struct, frozen=True, kw_only=True):
    """What a body must be: lengths in characters, entropy in distinct characters."""

    minimum_first: int = 20
    minimum_reply: int = 20
    minimum_private: int = 10
    maximum: int = 32_000
    minimum_entropy: int = 7
    allow_uppercase: bool = False


def clean_raw(raw: str) -> str:
    """Gives the text with plain newlines, without NUL or lone surrogates, and nothing blank at its end."""
    return _UNSTORABLE.sub("", _NEWLINES.sub("\n", raw)).rstrip()


def raw_key(raw: str) -> str:
    """Gives the SHA-256 of the text without whitespace and case: the same key is the same post again."""
    bare = "".join(raw.split()).casefold()
    return hashlib.sha256(bare.encode("utf-8", "surrogatepass")).hexdigest()


def check_raw(raw: str, *, rules: BodyRules, is_first: bool, is_private: bool) -> tuple[ForumError, ...]:
    """Says every way in which a cleaned body breaks the rules, in the order they are told; empty when none.

    The minimum counts what a reader sees: HTML comments count nothing, an emoji shortcode counts one.
    Gives BodyBlank, BodyTooShort, BodyTooLong, BodyUnclear.
    """
    if len(raw) > rules.maximum:
        # Nothing else is worth counting in a text of any size.
        return (errors.BodyTooLong(maximum=rules.maximum, length=len(raw)),)
    minimum = rules.minimum_reply
    if is_private:
        minimum = rules.minimum_private
    elif is_first:
        minimum = rules.minimum_first
    found: list[ForumError] = []
    if not raw.strip():
        found.append(errors.BodyBlank())
    if _seen_length(raw) < minimum:
        found.append(errors.BodyTooShort(minimum=minimum))
    if not _is_clear(raw, rules=rules, minimum=minimum):
        found.append(errors.BodyUnclear())
    return tuple(found)


def _is_clear(raw: str, *, rules: BodyRules, minimum: int) -> bool:
    # Where a site accepts very short bodies it cannot ask for more different characters than they have.
    entropy = rules.minimum_entropy if minimum > rules.minimum_entropy else (minimum + 1) // 2
    if distinct_characters(raw) < entropy or not _SYMBOLS.sub("", raw):
        return False
    return rules.allow_uppercase or not is_shouted(raw)


def _seen_length(raw: str) -> int:
    text = _SHORTCODE.sub("X", _without_comments(raw))
    return len(_COMMAS.sub(",", _DOTS.sub("…", text)).strip())


def _without_comments(raw: str) -> str:
    """Cuts `<!-- ... -->` in one pass: a pattern would start again at each of ten thousand open comments."""
    kept: list[str] = []
    position = 0
    while (start := raw.find("<!--", position)) >= 0:
        end = raw.find("-->", start + 4)
        if end < 0:
            break
        kept.append(raw[position:start])
        position = end + 3
    kept.append(raw[position:])
    return "".join(kept)
