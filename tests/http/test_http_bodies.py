"""Queries, forms and JSON bodies as Rails reads them, and what is refused."""

from __future__ import annotations

import contextlib
import json
import time
from typing import Any
from urllib.parse import quote, quote_from_bytes, quote_plus, unquote_to_bytes, urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tertulia.http.bodies import Limits, parse_body, parse_query
from tertulia.http.bodies.forms import percent_decode
from tertulia.model.errors import BodyBroken, BodyTooLarge, ForumError, ParameterInvalid, TooManyParameters

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (b"", {}),
        (b"a=1&b=two", {"a": "1", "b": "two"}),
        (b"a=1&a=2", {"a": "2"}),
        (b"flag", {"flag": None}),
        (b"empty=", {"empty": ""}),
        (b"a=b=c", {"a": "b=c"}),
        (b"&&a=1&", {"a": "1"}),
        (b"=1", {}),
        (b"q=a+b%2Bc", {"q": "a b+c"}),
        (b"post[raw]=hello", {"post": {"raw": "hello"}}),
        (b"permissions[everyone]=1", {"permissions": {"everyone": "1"}}),
        (b"tags[]=a&tags[]=b", {"tags": ["a", "b"]}),
        (b"post_ids[]=7", {"post_ids": ["7"]}),
        (b"post_ids%5B%5D=7&post_ids%5B%5D=8", {"post_ids": ["7", "8"]}),
        (b"timings[2]=4000&timings[10]=1", {"timings": {"2": "4000", "10": "1"}}),
        (b"a[][b]=1&a[][c]=2", {"a": [{"b": "1", "c": "2"}]}),
        (b"a[][b]=1&a[][b]=2", {"a": [{"b": "1"}, {"b": "2"}]}),
        (b"a[][b]=1&a[][c]=2&a[][b]=3", {"a": [{"b": "1", "c": "2"}, {"b": "3"}]}),
        (b"a[][b][]=1&a[][b][]=2", {"a": [{"b": ["1", "2"]}]}),
        (b"a[][]=1&a[][]=2", {"a": [["1"], ["2"]]}),
        (b"a[b][c][d]=1", {"a": {"b": {"c": {"d": "1"}}}}),
        (b"a[b][]=1", {"a": {"b": ["1"]}}),
        (b"a[b=1", {"a[b": "1"}),
        (b"a]=1", {"a]": "1"}),
        (b"[]=1", {"[]": "1"}),
        (b"a[b]c=1", {"a[b]c": "1"}),
        (b"a[b]=1&a[b]=2", {"a": {"b": "2"}}),
        (b"name=%C3%A9%F0%9F%98%80", {"name": "é😀"}),
        ("name=é".encode(), {"name": "é"}),
    ],
)
def test_a_query_is_read_as_rails_reads_it(query: bytes, expected: dict[str, Any]) -> None:
    assert parse_query(query) == expected
    assert parse_body(query, FORM) == expected


@pytest.mark.parametrize(
    ("query", "name", "problem"),
    [
        (b"a=1&a[b]=2", "a[b]", "conflict"),
        (b"a[b]=2&a=1", "a", "conflict"),
        (b"a=1&a[]=2", "a[]", "conflict"),
        (b"a[]=1&a[b]=2", "a[b]", "conflict"),
        (b"a[b]=1&a[]=2", "a[]", "conflict"),
        (b"a=%ff", "a", "encoding"),
        (b"a=\xff", "a", "encoding"),
        (b"%ff=1", "%ff", "encoding"),
        (b"a=%ED%A0%80", "a", "encoding"),
        (b"a=%C0%80", "a", "encoding"),
        (b"a=100%", "a", "escape"),
        (b"a=%zz", "a", "escape"),
        (b"username=a%00b", "username", "nul"),
        (b"post[name]=%00", "post[name]", "nul"),
        (b"a%00b=1", "a\N{REPLACEMENT CHARACTER}b", "nul"),
    ],
)
def test_a_query_that_cannot_be_meant_names_its_parameter(query: bytes, name: str, problem: str) -> None:
    with pytest.raises(ParameterInvalid) as caught:
        parse_query(query)
    assert caught.value.params == {"name": name, "problem": problem}


