"""Promises about names of users, groups, tags and categories, and about e-mail addresses."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tertulia.forum.categories.names import (
    category_key,
    category_slug,
    check_category_name,
    check_category_slug,
    check_colour,
)
from tertulia.forum.groups.names import GroupNameRules, check_group_name, group_key, suggest_group_name
from tertulia.forum.tags.names import check_tag, clean_tag, tag_key
from tertulia.forum.topic_rules.titles import title_key
from tertulia.forum.users.names import (
    UsernameRules,
    check_email,
    check_username,
    email_key,
    suggest_username,
    username_key,
)
from tertulia.model import errors

RULES = UsernameRules()


def code(name: str, *, rules: UsernameRules = RULES) -> str:
    found = check_username(name, rules=rules)
    return found[0].code.removeprefix("user.username_") if found else ""


@pytest.mark.parametrize("name", ["alice", "_bob", "a.b-c_d", "007bond", "x" * 20, "sam2"])
def test_ordinary_usernames_pass(name: str) -> None:
    assert code(name) == ""


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("ab", "too_short"),
        ("", "too_short"),
        ("x" * 21, "too_long"),
        ("a b c", "characters"),
        ("../x", "characters"),
        ("a/b", "characters"),
        ("%2e%2e", "characters"),
        ("a\\bc", "characters"),
        ("alice\n", "characters"),
        ("alice\x00", "characters"),
        ("ålice", "characters"),
        ("alice@home", "characters"),
        (".alice", "start"),
        ("-alice", "start"),
        ("...", "start"),
        ("alice.", "end"),
        ("alice_", "end"),
        ("a..b", "repeats"),
        ("a_-b", "repeats"),
        ("alice.json", "suffix"),
        ("alice.PNG", "suffix"),
        ("Admin", "reserved"),
        ("here", "reserved"),
    ],
)
def test_each_broken_rule_of_usernames_is_told(name: str, expected: str) -> None:
    assert code(name) == expected


def test_reserved_names_may_end_in_a_star() -> None:
    assert code("staff_jane", rules=UsernameRules(reserved=("staff*",))) == "reserved"
    assert code("jane_staff", rules=UsernameRules(reserved=("staff*",))) == ""


def test_letters_of_all_scripts_pass_where_the_site_allows_them() -> None:
    rules = UsernameRules(allow_unicode=True)
    assert code("ålice", rules=rules) == ""
    assert code("a\u202eb1", rules=rules) == "characters"
    assert code("a／b", rules=rules) == "characters"


def test_usernames_that_look_the_same_have_one_key() -> None:
    assert username_key("ALICE") == username_key("alice") == username_key("ａｌｉｃｅ")
    assert username_key("alice") != username_key("alice1")


@pytest.mark.parametrize(
    ("given_name", "expected"),
    [
        ("Jörg Müller", "Jorg_Muller"),
        ("jane.doe@example.com", "jane.doe"),
        ("@alice", "alice"),
        ("  ", "user1"),  # `user` itself is reserved
        ("../../etc", "_etc"),
        ("李小龍", "user1"),
        ("a", "a11"),
        ("admin", "admin1"),
        ("x" * 40, "x" * 20),
    ],
)
def test_a_suggestion_is_near_the_wish(given_name: str, expected: str) -> None:
    assert suggest_username(given_name, taken=frozenset[str]()) == expected


def test_a_suggestion_is_never_a_taken_name() -> None:
    assert suggest_username("alice", taken={"alice", "alice1"}) == "alice2"
    assert suggest_username("x" * 20, taken={"x" * 20}) == "x" * 19 + "1"
    assert suggest_username("alice", taken=lambda key: True) is None


@given(st.text(max_size=60))
def test_every_suggestion_obeys_the_rules(text: str) -> None:
    name = suggest_username(text, taken=frozenset[str]())
    assert name is not None and check_username(name, rules=RULES) == ()


def test_keys_of_hostile_names_cost_bounded_time() -> None:
    marks = "a" + "\u0301\u0316" * 50_000
    started = time.perf_counter()
    for key in (username_key, group_key, tag_key, clean_tag, category_key, title_key):
        assert len(key(marks)) <= 20_000
    suggest_username(marks, taken=frozenset[str]())
    assert time.perf_counter() - started < 3


@pytest.mark.parametrize("email", ["a@b.co", "Jane.Doe+x@Example.COM", "o'neil@sub.example.org", " a@b.co "])
def test_ordinary_addresses_give_their_key(email: str) -> None:
    assert check_email(email) == email_key(email) == email.strip().lower()


@pytest.mark.parametrize(
    "email",
    ["", "@", "a@", "@b.co", "a@b", "a@@b.co", "a b@c.de", "a@b..co", ".a@b.co", "a@-b.co",
     "a@b.co\nBcc: x@y.z", "a@[127.0.0.1]", "a@127.0.0.1", "a@b.co,c@d.co", "é@b.co", "x" * 65 + "@b.co",
     "a@" + "b" * 250 + ".co", "<a@b.co>"],
)  # fmt: skip
def test_broken_addresses_are_refused(email: str) -> None:
    with pytest.raises(errors.EmailInvalid):
        check_email(email)


def test_blocked_domains_and_what_is_below_them_are_refused() -> None:
    for email in ("a@mailinator.com", "a@X.Mailinator.com"):
        with pytest.raises(errors.EmailBlocked):
            check_email(email)
    assert check_email("a@notmailinator.com") == "a@notmailinator.com"
    assert check_email("a@mailinator.com", blocked_domains=()) == "a@mailinator.com"


@pytest.mark.parametrize("name", ["ab", "x" * 21, "a b c", "../x", "team.", "a--b", "team.json", "/etc", ""])
def test_group_names_obey_the_rules_of_usernames(name: str) -> None:
    assert [e.code for e in check_group_name(name, rules=GroupNameRules())] == ["group.name_invalid"]


def test_a_group_name_has_the_key_of_a_username() -> None:
    assert check_group_name("Team_1", rules=GroupNameRules()) == ()
    assert group_key("Team_1") == username_key("TEAM_1")
    assert suggest_group_name("Böse Buben", taken=frozenset({"bose_buben"}), rules=GroupNameRules()) == "Bose_Buben1"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("How To", "how-to"),
        ("  a   b  ", "a-b"),
        ("c++", "c"),
        ("this & that", "this-that"),
        ("v3.4", "v3.4"),
        ("a/b?c#d", "abcd"),
        ('<script>"x"</script>', "scriptxscript"),
        ("..", ""),
        ("日本語", "日本語"),
        ("a,b", "ab"),
        ("x" * 30, "x" * 20),
        ("snow\u200bman\x00", "snowman"),
        ("🎉", ""),
        ("parent:child", "parent:child"),
    ],
)
def test_tags_are_cleaned_as_upstream_does(name: str, expected: str) -> None:
    assert clean_tag(name) == expected


def test_a_tag_may_keep_its_capitals_and_still_has_one_key() -> None:
    assert clean_tag("PostgreSQL", force_lowercase=False) == "PostgreSQL"
    assert tag_key("PostgreSQL") == tag_key("postgresql")


def test_a_tag_that_is_nothing_or_too_long_is_refused() -> None:
    with pytest.raises(errors.TagNameInvalid):
        check_tag("///")
    with pytest.raises(errors.TagTooLong) as refusal:
        check_tag("x" * 21)
    assert refusal.value.params["maximum"] == 20
    assert check_tag("Fine Tag") == "fine-tag"


@given(st.text(max_size=100))
def test_a_clean_tag_is_clean_and_safe_in_an_address(text: str) -> None:
    tag = clean_tag(text)
    assert clean_tag(tag) == tag and len(tag) <= 20
    assert not set(tag) & set("/?#&<>\"' %\\,+")


def test_category_names_are_bounded() -> None:
    assert [e.code for e in check_category_name("  ")] == ["category.name_blank"]
    assert [e.code for e in check_category_name("x" * 51)] == ["category.name_too_long"]
    assert check_category_name("x" * 50) == ()
    assert category_key("Site  Feedback") == category_key("site feedback")


def test_category_slugs_are_words_and_never_digits_only() -> None:
    assert category_slug("Site Feedback") == "site-feedback"
    assert category_slug("日本語") == ""
    assert check_category_slug(" Site-Feedback ") == "site-feedback"
    for slug in ("12", "a b", "a/b", "-a", "a--b", "", "é", "x" * 256, "a\nb"):
        with pytest.raises(errors.CategorySlugInvalid):
            check_category_slug(slug)


def test_colours_are_three_or_six_digits_with_or_without_a_hash() -> None:
    assert check_colour("#0088cc") == "0088cc"
    assert check_colour("fFf") == "fFf"
    for colour in ("", "#", "12345", "ggg", "red", "#0088cc;", "0088cc}body{", "##fff", "٠٠٠"):
        with pytest.raises(errors.CategoryColourInvalid):
            check_colour(colour)
