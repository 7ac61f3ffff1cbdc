"""Terms told to the search engines: one meaning in two languages.

Every word is quoted, so nothing a visitor types is ever syntax.
Read next: `indexing/words.py`, `store/fulltext/`.
"""

from __future__ import annotations

from collections.abc import Iterable

from tertulia.forum.indexing.words import Term, words

# What a tsvector can hold: positions up to 16383, 256 of them per word, one megabyte in all.
_MAXIMUM_POSITION = 16_383
_MAXIMUM_POSITIONS_PER_WORD = 255
_MAXIMUM_VECTOR_BYTES = 900_000


def fts5_expression(terms: Iterable[Term]) -> str:
    """Gives the right side of SQLite's MATCH: all terms must occur; empty when there are none.

    For `tokenize = "unicode61 remove_diacritics 0"`.
    """
    return " AND ".join(_fts5_term(term) for term in terms)


def tsquery_expression(terms: Iterable[Term]) -> str:
    """Gives the text to cast with `::tsquery`: all terms must occur; empty when there are none.

    A cast, not `to_tsquery`: PostgreSQL's own parser would cut the words again.
    """
    return " & ".join(_tsquery_term(term) for term in terms)


def tsvector_text(text: str) -> str:
    """Gives the words of a text with their positions, to cast with `::tsvector`; the twin of `document`.

    The words of very long texts are all found, but in sequence only within the first 16,383, and each only in
    its first 255 places. At most 900 kB.
    """
    places: dict[str, list[int]] = {}
    size = 0
    for number, word in enumerate(words(text), start=1):
        positions = places.get(word)
        if positions is None:
            size += len(word.encode()) + 8
            if size > _MAXIMUM_VECTOR_BYTES:
                break
            positions = places[word] = [min(number, _MAXIMUM_POSITION)]
        elif number <= _MAXIMUM_POSITION and len(positions) < _MAXIMUM_POSITIONS_PER_WORD:
            size += 2
            positions.append(number)
    return " ".join(f"{_quoted(word)}:{','.join(map(str, at))}" for word, at in places.items())


def _fts5_term(term: Term) -> str:
    sequence = " ".join(term.phrase).replace('"', '""')
    return f'"{sequence}" *' if term.prefix else f'"{sequence}"'


def _tsquery_term(term: Term) -> str:
    *first, last = (_quoted(word) for word in term.phrase)
    sequence = " <-> ".join([*first, f"{last}:*" if term.prefix else last])
    return f"({sequence})" if first else sequence


def _quoted(word: str) -> str:
    escaped = word.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"