def test_nul_is_left_to_the_services_in_raw_title_and_content() -> None:
    assert parse_query(b"raw=a%00b&post[title]=%00&content=%00") == {
        "raw": "a\0b",
        "post": {"title": "\0"},
        "content": "\0",
    }
    assert parse_body(b'{"raw": "a\\u0000b"}', JSON) == {"raw": "a\0b"}
    with pytest.raises(ParameterInvalid):
        parse_body(b'{"tags": ["a\\u0000b"]}', JSON)
    with pytest.raises(ParameterInvalid):
        parse_body(b'{"a\\u0000b": 1}', JSON)


def test_parameter_bombs_are_refused_before_they_are_built() -> None:
    parse_query(b"&".join(b"a%d=1" % number for number in range(4096)))
    with pytest.raises(TooManyParameters) as caught:
        parse_query(b"&".join(b"a%d=1" % number for number in range(4097)))
    assert caught.value.params == {"maximum": 4096}
    with pytest.raises(TooManyParameters):
        parse_body(b"a&" * 1_000_000, FORM)
    parse_query(b"&" * 10_000 + b"a=1")


def test_nesting_and_names_have_a_bound() -> None:
    parse_query(b"a" + b"[b]" * 31 + b"=1")
    for name in (b"a" + b"[b]" * 32, b"a" + b"[]" * 32, b"a" + b"[][b]" * 16):
        with pytest.raises(ParameterInvalid) as caught:
            parse_query(name + b"=1")
        assert caught.value.params["problem"] == "depth"
    parse_query(b"n" * 1024 + b"=1")
    for name in (b"n" * 1025, b"%41" * 1025, b"%C3%A9" * 600, b"n" * 100_000):
        with pytest.raises(ParameterInvalid) as caught:
            parse_query(name + b"=1")
        assert caught.value.params["problem"] == "name_length"
        assert len(str(caught.value.params["name"])) <= 101


def test_a_body_beyond_its_limit_is_too_large() -> None:
    limits = Limits(body_bytes=10, upload_bytes=10)
    for content_type in (FORM, JSON, "text/plain", "multipart/form-data; boundary=x", ""):
        with pytest.raises(BodyTooLarge) as caught:
            parse_body(b"-" * 11, content_type, limits=limits)
        assert caught.value.params == {"maximum": 10}


def test_long_escapes_are_decoded_in_linear_time() -> None:
    value = "%D0%B6" * 300_000
    parse_body(b"raw=" + b"%41a" * 2_500_000, FORM)
    started = time.perf_counter()
    assert parse_body(b"raw=" + value.encode(), FORM) == {"raw": "ж" * 300_000}
    assert time.perf_counter() - started < 2


@given(st.binary(max_size=80) | st.text("%=41aF\r\n_ .", max_size=40).map(str.encode))
def test_escapes_stand_for_what_the_standard_library_says(raw: bytes) -> None:
    assert percent_decode(quote_from_bytes(raw).encode()) == raw
    assert percent_decode(raw) in (unquote_to_bytes(raw), None)


# -- JSON ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize("content_type", [JSON, "application/json; charset=utf-8", "APPLICATION/JSON", "text/json"])
def test_a_json_object_is_the_parameters(content_type: str) -> None:
    body = '{"a": 1, "b": [true, null, 1.5], "c": {"d": "é"}}'.encode()
    assert parse_body(body, content_type) == {"a": 1, "b": [True, None, 1.5], "c": {"d": "é"}}


def test_a_json_array_is_kept_under_its_rails_name() -> None:
    assert parse_body(b'[1, {"a": 2}]', JSON) == {"_json": [1, {"a": 2}]}


@pytest.mark.parametrize("body", [b"", b"  \r\n", b"{}", b"\xef\xbb\xbf{}"])
def test_an_empty_body_labelled_json_has_no_parameters(body: bytes) -> None:
    assert parse_body(body, JSON) == {}


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"{a:1}",
        b"1",
        b'"text"',
        b"null",
        b"true",
        b"NaN",
        b'{"a":NaN}',
        b'{"a":1e999}',
        b"{} {}",
        b'{"a":"\xff"}',
        b'{"\xff":1}',
        b'{"a":"\\ud800 "}',
        b'{"a":"\xed\xa0\x80"}',
        b"1" * 6000,
        b"[" * 1000 + b"]" * 1000,
        b"[" * 40_000,
        b'{"a":' * 40_000,
        b'{"a":' * 33 + b"1" + b"}" * 33,
    ],
)
def test_broken_json_is_a_broken_body_with_a_bounded_problem(body: bytes) -> None:
    with pytest.raises(BodyBroken) as caught:
        parse_body(body, JSON)
    assert 0 < len(str(caught.value.params["problem"])) <= 200


