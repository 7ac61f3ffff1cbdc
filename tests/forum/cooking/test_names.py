"""Mentions, hashtags and emoji: what becomes one, and what is left alone."""

import pytest

from tertulia.forum.cooking import CookContext, cook, emoji_character, find_mentions
from tests.forum.cooking.tree import html_of

KNOWN = CookContext(
    base_url="https://a.example/forum",
    usernames={"sam": "Sam", "a.b-c_d": "a.b-c_d"},
    groups={"staff": "staff"},
    hashtags={"support": ("/c/support/4", "Support & more")},
)


def test_a_known_name_is_a_link_to_its_profile_as_written() -> None:
    assert html_of("hi @SAM!", KNOWN) == '<p>hi <a class="mention" href="/forum/u/sam">@SAM</a>!</p>'


def test_an_unknown_name_is_marked_and_leads_nowhere() -> None:
    assert html_of("@nobody", KNOWN) == '<p><span class="mention">@nobody</span></p>'


def test_a_group_leads_to_its_page() -> None:
    cooked = cook("@staff @sam @Sam", context=KNOWN)
    assert '<a class="mention-group" href="/forum/groups/staff">@staff</a>' in cooked.html
    assert cooked.mentions == ("sam",) and cooked.group_mentions == ("staff",)


def test_names_may_hold_dots_and_dashes_but_not_end_with_them() -> None:
    assert cook("@a.b-c_d. @sam- @sam, (@sam)", context=KNOWN).mentions == ("a.b-c_d", "sam")


@pytest.mark.parametrize(
    "raw",
    [
        "`@sam`",
        "```\n@sam\n```",
        '[quote="x"]\n@sam\n[/quote]',
        "[@sam](/x)",
        "x@sam",
        "sam@sam.com",
        "\\@sam",
    ],
)
def test_code_quotes_links_and_addresses_mention_nobody(raw: str) -> None:
    assert cook(raw, context=KNOWN).mentions == ()


def test_the_cheap_scan_finds_every_name_that_cooking_mentions() -> None:
    raw = "@one, (@two) *@three* @Four.five\n> @six\n\n@one"
    assert set(cook(raw, context=CookContext()).mentions) <= set(find_mentions(raw))
    assert find_mentions(raw) == ("one", "two", "three", "four.five", "six")


@pytest.mark.parametrize("name", ["ab", "2x.png", "page.HTML"])
def test_where_nobody_says_who_exists_a_name_that_nobody_may_have_is_nobody(name: str) -> None:
    assert html_of(f"@{name} @abc") == (
        f'<p><span class="mention">@{name}</span> <a class="mention" href="/u/abc">@abc</a></p>'
    )
    assert f'<a class="mention" href="/u/{name.lower()}">' in html_of(
        f"@{name}", CookContext(usernames={name.lower(): name})
    )


def test_a_known_hashtag_is_a_link_and_an_unknown_one_is_marked() -> None:
    html = html_of("#support #other", KNOWN)
    assert '<a class="hashtag-cooked" href="/c/support/4" data-slug="support">' in html
    assert "<span>Support &amp; more</span></a>" in html
    assert '<span class="hashtag">#other</span>' in html


@pytest.mark.parametrize("raw", ["a#b", "[color=#333]", "http://a.example/#x y"])
def test_a_hash_inside_something_else_is_no_hashtag(raw: str) -> None:
    assert "hashtag" not in html_of(raw)


def test_an_emoji_code_is_an_image_with_the_code_as_text() -> None:
    html = html_of("a :smile: b", KNOWN)
    assert 'src="/forum/emoji/smile.svg"' in html
    assert 'title=":smile:" class="emoji" alt=":smile:"' in html


def test_up_to_three_emoji_alone_are_large() -> None:
    assert html_of(":smile: :heart: :+1:").count("only-emoji") == 3
    assert "only-emoji" not in html_of(":smile: x")


@pytest.mark.parametrize(("raw", "name"), [(":)", "slight_smile"), ("x ;)", "wink"), (":D", "smiley"), (":'(", "cry")])
def test_emoticons_are_emoji(raw: str, name: str) -> None:
    assert f'alt=":{name}:"' in html_of(raw)


@pytest.mark.parametrize(
    "raw",
    ["`:)`", "done:)", "ok :).", ":nosuchemoji:", "10:30:45", "http://a.example/:smile: x", "\\:smile:"],
)
def test_what_only_looks_like_an_emoji_stays_text(raw: str) -> None:
    assert "emoji" not in html_of(raw).replace("nosuchemoji", "")


def test_emoji_have_characters_with_skin_tones() -> None:
    assert emoji_character("smile") == "😄" and emoji_character("slight_smile") == "🙂"
    assert emoji_character("wave:t3") == emoji_character("wave-t3") == "👋🏼"
    assert emoji_character("nosuch") is None and emoji_character("") is None
