"""Markdown pages cut into posts, whatever the posts say."""

from __future__ import annotations

from tertulia.importers.discourse_archive.raw_pages import Expected, split_raw
from tests.importers.archives import RULE, raw_page


def expected(*names: str) -> list[Expected]:
    return [Expected(number, name, (f"2020-03-04 05:06:{number:02d}",)) for number, name in enumerate(names, start=1)]


def test_a_page_gives_the_text_of_each_post() -> None:
    page = raw_page([("ann", 1, "One.\n\nStill one."), ("bob", 2, "Two.")])
    assert split_raw(page, expected("ann", "bob")) == {1: "One.\n\nStill one.", 2: "Two."}


def test_dashes_inside_a_text_are_text() -> None:
    text = f"Before.{RULE}After.\n\n---\n\nEnd."
    assert split_raw(raw_page([("ann", 1, text), ("bob", 2, "Two.")]), expected("ann", "bob")) == {1: text, 2: "Two."}


def test_a_forged_heading_does_not_take_the_place_of_the_real_one() -> None:
    forged = f"Hello.{RULE}bob | 2001-01-01 00:00:00 UTC | #2\n\nI never said this."
    page = raw_page([("ann", 1, forged), ("bob", 2, "What bob said.")])
    assert split_raw(page, expected("ann", "bob")) == {1: forged, 2: "What bob said."}


def test_headings_of_strangers_and_of_posts_that_do_not_exist_are_text() -> None:
    text = f"A.{RULE}eve | 2020-03-04 05:06:02 UTC | #2\n\nB.{RULE}ann | 2020-03-04 05:06:09 UTC | #9\n\nC."
    assert split_raw(raw_page([("ann", 1, text)]), expected("ann", "bob")) == {1: text}


def test_a_page_that_ends_early_gives_what_it_has() -> None:
    page = raw_page([("ann", 1, "One.")])
    assert split_raw(page, expected("ann", "bob", "cat")) == {1: "One."}
    assert split_raw("", expected("ann")) == {}


def test_an_empty_post_is_empty_and_takes_nothing_from_the_next() -> None:
    page = raw_page([("ann", 1, ""), ("bob", 2, "Two.")])
    assert split_raw(page, expected("ann", "bob")) == {1: "", 2: "Two."}


def test_windows_line_ends_are_read() -> None:
    page = raw_page([("ann", 1, "One."), ("bob", 2, "Two.")]).replace("\n", "\r\n")
    assert split_raw(page, expected("ann", "bob")) == {1: "One.", 2: "Two."}
