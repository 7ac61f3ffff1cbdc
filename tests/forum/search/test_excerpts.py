"""What is marked in a text is what the index calls a match: whole words, folded as they are indexed."""

from __future__ import annotations

import re
from random import Random

import pytest

from tertulia.forum.indexing.words import Term, exact_term, loose_terms, words
from tertulia.forum.search.excerpts import blurb, headline

MARKED = re.compile(r'<span class="search-highlight">(.*?)</span>')


def matches(word: str, terms: list[Term]) -> bool:
    """Word by word, as slowly and plainly as possible."""
    spelled = words(word)
    return len(spelled) == 1 and any(
        spelled[0] in term.phrase or (term.prefix and spelled[0].startswith(term.phrase[-1])) for term in terms
    )


@pytest.mark.parametrize("letters", ["abAB01__- ", "abÄäé01_- "])
def test_marks_are_on_the_words_that_the_index_would_find(letters: str) -> None:
    rng = Random(1)
    found = 0
    for _ in range(3_000):
        terms = loose_terms("".join(rng.choices("abA01 _ä", k=rng.randint(1, 9))))
        exact = exact_term("".join(rng.choices("ab01 A", k=rng.randint(1, 9))))
        terms = [*terms, exact] if exact is not None else terms
        text = "".join(rng.choices(letters, k=rng.randint(1, 30)))
        expected = [word for word in re.findall(r"\w+", text) if matches(word, terms)]
        if not any(not term.text.isascii() for term in terms):
            assert MARKED.findall(headline(text, terms=terms)) == expected, (text, terms)
            found += len(expected)
    assert found > 500


def test_nothing_is_marked_without_terms_and_long_words_match_by_their_indexed_part() -> None:
    assert headline("any text _at_ all", terms=[]) == "any text _at_ all"
    assert MARKED.findall(headline("x" * 70 + " y", terms=[Term("x", False, ("x" * 64,))])) == ["x" * 70]


def test_an_excerpt_begins_near_the_first_match_in_any_writing() -> None:
    for filler in ("filler ", "füller "):
        shown = blurb(filler * 100 + "a pre_shark Shark-like\n\tthing " + filler * 100, terms=loose_terms("shark"))
        assert MARKED.findall(shown) == ["Shark"]
        assert shown.startswith("…") and shown.endswith("…") and "like thing" in shown
