"""Promises about words, queries, and what both search engines are told."""

from __future__ import annotations

import sqlite3
import time
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tertulia.forum.indexing.expressions import fts5_expression, tsquery_expression, tsvector_text
from tertulia.forum.indexing.words import MAXIMUM_DOCUMENT, MAXIMUM_WORD, Term, document, words
from tertulia.forum.search.operators import CategoryChoice
from tertulia.forum.search.query import SearchQuery, parse_query

NOW = int(datetime(2026, 3, 11, 15, 30, tzinfo=UTC).timestamp() * 1000)  # a Wednesday


def ask(q: str) -> SearchQuery:
    return parse_query(q, now=NOW)


def day(year: int, month: int, date: int) -> int:
    return int(datetime(year, month, date, tzinfo=UTC).timestamp() * 1000)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hello, World! 42", ["hello", "world", "42"]),
        ("Crème BRÛLÉE Straße", ["creme", "brulee", "strasse"]),
        ("e\u0301te ｗｉｄｅ ﬁn", ["ete", "wide", "fin"]),
        ("ПРИВЕТ Ёлка", ["привет", "елка"]),
        ("日本語", ["日本", "本語", "語"]),
        ("日", ["日"]),
        ("iphone日本 x", ["iphone", "日本", "本", "x"]),
        ("한국어", ["한국", "국어", "어"]),
        ("ガッコウ", ["ガッ", "ッコ", "コウ", "ウ"]),
        ("snow\u200dman soft\u00adhyphen two\u200bwords", ["snowman", "softhyphen", "two", "words"]),
        ("a_b-c.d'e", ["a", "b", "c", "d", "e"]),
        ("❤\ufe0f 🎉", []),
        ("x" * 100, ["x" * MAXIMUM_WORD]),
    ],
)
def test_words_are_folded_letters_and_digits(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_vowel_signs_are_part_of_indic_words() -> None:
    assert words("कि") != words("का")
    assert len(words("हिन्दी")) == 1


def test_a_document_is_bounded_and_ends_with_a_whole_word() -> None:
    text = document("日" * MAXIMUM_DOCUMENT)
    assert len(text) <= MAXIMUM_DOCUMENT
    assert set(map(len, text.split(" "))) == {2}


def test_long_runs_of_marks_cost_no_more_than_their_length() -> None:
    def seconds(times: int) -> float:
        started = time.process_time()
        words("a" + "\u0301\u0316" * times)
        words("a" + "\u0f73" * times)
        words("\ufdfa" * times)
        return time.process_time() - started

    seconds(1_000)
    assert seconds(40_000) < 8 * min(seconds(10_000), seconds(10_000))


# -- both engines ------------------------------------------------------------------------------------


def matches(terms: tuple[Term, ...], text: str) -> bool:
    """What the expressions mean, said plainly."""
    have = words(text)

    def occurs(term: Term) -> bool:
        length = len(term.phrase)
        for start in range(len(have) - length + 1):
            *first, last = have[start : start + length]
            if tuple(first) == term.phrase[:-1] and (
                last.startswith(term.phrase[-1]) if term.prefix else last == term.phrase[-1]
            ):
                return True
        return False

    return all(occurs(term) for term in terms)


ALPHABET = "aábB1 \"'*():&|!<>\\^-+日本語한국ガé\u0301ßİ\u093f\u200b𞤀Ａ.:"
TEXTS = st.text(alphabet=ALPHABET, max_size=30) | st.text(max_size=20)


@settings(max_examples=300, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=4), TEXTS)
def test_sqlite_finds_exactly_what_the_words_say(texts: list[str], q: str) -> None:
    terms = ask(q).terms
    if not terms:
        return
    connection = sqlite3.connect(":memory:")
    connection.execute('CREATE VIRTUAL TABLE t USING fts5(d, tokenize = "unicode61 remove_diacritics 0")')
    connection.executemany("INSERT INTO t (rowid, d) VALUES (?, ?)", enumerate(map(document, texts)))
    rows = connection.execute("SELECT rowid FROM t WHERE t MATCH ?", (fts5_expression(terms),)).fetchall()
    connection.close()
    assert {row[0] for row in rows} == {n for n, text in enumerate(texts) if matches(terms, text)}


