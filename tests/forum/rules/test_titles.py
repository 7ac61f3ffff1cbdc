"""Promises about titles, slugs and what single characters are worth."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tertulia.forum.slugs import MAXIMUM_SLUG, slugify
from tertulia.forum.topic_rules.titles import TitleRules, check_title, clean_title, title_key

RULES = TitleRules()


def codes(title: str, *, is_admin: bool = False, is_private: bool = False, rules: TitleRules = RULES) -> list[str]:
    return [e.code for e in check_title(title, rules=rules, is_admin=is_admin, is_private=is_private)]


def test_a_title_is_one_line_without_invisible_characters() -> None:
    assert clean_title(" a\x00b \n\t c\u200b\u202ed\ufeff ") == "ab cd"
    assert clean_title("\ud800broken\udfff") == "broken"


def test_joiners_stay_in_emoji_and_persian_but_not_between_latin_letters() -> None:
    assert clean_title("👨\u200d👩\u200d👧") == "👨\u200d👩\u200d👧"
    assert clean_title("می\u200cخواهم") == "می\u200cخواهم"
    assert clean_title("pay\u200dpal\u200c") == "paypal"


def test_an_ordinary_title_passes() -> None:
    assert codes("Why is the sky blue today?") == []


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Too short", ["topic.title_too_short", "topic.title_unclear"]),
        ("", ["topic.title_blank", "topic.title_too_short", "topic.title_unclear"]),
        ("   x                    ", ["topic.title_too_short", "topic.title_unclear"]),
        ("aaaaaaaaaaaaaaaaaaaaaaaa", ["topic.title_unclear"]),
        ("WHY IS THE SKY SO BLUE TODAY", ["topic.title_unclear"]),
        ("!@#$%^&*()_+-=[]{};:,.<>", ["topic.title_unclear"]),
        ("see " + "abcdefghij" * 4, ["topic.title_word_too_long"]),
        ("Why is the sky blue? 😀 😀", ["topic.title_emojis"]),
        ("Why is the sky blue :sun: :moon:", ["topic.title_emojis"]),
        ("y" * 256, ["topic.title_too_long"]),
    ],
)
def test_each_broken_rule_of_titles_is_told(title: str, expected: list[str]) -> None:
    assert codes(title) == expected


def test_a_title_of_exactly_the_limits_passes() -> None:
    assert codes("abcdefghijklmno") == []
    assert codes(("abcdefghi " * 26)[:255]) == []


def test_capitals_pass_where_the_site_allows_them() -> None:
    assert codes("WHY IS THE SKY SO BLUE TODAY", rules=TitleRules(allow_uppercase=True)) == []


def test_admins_may_write_short_titles_but_not_empty_ones() -> None:
    assert codes("Bug repro", is_admin=True) == []
    assert codes("x", is_admin=True) == []
    assert codes("xxxxxxxx", is_admin=True) == ["topic.title_unclear"]
    assert "topic.title_blank" in codes("", is_admin=True)


def test_messages_need_two_characters_and_no_quality() -> None:
    assert codes("hi", is_private=True) == []
    assert codes("h", is_private=True) == ["topic.title_too_short"]
    assert codes("AAAAAAA", is_private=True) == []


def test_a_site_with_short_titles_asks_for_less_entropy() -> None:
    assert codes("abcde", rules=TitleRules(minimum=5)) == []


def test_a_chinese_sentence_is_clear_and_is_not_one_long_word() -> None:
    assert codes("如何在树莓派上安装这个论坛软件并且让它开机自动运行以及每天备份到另一台机器上面去") == []
    assert "topic.title_unclear" in codes("啊啊啊啊啊啊啊啊啊啊啊啊啊啊啊啊")


def test_program_names_and_line_numbers_are_not_emoji() -> None:
    assert codes("Crash in std::vector::size and Foo::bar::baz") == []
    assert codes("Error at main.cpp:28:10: and again util.h:10:22: today") == []


def test_one_family_emoji_counts_once() -> None:
    assert codes("Our family photo from 👨\u200d👩\u200d👧") == []


def test_titles_that_look_the_same_have_one_key() -> None:
    assert title_key("Why  is the SKY blue") == title_key("why is the sky\u200b blue ")
    assert title_key("ｗｉｄｅ title") == title_key("wide title")
    assert title_key("one") != title_key("two")


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Hello World!", "hello-world"),
        ("Don't panic: it's fine", "dont-panic-its-fine"),
        ("o_o_o", "o-o-o"),
        (":smile: To Infinity and beyond! 🚀 :woman:t5:", "to-infinity-and-beyond"),
        ("special characters like ÅÄÖ", "special-characters-like-aao"),
        ("Straße nach Łódź, œuvre", "strasse-nach-lodz-oeuvre"),
        ("12345", "topic"),
        ("内容似乎不清晰", "topic"),
        ("", "topic"),
        ("../../etc/passwd", "etc-passwd"),
        ("AT&T & co", "at-t-co"),
    ],
)
def test_slugs_are_those_of_upstream(title: str, slug: str) -> None:
    assert slugify(title) == slug


def test_the_fallback_of_a_slug_can_be_chosen() -> None:
    assert slugify("?!", fallback="") == ""


@given(st.text(max_size=600))
def test_a_slug_is_always_short_ascii_words_that_make_themselves(text: str) -> None:
    slug = slugify(text)
    assert 0 < len(slug) <= MAXIMUM_SLUG
    assert set(slug) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert slug.strip("-") == slug and "--" not in slug and not slug.isdigit()
    assert slugify(slug) == slug


@given(st.text())
def test_cleaning_a_title_twice_changes_nothing_more(text: str) -> None:
    assert clean_title(clean_title(text)) == clean_title(text)
    clean_title(text).encode()