def test_json_nested_to_the_limit_is_read() -> None:
    assert parse_body(b'{"a":' * 32 + b"1" + b"}" * 32, JSON)


def test_json_value_bombs_are_refused_but_long_texts_are_not() -> None:
    for bomb in (b"[" + b"[]," * 3_000_000 + b"1]", b'{"a":[' + b"1," * 70_000 + b"1]}"):
        with pytest.raises(TooManyParameters):
            parse_body(bomb, JSON)
    with pytest.raises(TooManyParameters):
        parse_body(json.dumps({f"a{number}": 1 for number in range(4097)}).encode(), JSON)
    text = ',[{\\"' * 100_000
    assert parse_body(json.dumps({"raw": text}).encode(), JSON) == {"raw": text}
    ids = list(range(5000))
    assert parse_body(json.dumps({"post_ids": ids}).encode(), JSON) == {"post_ids": ids}
    with pytest.raises(ForumError):
        parse_body(b'{"a":"' + b'\\"' * 1_000_000 + b"," * 70_000, JSON)


# -- content types ------------------------------------------------------------------------------------
def test_without_a_content_type_the_first_letter_decides() -> None:
    assert parse_body(b' {"a": 1}', "") == {"a": 1}
    assert parse_body(b"a=1", "") == {"a": "1"}
    assert parse_body(b"", "") == {}


def test_a_body_labelled_a_form_stays_a_form_even_if_it_looks_like_json() -> None:
    assert parse_body(b'{"a":1}', FORM) == {'{"a":1}': None}


def test_types_that_bring_no_parameters_bring_none() -> None:
    assert parse_body(b'{"a":1}', "text/plain") == {}
    assert parse_body(b'{"a":1}', "application/octet-stream") == {}
    assert parse_body(b'{"a":1}', "application/vnd.api+json") == {"a": 1}


# -- round trips and fuzz -----------------------------------------------------------------------------
TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)
KEY = st.text(st.characters(exclude_characters="\0[]", exclude_categories=["Cs"]), min_size=1, max_size=10)


@given(st.lists(st.tuples(KEY, TEXT), max_size=20))
def test_what_is_urlencoded_comes_back(pairs: list[tuple[str, str]]) -> None:
    assert parse_query(urlencode(pairs).encode()) == dict(pairs)


TREE = st.recursive(
    TEXT,
    lambda inner: st.lists(TEXT, min_size=1, max_size=4) | st.dictionaries(KEY, inner, min_size=1, max_size=4),
    max_leaves=12,
)


def flatten(value: Any, *, name: str) -> list[tuple[str, str]]:
    if isinstance(value, dict):
        return [pair for key, item in value.items() for pair in flatten(item, name=f"{name}[{key}]")]
    if isinstance(value, list):
        return [(f"{name}[]", item) for item in value]
    return [(name, value)]


@given(st.dictionaries(KEY, TREE, max_size=4))
def test_nested_mappings_and_lists_survive_the_brackets(tree: dict[str, Any]) -> None:
    pairs = [pair for key, value in tree.items() for pair in flatten(value, name=key)]
    encoded = "&".join(f"{quote(name, safe='[]')}={quote_plus(value)}" for name, value in pairs)
    assert parse_query(encoded.encode()) == tree


@given(st.dictionaries(KEY, st.recursive(TEXT | st.booleans() | st.integers() | st.none(), st.lists), max_size=5))
def test_json_comes_back_as_it_was(document: dict[str, Any]) -> None:
    assert parse_body(json.dumps(document).encode(), JSON) == document


@settings(max_examples=300)
@given(
    st.binary(max_size=200) | st.text('a[]=&%0;\0{}",:', max_size=60).map(str.encode),
    st.sampled_from([FORM, JSON, "", "multipart/form-data", "multipart/form-data;; boundary=a", "x/y"]),
)
def test_no_bytes_lead_to_anything_but_parameters_or_a_refusal(data: bytes, content_type: str) -> None:
    with contextlib.suppress(ForumError):
        assert isinstance(parse_body(data, content_type), dict)