@settings(max_examples=100)
@given(st.text(alphabet="日本語한국", min_size=1, max_size=8), st.data())
def test_any_part_of_a_run_without_spaces_is_found(run: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(run) - 1))
    end = data.draw(st.integers(start + 1, len(run)))
    assert matches(ask(run[start:end]).terms, run)
    assert matches(ask(f'"{run[start:end]}"').terms, run)


def test_every_letter_is_kept_as_it_is_by_sqlite() -> None:
    # All alphabets of Europe and Asia, and a sample of the rest, as the whole range takes ten seconds.
    points = [p for p in [*range(0x2200), *range(0x2200, 0x20000, 97)] if not 0xD800 <= p < 0xE000]
    connection = sqlite3.connect(":memory:")
    connection.execute('CREATE VIRTUAL TABLE t USING fts5(d, tokenize = "unicode61 remove_diacritics 0")')
    connection.execute("CREATE VIRTUAL TABLE v USING fts5vocab(t, instance)")
    given_words = {p + 1: words(f"{chr(p)}q {chr(p)}") for p in points}
    connection.executemany("INSERT INTO t (rowid, d) VALUES (?, ?)", [(p, " ".join(w)) for p, w in given_words.items()])
    kept: dict[int, list[str]] = {p: [] for p in given_words}
    for point, word in connection.execute("SELECT doc, term FROM v ORDER BY doc, offset"):
        kept[point].append(word)
    connection.close()
    assert kept == given_words


def test_nothing_typed_is_syntax() -> None:
    hostile = """a" OR "b NEAR(x y) t:d ' & ! | <-> \\' :* --"""
    terms = ask(hostile).terms
    assert '""' not in fts5_expression(terms)
    assert fts5_expression([Term("", False, ('x" OR "y',))]) == '"x"" OR ""y"'
    assert tsquery_expression([Term("", False, ("x' | 'y\\",))]) == "'x'' | ''y\\\\'"


def test_words_of_three_letters_may_go_on_and_shorter_ones_may_not() -> None:
    terms = ask('foo ab "foo bar" 日本').terms
    assert fts5_expression(terms) == '"foo" * AND "ab" AND "foo bar" AND "日本"'
    assert tsquery_expression(terms) == "'foo':* & 'ab' & ('foo' <-> 'bar') & '日本'"


def test_no_terms_are_no_expression() -> None:
    assert fts5_expression([]) == "" and tsquery_expression([]) == ""


def test_a_vector_names_each_word_with_its_places() -> None:
    assert tsvector_text("foo bar Foo") == "'foo':1,3 'bar':2"
    long = tsvector_text("the " * 20_000 + "end")
    assert long.count(",") == 254 and long.endswith("'end':16383")


# -- the query language ------------------------------------------------------------------------------


def test_words_and_phrases_are_kept_as_typed() -> None:
    query = ask("Red “blue sky” red")
    assert query.text == 'Red "blue sky" red'
    assert [term.phrase for term in query.terms] == [("red",), ("blue", "sky")]


