"""What a hit shows: a piece of its text around the first match, and its title with the matches marked.

Both are HTML: everything is escaped but the marks.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence
from html import escape

from tertulia.forum.indexing.words import MAXIMUM_WORD, Term, words

LENGTH = 200
_BEFORE = 60
_SCANNED_WORDS = 2_000
_SCANNED_CHARACTERS = 20_000
_WORD = re.compile(r"\w+")
_MARK = '<span class="search-highlight">{}</span>'


def blurb(text: str, *, terms: Sequence[Term]) -> str:
    """About 200 characters around the first match, `…` where it was cut; escaped, matches as in `headline`."""
    flat = " ".join(text.split())
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
    low, pattern = text.lower(), _pattern(tuple(terms))
    if len(low) == len(text):
        places = [low.find(term.text.lower()) for term in terms]
        direct = min((place for place in places if place >= 0), default=-1)
        if direct >= 0:
            return direct
        if text.isascii():
            match = pattern.search(low, 0, _SCANNED_CHARACTERS)
            return match.start() if match else 0
    for count, word in enumerate(_WORD.finditer(text)):
        if count >= _SCANNED_WORDS:
            break
        if _is_match(word[0], terms=terms, pattern=pattern):
            return word.start()
    return 0


def _spans(title: str, *, terms: Sequence[Term]) -> Iterator[tuple[int, int]]:
    pattern = _pattern(tuple(terms))
    if title.isascii():
        yield from (match.span() for match in pattern.finditer(title.lower()))
        return
    found: list[tuple[int, int]] = []
    unspaced = [re.compile(re.escape(term.text)) for term in terms if not term.text.isascii()]
    for match in _WORD.finditer(title):
        if _is_match(match[0], terms=terms, pattern=pattern):
            found.append(match.span())
            continue
        for text in unspaced:  # Writing without spaces: the match is a part of the run.
            found.extend((match.start() + at.start(), match.start() + at.end()) for at in text.finditer(match[0]))
    yield from sorted(found)


@functools.lru_cache(maxsize=64)
def _pattern(terms: tuple[Term, ...]) -> re.Pattern[str]:
    """Whole words that `_is_match`, of a text in ASCII and lower case: there what a word is needs no folding, and one
    expression finds in microseconds what takes a page of hits longer than all else, word by word."""
    spelled: set[str] = set()
    for term in terms:
        *whole, last = term.phrase
        spelled.update(_or_longer(word, begun=False) for word in whole)
        spelled.add(_or_longer(last, begun=term.prefix))
    return re.compile(rf"\b_*(?:{'|'.join(sorted(spelled)) or '(?!)'})_*\b")


def _or_longer(word: str, *, begun: bool) -> str:
    return re.escape(word) + ("[a-z0-9]*" if begun or len(word) == MAXIMUM_WORD else "")


def _is_match(word: str, *, terms: Sequence[Term], pattern: re.Pattern[str]) -> bool:
    if word.isascii():
        return pattern.fullmatch(word.lower()) is not None
    spelled = words(word)
    if len(spelled) != 1:
        return False
    for term in terms:
        *whole, last = term.phrase
        if spelled[0] in whole or spelled[0] == last or (term.prefix and spelled[0].startswith(last)):
            return True
    return False
