"""Promises about the texts of posts and about what an edit changed."""

from __future__ import annotations

import html
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tertulia.forum.posts.differences import (
    edit_distance_small,
    inline_diff,
    line_diff,
    side_by_side_diff,
)
from tertulia.forum.posts.texts import BodyRules, check_raw, clean_raw, raw_key

RULES = BodyRules()
PIECES = st.text(alphabet="ab \n<&", max_size=40)


def codes(raw: str, *, is_first: bool = False, is_private: bool = False, rules: BodyRules = RULES) -> list[str]:
    return [e.code for e in check_raw(raw, rules=rules, is_first=is_first, is_private=is_private)]


def test_a_text_keeps_its_beginning_and_loses_what_is_blank_at_its_end() -> None:
    assert clean_raw("    code\r\nline\rnext\x00 \n\n ") == "    code\nline\nnext"
    clean_raw("\ud83d").encode()


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("This is a reply of a fair length.", []),
        ("", ["post.body_blank", "post.body_too_short", "post.body_unclear"]),
        ("Short but clear", ["post.body_too_short"]),
        ("aaaaaaaaaaaaaaaaaaaaaaaaaaaa", ["post.body_unclear"]),
        ("I AM SHOUTING AT EVERYBODY HERE", ["post.body_unclear"]),
        ("<!-- " + "hidden words " * 5 + "--> seen", ["post.body_too_short"]),
        (":grinning_face_with_smile: hello", ["post.body_too_short"]),
        ("what is it ..............", ["post.body_too_short"]),
        ("x" * 32_001, ["post.body_too_long"]),
    ],
)
def test_each_broken_rule_of_bodies_is_told(raw: str, expected: list[str]) -> None:
    assert codes(raw) == expected


def test_a_body_that_is_too_long_says_how_long_it_is() -> None:
    (error,) = check_raw("x" * 32_005, rules=RULES, is_first=True, is_private=False)
    assert error.params == {"maximum": 32_000, "length": 32_005}


def test_first_posts_replies_and_messages_have_their_own_minimum() -> None:
    rules = BodyRules(minimum_first=30, minimum_reply=20, minimum_private=10)
    text = "Twenty-five characters ok"
    assert codes(text, is_first=True, rules=rules) == ["post.body_too_short"]
    assert codes(text, rules=rules) == []
    assert codes("Hello you!", is_first=True, is_private=True, rules=rules) == []


def test_many_open_comments_cost_no_more_than_their_length() -> None:
    started = time.perf_counter()
    check_raw("<!--" * 8_000, rules=RULES, is_first=True, is_private=False)
    assert time.perf_counter() - started < 1


def test_the_same_post_again_has_the_same_key_whatever_its_spaces_and_case() -> None:
    assert raw_key("Hello  World\n") == raw_key("hello world")
    assert raw_key("hello world") != raw_key("hello word")


@pytest.mark.parametrize(
    ("before", "after", "limit", "expected"),
    [
        ("same", "same", 0, True),
        ("a typo heer", "a typo here", 2, True),
        ("a typo heer", "a typo here", 1, False),
        ("x" * 200, "x" * 300, 100, True),
        ("x" * 200, "x" * 301, 100, False),
        ("abc" * 100, "xyz" * 100, 100, False),
        ("", "", 0, True),
    ],
)
def test_an_edit_is_small_when_few_characters_came_and_went(
    before: str, after: str, limit: int, expected: bool
) -> None:
    assert edit_distance_small(before, after, limit=limit) is expected


def reference_distance(before: str, after: str) -> int:
    row = list(range(len(after) + 1))
    for i, a in enumerate(before, 1):
        previous, row[0] = row[:], i
        for j, b in enumerate(after, 1):
            row[j] = previous[j - 1] if a == b else min(previous[j], row[j - 1]) + 1
    return row[-1]


@given(PIECES, PIECES)
def test_the_distance_is_the_shortest_there_is(before: str, after: str) -> None:
    distance = reference_distance(before, after)
    assert edit_distance_small(before, after, limit=distance)
    assert not distance or not edit_distance_small(before, after, limit=distance - 1)


def test_hostile_texts_cost_bounded_time() -> None:
    before = "ab" * 8_000 + "c" + "ab" * 8_000
    after = "ba" * 8_000 + "d" + "ba" * 8_000
    lines = "\n".join("ab"[i % 2] for i in range(15_000))
    started = time.perf_counter()
    edit_distance_small(before, after, limit=400)
    inline_diff(before, after)
    inline_diff(" ".join(before), " ".join(after))
    line_diff(lines, lines[::-1] + "\nb\nb")
    assert time.perf_counter() - started < 8


def test_an_inline_diff_marks_words_and_escapes_the_text() -> None:
    shown = inline_diff("a <b>bold</b> move", "a <b>brave</b> move")
    assert "<del>bold</del><ins>brave</ins>" in shown
    assert "<b>" not in shown and "&lt;b&gt;" in shown


def test_a_side_by_side_diff_shows_removals_left_and_additions_right() -> None:
    left, right = re.findall(r'<div class="revision-content">(.*?)</div>', side_by_side_diff("one two", "one 3"))
    assert "<del>two</del>" in left and "ins" not in left
    assert "<ins>3</ins>" in right and "del" not in right


def test_a_line_diff_is_a_table_of_lines() -> None:
    shown = line_diff("same\nold", "same\nnew\nmore")
    assert "<tr><td>same</td><td>same</td></tr>" in shown
    assert '<td class="diff-del">old</td><td class="diff-ins">new</td>' in shown
    assert '<tr><td></td><td class="diff-ins">more</td></tr>' in shown


def test_texts_that_differ_everywhere_are_shown_as_replaced_whole() -> None:
    before, after = " ".join(map(str, range(5_000))), " ".join(map(str, range(9_000, 4_000, -1)))
    assert inline_diff(before, after).count("<del>") < 3_000
    assert_rebuilds(before, after)


def assert_rebuilds(before: str, after: str) -> None:
    inline = inline_diff(before, after).removeprefix('<div class="inline-diff"><p>').removesuffix("</p></div>")
    inline = inline.replace("<br>", "\n")
    old = re.sub(r"<ins>.*?</ins>|</?del>", "", inline, flags=re.DOTALL)
    new = re.sub(r"<del>.*?</del>|</?ins>", "", inline, flags=re.DOTALL)
    assert html.unescape(old) == before
    assert html.unescape(new) == after


@given(PIECES, PIECES)
def test_both_texts_can_be_read_back_from_an_inline_diff(before: str, after: str) -> None:
    assert_rebuilds(before, after)


@given(PIECES, PIECES)
def test_both_texts_can_be_read_back_from_a_line_diff(before: str, after: str) -> None:
    rows = re.findall(r"<tr><td(.*?)</td><td(.*?)</td></tr>", line_diff(before, after), flags=re.DOTALL)
    for column, text, empty in ((0, before, rows), (1, after, rows)):
        cells = [row[column].partition(">")[2] for row in empty]
        named = [html.unescape(cell) for row, cell in zip(rows, cells, strict=True) if row[column] != ">" or cell]
        assert [line for line in named if line] == [line for line in text.split("\n") if line]
