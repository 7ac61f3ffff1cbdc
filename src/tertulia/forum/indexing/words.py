"""The words of a text, as both search engines index and look for them.

Each engine would cut and fold text by its own tables; here it is done once, into words that both keep as they
are. Read next: `search/query.py` (what people ask), `indexing/expressions.py` (how it is told).
"""

from __future__ import annotations

import functools
import re
import unicodedata

import msgspec

MAXIMUM_DOCUMENT = 1_000_000
# Long enough for any word; PostgreSQL refuses lexemes of 2 kB.
MAXIMUM_WORD = 64
MINIMUM_PREFIX = 3

_PLAIN_WORD = re.compile(r"[a-z0-9]+")
# Kana, ideographs, Hangul: written without spaces, or with endings glued on, so every pair is a word.
_UNSPACED = (
    "\u1100-\u11ff\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7ff\U00020000-\U0003ffff"
)
_RUN = re.compile(f"([{_UNSPACED}]+)|[^\\s{_UNSPACED}]+")
_VOICED = "\u3099\u309a"
_SELECTORS = re.compile("[\u034f\u180b-\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")


class Term(msgspec.Struct, frozen=True):
    """One thing to look for: words in sequence, the last of them possibly only begun.

    `text` is what was typed; `phrase` is never empty.
    """

    text: str
    prefix: bool
    phrase: tuple[str, ...]


def words(text: str) -> list[str]:
    """Gives the words in order: lower case, no accents, letters and digits only, at most 64 characters each.

    Runs without spaces (Chinese, Japanese, Korean) give every pair of neighbours and then the last character,
    so that any part of them can be found. Reads at most 1,000,000 characters.
    """
    found: list[str] = []
    for run, is_unspaced in _runs(text[:MAXIMUM_DOCUMENT]):
        if is_unspaced:
            found.extend(_pairs(run))
            found.append(_spelled(run[-1]))
        else:
            found.append(run)
    return found


def document(text: str) -> str:
    """Gives the words joined by spaces: what is indexed. At most 1,000,000 characters, cut after a word."""
    joined = " ".join(words(text))
    if len(joined) <= MAXIMUM_DOCUMENT:
        return joined
    return joined[: joined.rindex(" ", 0, MAXIMUM_DOCUMENT + 1)]


def has_unspaced(text: str) -> bool:
    """Says whether part of the text is written without spaces, where one or two characters are a word."""
    return any(is_unspaced for _, is_unspaced in _runs(text[:MAXIMUM_DOCUMENT]))


def loose_terms(text: str) -> list[Term]:
    """Gives a term for each word typed without quotes; words of three characters or more may go on."""
    found = []
    for run, is_unspaced in _runs(text):
        if not is_unspaced:
            found.append(Term(run, len(run) >= MINIMUM_PREFIX, (run,)))
        elif len(run) == 1:
            found.append(Term(run, True, (_spelled(run),)))
        else:
            found.append(Term(run, False, tuple(_pairs(run))))
    return found


def exact_term(text: str) -> Term | None:
    """Gives the term for what was typed in quotes: these words in this order; None without words."""
    sequence = words(text)
    if not sequence:
        return None
    *_, (last, is_unspaced) = _runs(text[:MAXIMUM_DOCUMENT])
    if is_unspaced and len(last) > 1:
        # In the document the run may go on, so its last character stands alone only where the run ends.
        return Term(text, False, tuple(sequence[:-1]))
    return Term(text, is_unspaced, tuple(sequence))


def _runs(text: str) -> list[tuple[str, bool]]:
    """Each stretch of one kind of writing, and whether that is without spaces (then not yet spelled)."""
    if text.isascii():
        return [(word[:MAXIMUM_WORD], False) for word in _PLAIN_WORD.findall(text.lower())]
    found = []
    for match in _RUN.finditer(_folded(text).translate(_LETTERS)):
        run = match[0]
        if match[1]:
            found.append((run, True))
        else:
            found.append((_spelled(run)[:MAXIMUM_WORD], False))
    return found


def _pairs(run: str) -> list[str]:
    return [_spelled(run[index : index + 2]) for index in range(len(run) - 1)]


def _folded(text: str) -> str:
    # Marks go before anything is normalized: Python sorts runs of them in quadratic time.
    bare = _SELECTORS.sub("", text).translate(_UNMARKED)
    # One character may become eighteen; what is read stays bounded.
    bare = unicodedata.normalize("NFKD", bare)[:MAXIMUM_DOCUMENT].translate(_UNMARKED)
    again = unicodedata.normalize("NFKD", bare.casefold()).translate(_UNMARKED)
    # Composed again, so that a Korean syllable or a voiced kana is one character.
    return unicodedata.normalize("NFC", again)


def _spelled(run: str) -> str:
    return run if run.isascii() else run.translate(_SPELLING)


@functools.lru_cache(maxsize=8_192)
def _unmarked(point: int) -> str | None:
    letter = chr(point)
    # Three Tibetan vowels are no marks themselves but fall apart into two.
    is_mark = unicodedata.combining(unicodedata.normalize("NFD", letter)[0])
    return None if is_mark and letter not in _VOICED else letter


@functools.lru_cache(maxsize=8_192)
def _letter(point: int) -> str:
    letter = chr(point)
    category = unicodedata.category(letter)
    if category[0] in "LN" or category in ("Mn", "Mc"):
        return letter
    # Joiners and soft hyphens are inside words; the zero-width space is there to part them.
    return "" if category == "Cf" and letter != "\u200b" else " "


@functools.lru_cache(maxsize=8_192)
def _spelling(point: int) -> str:
    """The engines know other versions of Unicode than Python: only the oldest letters are left alone."""
    letter = chr(point)
    is_old = unicodedata.ucd_3_2_0.category(letter)[0] in "LN"
    return letter if is_old and unicodedata.category(letter)[0] in "LN" else f"u{point:06x}"


class _UnmarkedTable(dict[int, str | None]):
    def __missing__(self, point: int) -> str | None:
        return _unmarked(point)


class _LetterTable(dict[int, str]):
    def __missing__(self, point: int) -> str:
        return _letter(point)


class _SpellingTable(dict[int, str]):
    def __missing__(self, point: int) -> str:
        return _spelling(point)


_UNMARKED, _LETTERS, _SPELLING = _UnmarkedTable(), _LetterTable(), _SpellingTable()
