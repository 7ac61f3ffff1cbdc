"""Polls as clients find them: markup, ids of options, and the record of a poll."""

import hashlib

import pytest

from tertulia.forum.cooking import CookContext, Poll, PollOption, cook
from tests.forum.cooking.tree import html_of

RAW = "[poll type=regular results=always public=true chartType=bar]\n* Yes\n* No\n[/poll]"


def test_a_poll_has_the_shape_and_the_ids_of_a_real_forum() -> None:
    assert html_of(RAW) == (
        '<div class="poll" data-poll-status="open" data-poll-public="true" data-poll-results="always" '
        'data-poll-charttype="bar" data-poll-type="regular" data-poll-name="poll">\n<div>\n'
        '<div class="poll-container">\n<ul>\n'
        '<li data-poll-option-id="277962ea3b8227e06ed3eb378fbdba0d">Yes</li>\n'
        '<li data-poll-option-id="720aa6324194f0ccd395b3cd0ed76f0e">No</li>\n'
        '</ul>\n</div>\n<div class="poll-info">\n<p>\n<span class="info-number">0</span>\n'
        '<span class="info-label">voters</span>\n</p>\n</div>\n</div>\n</div>'
    )


def test_an_option_is_named_by_its_markdown() -> None:
    html = html_of("[poll]\n- Yes, but as a *separate* model file\n- b\n[/poll]")
    name = "b140aa71b37efef035a6050990e3cd1a"
    assert f'<li data-poll-option-id="{name}">Yes, but as a <em>separate</em> model file</li>' in html


def test_the_record_of_a_poll() -> None:
    poll = cook("[poll name=a close=2030-01-01]\n# Which *one*?\n1. x\n[/poll]", context=CookContext()).polls
    option = PollOption(hashlib.md5(b'["x"]', usedforsecurity=False).hexdigest(), "x")
    attributes = {"status": "open", "close": "2030-01-01", "type": "regular", "name": "a"}
    assert poll == (Poll("a", "Which *one*?", (option,), attributes),)


def test_a_heading_is_the_title() -> None:
    assert '<div class="poll-title">Which <em>one</em>?</div>\n<ol>' in html_of("[poll]\n# Which *one*?\n1. x\n[/poll]")


def test_a_poll_of_numbers_needs_no_list() -> None:
    poll = cook("[poll type=number min=2 max=8 step=3]\n[/poll]", context=CookContext()).polls[0]
    assert [option.text for option in poll.options] == ["2", "5", "8"]


@pytest.mark.parametrize("body", ["text", "", "- a\n\ntext", "text\n\n- a", "- - a", "- a\n\n* b"])
def test_without_exactly_one_list_the_tags_stay_text(body: str) -> None:
    cooked = cook(f"[poll]\n{body}\n[/poll]", context=CookContext())
    assert cooked.polls == () and "poll-container" not in cooked.html
    assert cooked.html.startswith("<p>[poll]</p>") and cooked.html.endswith("<p>[/poll]</p>")


def test_a_poll_in_a_quote_is_none_of_this_post() -> None:
    assert cook(f"[quote]\n{RAW}\n[/quote]", context=CookContext()).polls == ()


def test_the_options_of_a_post_are_bounded() -> None:
    cooked = cook("[poll type=number max=100]\n[/poll]\n\n" * 50, context=CookContext())
    assert len(cooked.polls) == 4
    assert cook("[poll type=number max=99999999999999]\n[/poll]", context=CookContext()).polls == ()