@pytest.mark.parametrize(
    ("q", "field", "value"),
    [
        ("category:howto", "categories", (CategoryChoice("howto"),)),
        ("Category:=howto,parent:child", "categories",
         (CategoryChoice("howto", exact=True), CategoryChoice("child", parent="parent"))),
        ('category:"Site Feedback"', "categories", (CategoryChoice("site feedback"),)),
        ("#howto", "hashtags", ("howto",)),
        ("#parent:child", "hashtags", ("parent:child",)),
        ("tags:a,b", "tags_any", (("a", "b"),)),
        ("tags:a+b", "tags_all", ("a", "b")),
        ("-tags:a,b", "tags_none", ("a", "b")),
        ("@Alice", "usernames", ("alice",)),
        ("user:alice", "usernames", ("alice",)),
        ("user:12", "user_ids", (12,)),
        ("@me", "by_me", True),
        ("created:@bob", "created_by", ("bob",)),
        ("group:staff", "groups", ("staff",)),
        ("group_messages:staff", "group_messages", ("staff",)),
        ("personal_messages:bob", "messages_of", ("bob",)),
        ("badge:leader", "badges", ("leader",)),
        ("in:title", "places", {"title"}),
        ("t", "places", {"title"}),
        ("f", "places", {"first"}),
        ("in:mine", "places", {"created"}),
        ("in:messages", "places", {"personal"}),
        ("status:noreplies", "statuses", {"noreplies"}),
        ("order:likes", "order", "likes"),
        ("l", "order", "latest"),
        ("with:images", "with_images", True),
        ("include:invisible", "include_unlisted", True),
        ("posts_count:3", "posts_count", 3),
        ("min_post_count:3", "min_posts", 3),
        ("max_posts:9", "max_posts", 9),
        ("min_views:10", "min_views", 10),
        ("max_views:20", "max_views", 20),
        ("topic:77", "topic_id", 77),
        ("filetypes:png,.pdf", "file_types", ("png", "pdf")),
        ("before:2026-03", "before", day(2026, 3, 1)),
        ("after:2025", "after", day(2025, 1, 1)),
        ("after:2026-3-9", "after", day(2026, 3, 9)),
        ("after:10", "after", day(2026, 3, 1)),
        ("after:yesterday", "after", day(2026, 3, 10)),
        ("after:monday", "after", day(2026, 3, 9)),
        ("after:wednesday", "after", day(2026, 3, 11)),
        ("before:april", "before", day(2025, 4, 1)),
        ("before:march", "before", day(2026, 3, 1)),
        ("before:Mar", "before", day(2026, 3, 1)),
        ("after:dec", "after", day(2025, 12, 1)),
        ("after:SUNDAY", "after", day(2026, 3, 8)),
        ("after:today", "after", day(2026, 3, 11)),
        ("-tags:a+b", "tags_not_all", (("a", "b"),)),
        ("-tag:a", "tags_none", ("a",)),
        ("tag:a", "tags_any", (("a",),)),
        ("#=howto", "hashtags", ("=howto",)),
        ("r", "order", "read"),
        ("categories:a,b", "categories", (CategoryChoice("a"), CategoryChoice("b"))),
        ("after:2026-13", "after", None),
        ("before:soon", "before", None),
        ("order:sideways", "order", None),
        ("Order:LATEST_topic", "order", "latest_topic"),
    ],
)  # fmt: skip
def test_each_operator_is_understood(q: str, field: str, value: object) -> None:
    query = ask(f"apples {q} pears")
    assert getattr(query, field) == value
    assert [term.text for term in query.terms] == ["apples", "pears"]


@pytest.mark.parametrize(
    "q",
    ["unknown:thing", "in:nowhere", "order:side-ways", "status:odd", "after:", "with:sounds",
     "min_posts:x", "topic:-1", "with:", "category:", "http://example.com/a", "tags:", "created:bob"],
)  # fmt: skip
def test_an_operator_that_means_nothing_is_words(q: str) -> None:
    query = ask(q)
    assert query == SearchQuery(text=q, terms=query.terms)
    assert query.terms


def test_a_query_without_anything_is_blank() -> None:
    assert ask("").is_blank and ask(" !? ").is_blank
    assert not ask("in:title").is_blank and not ask("word").is_blank


def test_a_query_is_bounded() -> None:
    query = ask(" ".join(f"word{n}" for n in range(500)))
    assert len(query.terms) == 32
    assert sum(len(term.phrase) for term in ask("字" * 1_000).terms) <= 128
    assert sum(len(term.phrase) for term in ask("a-" * 500 + " b").terms) <= 128


@given(st.text(max_size=200))
def test_reading_a_query_never_fails(q: str) -> None:
    query = ask(q)
    assert all(term.phrase and all(term.phrase) for term in query.terms)


@given(st.lists(st.sampled_from(["in:title", "@me", '"', "tags:a+", "#", "@", ":", "before:9", "é", "-"]), max_size=40))
def test_reading_operators_in_any_mixture_never_fails(pieces: list[str]) -> None:
    ask(" ".join(pieces))
    ask("".join(pieces))
