"""Signatures that cannot be forged, cookies and headers that cannot smuggle."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tertulia.http.signing import equal_in_constant_time, parse_cookies, safe_header, set_cookie, sign, unsign

KEY = b"k" * 32
TEXT = st.text(st.characters(exclude_categories=["Cs"]))


@given(TEXT)
def test_what_was_signed_comes_back(value: str) -> None:
    signed = sign(value, key=KEY)
    assert unsign(signed, key=KEY) == value
    assert set_cookie("s", signed, max_age=None, secure=True)


@given(TEXT, st.data())
def test_a_changed_letter_is_noticed(value: str, data: st.DataObject) -> None:
    signed = sign(value, key=KEY)
    at = data.draw(st.integers(0, len(signed) - 1))
    letter = data.draw(st.sampled_from("Aa0_-.=é"))
    changed = signed[:at] + letter + signed[at + 1 :]
    assert unsign(changed, key=KEY) == (value if changed == signed else None)


def test_another_key_or_purpose_does_not_open_it() -> None:
    signed = sign("7", key=KEY, purpose="session")
    assert unsign(signed, key=KEY, purpose="session") == "7"
    assert unsign(signed, key=KEY, purpose="csrf") is None
    assert unsign(signed, key=b"other", purpose="session") is None
    with pytest.raises(ValueError, match="empty key"):
        sign("7", key=b"")


@given(st.text(max_size=50))
def test_nothing_else_is_a_signed_value(text: str) -> None:
    assert unsign(text, key=KEY) is None


def test_comparison_knows_equal_from_different() -> None:
    assert equal_in_constant_time("é", right="é".encode())
    assert not equal_in_constant_time("a", right="b")
    assert not equal_in_constant_time("", right="b")


@pytest.mark.parametrize(
    ("header", "cookies"),
    [
        ("", {}),
        ("a=1; b=2", {"a": "1", "b": "2"}),
        ("a=1;a=2", {"a": "1"}),
        ('a="x"; b=y=z', {"a": "x", "b": "y=z"}),
        ("novalue; =x; b c=1; d=a b; e=", {"e": ""}),
        ("a=\x01; b=é", {}),
    ],
)
def test_cookies_are_read_leniently_and_the_first_wins(header: str, cookies: dict[str, str]) -> None:
    assert parse_cookies(header) == cookies


def test_cookies_are_bounded() -> None:
    assert len(parse_cookies(";".join(f"c{number}=1" for number in range(5000)))) == 100


def test_a_cookie_says_what_it_was_told() -> None:
    assert set_cookie("_t", "abc", max_age=60, secure=True) == (
        "_t=abc; Path=/; SameSite=Lax; Max-Age=60; Secure; HttpOnly"
    )
    assert set_cookie("x", "", max_age=0, secure=False, http_only=False, same_site="Strict", path="/f") == (
        "x=; Path=/f; SameSite=Strict; Max-Age=0"
    )


@pytest.mark.parametrize("value", ["a;b", "a\r\nb", "a\nb", "a,b", 'a"b', "a b", "é", "a\\b", "x\n"])
def test_a_cookie_value_that_would_break_out_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="cookie"):
        set_cookie("a", value, max_age=None, secure=True)


def test_cookie_names_paths_and_flags_are_checked() -> None:
    for name in ("", "a b", "a=b", "a;b", "a\n"):
        with pytest.raises(ValueError, match="name"):
            set_cookie(name, "1", max_age=None, secure=True)
    for path in ("x", "/;b", "/\r\n"):
        with pytest.raises(ValueError, match="path"):
            set_cookie("a", "1", max_age=None, secure=True, path=path)
    with pytest.raises(ValueError, match="SameSite"):
        set_cookie("a", "1", max_age=None, secure=False, same_site="None")


@given(st.text())
def test_a_safe_header_is_one_printable_ascii_line(value: str) -> None:
    assert all(" " <= letter <= "~" for letter in safe_header(value))


def test_a_safe_header_keeps_what_is_safe() -> None:
    assert safe_header("/t/a?b=c%20d&e=é") == "/t/a?b=c%20d&e=%C3%A9"
    assert safe_header("a\r\nSet-Cookie: x") == "a Set-Cookie: x"
