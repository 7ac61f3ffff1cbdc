"""Promises about the site's own addresses."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tertulia.forum.addresses import (
    SiteLink,
    category_path,
    group_path,
    letter_avatar,
    parse_site_path,
    tag_path,
    topic_path,
    user_path,
)


def test_paths_are_those_that_clients_know() -> None:
    assert topic_path("why-blue", 12) == "/t/why-blue/12"
    assert topic_path("why-blue", 12, 3) == "/t/why-blue/12/3"
    assert topic_path("", 12) == "/t/topic/12"
    assert user_path("Alice") == "/u/alice"
    assert category_path(["parent", "child"], 5) == "/c/parent/child/5"
    assert category_path([""], 5) == "/c/5-category/5"
    assert tag_path("日本") == "/tag/%E6%97%A5%E6%9C%AC"
    assert group_path("staff") == "/g/staff"


@pytest.mark.parametrize(
    ("path", "link"),
    [
        ("/t/why/12", SiteLink(kind="topic", id=12)),
        ("/t/why/12/3", SiteLink(kind="topic", id=12, post_number=3)),
        ("/t/12", SiteLink(kind="topic", id=12)),
        ("/t/12/3?u=alice#x", SiteLink(kind="topic", id=12, post_number=3)),
        ("/t/-/12/", SiteLink(kind="topic", id=12)),
        ("/p/9", SiteLink(kind="post", id=9)),
        ("/posts/9", SiteLink(kind="post", id=9)),
        ("/u/alice", SiteLink(kind="user", name="alice")),
        ("/u/alice/activity/topics", SiteLink(kind="user", name="alice")),
        ("/c/a/b/5", SiteLink(kind="category", id=5)),
        ("/c/5", SiteLink(kind="category", id=5)),
        ("/tag/%E6%97%A5", SiteLink(kind="tag", name="日")),
        ("/g/staff", SiteLink(kind="group", name="staff")),
    ],
)
def test_own_paths_are_read_back(path: str, link: SiteLink) -> None:
    assert parse_site_path(path) == link


@pytest.mark.parametrize(
    "path",
    ["", "/", "/t/why", "/t/x/", "//evil.example/t/1", "https://x/t/1", "/u/", "/u/..%2f..", "/u/%2e%2e",
     "/t/why/12/3/4", "/t/" + "9" * 30, "/admin", "/c/a", "/t/why/١٢", "/u/" + "x" * 3000],
)  # fmt: skip
def test_other_paths_lead_nowhere(path: str) -> None:
    assert parse_site_path(path) is None


@given(st.text(min_size=1, max_size=30), st.integers(1, 10**15), st.none() | st.integers(1, 10**6))
def test_every_path_leads_back_to_what_it_was_made_of(word: str, number: int, post: int | None) -> None:
    assert parse_site_path(topic_path("a" + word, number, post)) == SiteLink(kind="topic", id=number, post_number=post)
    for path in (topic_path(word, 1), tag_path(word), user_path(word)):
        assert re.fullmatch(r"[A-Za-z0-9_.~/%\-]+", path)


def test_a_letter_avatar_leaves_its_size_to_the_reader() -> None:
    template = letter_avatar("Alice")
    assert re.fullmatch(r"/letter_avatar_proxy/v4/letter/a/[0-9a-f]{6}/\{size\}\.png", template)
    assert letter_avatar("ALICE") == template
    assert len({letter_avatar(f"alice{n}") for n in range(50)}) > 5
    assert "/letter/a/" in letter_avatar("_alice") and "/letter/x/" in letter_avatar("._-")
