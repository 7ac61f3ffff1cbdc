"""Titles of topics: cleaned, checked, compared and turned into slugs.

Pure rules. Whether a title has been used already is a question to the store, asked with `title_key`.
Read next: `forum/slugs.py`, `posts/texts.py` (the same for bodies).
"""

from __future__ import annotations

import re

import msgspec

from tertulia.forum.characters import distinct_characters, fold, is_shouted, remove_invisible
from tertulia.forum.slugs import slugify
from tertulia.model import errors
from tertulia.model.errors import ForumError

__all__ = ["TitleRules", "check_title", "clean_title", "slugify", "title_key"]

_JOINERS = re.compile("[\u200c\u200d]")
# Scripts written without spaces: a long run there is a sentence, not one long word.
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_WORD_BREAK = re.compile(r"[\s/\-.:]+")
_SYMBOLS = re.compile(r"[\s -/:-@\[-`{-~]+")
_EMOJI_BASE = "[\u203c\u2049\u231a\u231b\u23e9-\u23f3\u25fd\u25fe\u2600-\u27bf\u2b05-\u2b55\U0001f000-\U0001faff]"
_EMOJI = re.compile(
    "[\U0001f1e6-\U0001f1ff]{2}"
    f"|{_EMOJI_BASE}[\ufe0f\U0001f3fb-\U0001f3ff]{{0,2}}(?:\u200d{_EMOJI_BASE}[\ufe0f\U0001f3fb-\U0001f3ff]{{0,2}}){{0,8}}"
    # A shortcode, but neither `a::b::c` of a program nor the `:28:10:` of a compiler.
    r"|(?<![\w:]):(?=[a-z0-9_+\-]*[a-z+\-])[a-z0-9_+\-]{1,60}(?::t[1-6])?:(?![\w:])"
)


class TitleRules(msgspec.Struct, frozen=True, kw_only=True):
    """What a title must be: lengths in characters, entropy in distinct characters."""

    minimum: int = 15
    maximum: int = 255
    private_minimum: int = 2
    minimum_entropy: int = 10
    maximum_word: int = 30
    maximum_emojis: int = 1
    allow_uppercase: bool = False


def clean_title(title: str) -> str:
    """Gives the title on one line, stripped, with single spaces and nothing that cannot be seen."""
    return " ".join(remove_invisible(title).split())


def title_key(title: str) -> str:
    """Gives the form in which two titles are the same: case, width, spaces and joiners do not matter."""
    return " ".join(fold(_JOINERS.sub("", clean_title(title))).split())


def check_title(title: str, *, rules: TitleRules, is_admin: bool, is_private: bool) -> tuple[ForumError, ...]:
    """Says every way in which a cleaned title breaks the rules, in the order they are told; empty when none.

    Admins may go down to one character and are asked for less entropy; messages are not judged by quality.
    Gives TitleBlank, TitleTooShort, TitleTooLong, TitleUnclear, TitleWordTooLong, TitleEmojis.
    """
    text = title.strip()
    minimum = rules.private_minimum if is_private else rules.minimum
    if is_admin:
        minimum = 1
    found: list[ForumError] = []
    if not text:
        found.append(errors.TitleBlank())
    if len(text) < minimum:
        found.append(errors.TitleTooShort(minimum=minimum))
    if len(text) > rules.maximum:
        # Nothing else is worth counting in a text of any size.
        return (*found, errors.TitleTooLong(maximum=rules.maximum))
    if not is_private:
        found.extend(_check_quality(text, rules=rules, is_admin=is_admin))
    if sum(1 for _ in _EMOJI.finditer(text)) > rules.maximum_emojis:
        found.append(errors.TitleEmojis(maximum=rules.maximum_emojis))
    return tuple(found)


def _check_quality(text: str, *, rules: TitleRules, is_admin: bool) -> tuple[ForumError, ...]:
    """One failure at most: they are all told as the title being unclear, and one reason is enough."""
    if distinct_characters(text) < _entropy_asked(text, rules=rules, is_admin=is_admin):
        return (errors.TitleUnclear(),)
    if not _SYMBOLS.sub("", text):
        return (errors.TitleUnclear(),)
    if max(map(len, _WORD_BREAK.split(_UNSPACED.sub(" ", text)))) > rules.maximum_word:
        return (errors.TitleWordTooLong(maximum=rules.maximum_word),)
    if not rules.allow_uppercase and is_shouted(text):
        return (errors.TitleUnclear(),)
    return ()


def _entropy_asked(text: str, *, rules: TitleRules, is_admin: bool) -> int:
    if is_admin:
        return min(rules.minimum_entropy, (len(text) + 1) // 2)
    if rules.minimum > rules.minimum_entropy:
        return rules.minimum_entropy
    # A site that lowers the minimum length below the entropy could otherwise accept nothing that short.
    return (rules.minimum + 1) // 2
