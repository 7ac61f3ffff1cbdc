"""Promises about passwords."""

from __future__ import annotations

import pytest

from tertulia.forum.users.passwords import (
    PasswordRules,
    check_password,
    common_passwords,
    hash_password,
    needs_rehash,
    verify_password,
)

RULES = PasswordRules()


def codes(password: str, *, is_admin: bool = False, rules: PasswordRules = RULES) -> list[str]:
    found = check_password(
        password,
        rules=rules,
        username="alice_in_wonder",
        name="Alice Liddell",
        email="alice.liddell@example.com",
        is_admin=is_admin,
    )
    return [error.code.removeprefix("user.password_") for error in found]


@pytest.mark.parametrize(
    ("password", "expected"),
    [
        ("correct horse battery", []),
        ("short1!", ["too_short"]),
        ("", ["too_short"]),
        ("x" * 201, ["too_long"]),
        ("Alice_In_Wonder", ["same_as_username"]),
        ("alice liddell", ["same_as_name"]),
        ("alice.liddell@example.com", ["same_as_email"]),
        ("Password123", ["common"]),
        ("1234567890", ["common"]),
        ("qwertyuiop", ["common"]),
        ("ababababcdcdcd", ["repetitive"]),
    ],
)
def test_each_broken_rule_of_passwords_is_told(password: str, expected: list[str]) -> None:
    assert codes(password) == expected


def test_admins_need_longer_passwords() -> None:
    assert codes("twelve chars", is_admin=True) == ["too_short"]
    assert codes("fifteen chars ok", is_admin=True) == []


def test_an_empty_name_forbids_nothing() -> None:
    assert check_password("correct horse", rules=RULES, username="a", name="", email="", is_admin=False) == ()


def test_common_passwords_pass_where_the_site_allows_them() -> None:
    assert codes("1234567890", rules=PasswordRules(block_common=False)) == []


def test_every_common_password_is_long_enough_to_be_reached() -> None:
    assert len(common_passwords()) > 300
    assert all(len(word) >= RULES.minimum and word == word.casefold() for word in common_passwords())


def test_a_password_opens_its_own_hash_only() -> None:
    stored = hash_password("correct horse battery")
    assert stored.startswith("$argon2id$") and "m=19456,t=2,p=1" in stored
    assert verify_password(stored, "correct horse battery")
    assert not verify_password(stored, "correct horse batterz")
    assert hash_password("correct horse battery") != stored
    assert not needs_rehash(stored)


def test_nobody_and_broken_hashes_are_never_opened() -> None:
    for stored in (None, "", "plain", "$argon2id$v=19$broken"):
        assert not verify_password(stored, "a password that nobody has, hashed with the costs of today")
    assert needs_rehash("plain")


def test_a_password_may_be_typed_composed_or_decomposed() -> None:
    assert verify_password(hash_password("pässwörter sind gut"), "pa\u0308sswo\u0308rter sind gut")
    assert not verify_password(hash_password("any password"), "\ud800" * 12)
