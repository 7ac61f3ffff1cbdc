"""What people type into the search box, read: words, phrases, and operators such as `in:title`.

Pure parsing: names are not looked up here, and an operator that means nothing is words like any other.
Read next: `search/operators.py` (the table of operators), `indexing/words.py`.
"""

from __future__ import annotations

import re

from tertulia.forum.indexing.words import Term, exact_term, loose_terms
from tertulia.forum.search.operators import SearchQuery, apply_operator

__all__ = ["MAXIMUM_QUERY", "MAXIMUM_TERMS", "SearchQuery", "parse_query"]

MAXIMUM_QUERY = 1_000
MAXIMUM_TERMS = 32
_MAXIMUM_WORDS = 128
# A word with, directly behind it, something in quotes: `category:"my category"`.
_PIECE = re.compile(r'([^\s"]*)(?:"([^"]*)"?)?')
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»″", '"'))


def parse_query(q: str, *, now: int) -> SearchQuery:
    """Reads a query; never fails.

    Reads at most 1,000 characters and 32 words, phrases and operators. `now` is milliseconds since the
    epoch, for dates such as `after:yesterday`; days begin at midnight UTC. Source: upstream's search syntax.
    """
    query = SearchQuery()
    typed: list[str] = []
    terms: list[Term] = []
    pieces = [piece for piece in _PIECE.findall(q[:MAXIMUM_QUERY].translate(_QUOTES)) if any(piece)]
    for head, quoted in pieces[:MAXIMUM_TERMS]:
        applied = apply_operator(query, head, quoted=quoted, now=now)
        if applied is not None:
            query, quoted_left = applied
        else:
            quoted_left = quoted
            if head:
                typed.append(head)
                terms.extend(loose_terms(head))
        phrase = exact_term(quoted_left) if quoted_left else None
        if phrase is not None:
            typed.append(f'"{quoted_left}"')
            terms.append(phrase)
    return query.with_terms(_bounded(terms), text=" ".join(typed))


def _bounded(terms: list[Term]) -> tuple[Term, ...]:
    kept: list[Term] = []
    room = _MAXIMUM_WORDS
    for term in terms[:MAXIMUM_TERMS]:
        if term in kept:
            continue
        if len(term.phrase) > room:
            if room:
                kept.append(Term(term.text, False, term.phrase[:room]))
            break
        room -= len(term.phrase)
        kept.append(term)
    return tuple(kept)
