"""What a hit shows: a piece of its text around the first match, and its title with the matches marked.

Both are HTML: everything is escaped but the marks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape

from tertulia.forum.indexing.words import Term, words

LENGTH = 200
_BEFORE = 60
_SCANNED_WORDS = 2_000
_WORD = re.compile(r"\w+")
_SPACE = re.compile(r"\s+")
_MARK = '<span class="search-highlight">{}</span>'


def blurb(text: str, *, terms: Sequence[Term]) -> str:
    """About 200 characters around the first match, `…` where it was cut; escaped, matches as in `headline`."""
    flat = _SPACE.sub(" ", text).strip()
    begin = max(0, _first_match(flat, terms=terms) - _BEFORE)
    if begin:
        space = flat.find(" ", begin, begin + _BEFORE)
        begin = begin if space < 0 else space + 1
    end = len(flat) if len(flat) - begin <= LENGTH else begin + LENGTH
    if end < len(flat):
        space = flat.rfind(" ", begin + LENGTH // 2, end)
        end = end if space < 0 else space
    piece = headline(flat[begin:end].strip(), terms=terms)
    return f"{'…' if begin else ''}{piece}{'…' if end < len(flat) else ''}"


def headline(title: str, *, terms: Sequence[Term]) -> str:
    """The text, escaped, every matching word in a span of class `search-highlight` (source: upstream's mark)."""
    pieces: list[str] = []
    last = 0
    for begin, end in _spans(title, terms=terms):
        if begin < last:
            continue
        pieces.append(escape(title[last:begin], quote=False))
        pieces.append(_MARK.format(escape(title[begin:end], quote=False)))
        last = end
    pieces.append(escape(title[last:], quote=False))
    return "".join(pieces)


def _first_match(text: str, *, terms: Sequence[Term]) -> int:
    low = text.lower()
    if len(low) == len(text):
        places = [low.find(term.text.lower()) for term in terms]
        direct = min((place for place in places if place >= 0), default=-1)
        if direct >= 0:
            return direct
    for count, match in enumerate(_WORD.finditer(text)):
        if count >= _SCANNED_WORDS:
            break
        if _is_match(match[0], terms=terms):
            return match.start()
    return 0


def _spans(title: str, *, terms: Sequence[Term]) -> Iterator[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for match in _WORD.finditer(title):
        if _is_match(match[0], terms=terms):
            found.append(match.span())
            continue
        # Writing without spaces: the match is a part of the run.
        found.extend(
            (match.start() + part.start(), match.start() + part.end())
            for term in terms
            if not term.text.isascii()
            for part in re.finditer(re.escape(term.text), match[0])
        )
    yield from sorted(found)


def _is_match(word: str, *, terms: Sequence[Term]) -> bool:
    spelled = words(word)
    if len(spelled) != 1:
        return False
    for term in terms:
        *whole, last = term.phrase
        if spelled[0] in whole or spelled[0] == last or (term.prefix and spelled[0].startswith(last)):
            return True
    return False
