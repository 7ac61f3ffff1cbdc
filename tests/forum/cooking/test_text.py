"""Text from cooked HTML, and titles."""

import pytest

from tertulia.forum.cooking import CookContext, cook, excerpt, fancy, plain_text, unicode_title, word_count


def _cooked(raw: str) -> str:
    return cook(raw, context=CookContext()).html


def test_an_excerpt_is_text_without_quotes_and_escaped() -> None:
    html = _cooked('[quote="sam"]\nold\n[/quote]\n**new** & `<code>` :smile:')
    assert excerpt(html) == "new &amp; &lt;code&gt; :smile:"


def test_a_long_excerpt_is_cut_and_says_so() -> None:
    text = excerpt(_cooked("word " * 100), length=20)
    assert text == "word word word word&hellip;"


def test_an_excerpt_of_exactly_the_length_is_whole() -> None:
    assert excerpt(_cooked("a" * 20), length=20) == "a" * 20


def test_an_excerpt_is_never_cut_inside_an_entity() -> None:
    assert excerpt(_cooked("&" * 30), length=10) == "&amp;" * 10 + "&hellip;"


def test_what_follows_a_nested_quote_is_in_the_excerpt() -> None:
    html = _cooked('[quote="a"]\n[quote="b"]\nx\n[/quote]\ny\n[/quote]\nz')
    assert excerpt(html) == "z"


def test_plain_text_has_one_line_a_block() -> None:
    assert plain_text(_cooked("# T\n\na\nb\n\n- c\n- <b>d</b> & e")) == "T\na\nb\nc\nd & e"


def test_an_image_gives_its_text() -> None:
    assert excerpt(_cooked("![a cat](/c.png) x")) == "[a cat] x"


TITLES = {
    "Can't compile": "Can&rsquo;t compile",
    'Error in "make" step': "Error in &ldquo;make&rdquo; step",
    "Models & Skyboxes": "Models &amp; Skyboxes",
    '<a value="Ring" />what': "&lt;a value=&ldquo;Ring&rdquo; /&gt;what",
    "Code::Blocks, 'undefined": "Code::Blocks, &lsquo;undefined",
    "'ik/quat.h' not found": "&lsquo;ik/quat.h&rsquo; not found",
    "SetTexture(... FORMAT...) - List": "SetTexture(&hellip; FORMAT&hellip;) - List",
    "etc..)": "etc..)",
    "a -- b": "a &ndash; b",
    ":mage: Wizards": ":mage: Wizards",
    "<script>": "&lt;script&gt;",
}


@pytest.mark.parametrize("title", TITLES)
def test_titles_get_the_entities_of_discourse(title: str) -> None:
    assert fancy(title) == TITLES[title]


def test_a_title_can_show_its_emoji_as_characters() -> None:
    assert unicode_title("Open Jam :grapes: :nosuch:") == "Open Jam 🍇 :nosuch:"


def test_words_are_runs_of_letters_digits_and_underscores() -> None:
    assert word_count("It's a_b, 3.5 — ça") == 6


def test_an_excerpt_leaves_out_players_votes_and_footnotes() -> None:
    raw = "a^[note]\n\nhttps://youtu.be/dQw4w9WgXcQ\n\n[poll]\n- yes\n[/poll]\n\nb"
    assert excerpt(cook(raw, context=CookContext()).html) == "a[1] yes b"
