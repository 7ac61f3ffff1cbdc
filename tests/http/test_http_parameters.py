"""Strings of forms and typed values of JSON read the same."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tertulia.http.bodies import Parameters, parse_body, parse_query
from tertulia.model.errors import ParameterInvalid, ParameterMissing


def form(text: str) -> Parameters:
    return Parameters(parse_query(text.encode()))


def document(value: Any) -> Parameters:
    return Parameters(parse_body(json.dumps(value).encode(), "application/json"))


def problem_of(read: Callable[[], object]) -> object:
    with pytest.raises(ParameterInvalid) as caught:
        read()
    return caught.value.params["problem"]


@given(st.integers(-(2**63), 2**63 - 1))
def test_an_integer_is_the_same_from_a_form_and_from_json(number: int) -> None:
    for parameters in (form(f"n={number}"), document({"n": number}), document({"n": str(number)})):
        assert parameters.integer("n") == number
        assert parameters.text("n") == str(number)
        assert parameters.integers("n") == [number]


@pytest.mark.parametrize("value", [2**63, -(2**63) - 1, 10**24, 1e300])
def test_integers_beyond_64_bits_are_refused(value: float) -> None:
    assert problem_of(lambda: document({"n": value}).integer("n")) == "range"
    assert problem_of(lambda: document({"n": [value]}).integers("n")) == "range"


@pytest.mark.parametrize("value", ["1x", "1.5", "--1", "٣", "1_0", 1.5, "9" * 100])
def test_what_is_no_integer_is_refused(value: object) -> None:
    assert problem_of(lambda: document({"n": value}).integer("n")) == "number"


@pytest.mark.parametrize("value", [True, [1], {"a": 1}])
def test_other_types_are_not_taken_for_integers(value: object) -> None:
    assert problem_of(lambda: document({"n": value}).integer("n")) == "type"


def test_an_integer_keeps_its_bounds() -> None:
    assert form("n=5").integer("n", minimum=5, maximum=5) == 5
    assert problem_of(lambda: form("n=5").integer("n", minimum=6, maximum=9)) == "range"
    assert problem_of(lambda: form("n=5").integer("n", minimum=1, maximum=4)) == "range"
    assert form("n=").integer("n", default=3) == 3
    assert document({"n": None}).integer("n", default=3) == 3


@pytest.mark.parametrize(("words", "expected"), [("true t 1 True TRUE on", True), ("false f 0 False off", False)])
def test_booleans_are_spelled_in_many_ways(words: str, expected: bool) -> None:
    for word in words.split():
        assert form(f"b={word}").boolean("b") is expected
    assert document({"b": expected}).boolean("b") is expected
    assert document({"b": int(expected)}).boolean("b") is expected


@pytest.mark.parametrize("value", ["maybe", "2", 2, 1.5, [], {}, ["true"]])
def test_other_words_are_no_boolean(value: object) -> None:
    assert problem_of(lambda: document({"b": value}).boolean("b")) == "boolean"


def test_booleans_fall_back_when_absent_or_empty() -> None:
    assert form("b=").boolean("b", default=True) is True
    assert form("").boolean("b") is None


def test_a_list_comes_from_a_list_commas_or_a_single_value() -> None:
    for parameters in (form("n[]=1&n[]=2"), form("n=1,2"), form("n=1, 2"), document({"n": [1, "2"]})):
        assert parameters.integers("n") == [1, 2]
    for parameters in (form("t[]=a&t[]=b"), document({"t": ["a", "b"]})):
        assert parameters.texts("t") == ["a", "b"]
    assert form("t=a, b").texts("t", commas=True) == ["a", "b"]
    assert form("t=a, b").texts("t") == ["a, b"]
    assert form("t[]=").texts("t") == form("").texts("t") == document({"t": [None, ""]}).texts("t") == []
    assert problem_of(lambda: document({"t": [["a"]]}).texts("t")) == "type"
    assert problem_of(lambda: document({"t": {"a": "b"}}).texts("t")) == "type"


def test_a_list_or_mapping_is_no_text() -> None:
    assert problem_of(lambda: document({"t": []}).text("t")) == "type"
    assert problem_of(lambda: document({"t": {"a": "b"}}).text("t")) == "type"
    assert document({"t": True}).text("t") == "true"
    assert document({"t": None}).text("t", default="d") == form("").text("t", default="d") == "d"
    assert form("t=").text("t", default="d") == ""


def test_a_required_value_that_is_absent_or_blank_is_missing_by_its_full_name() -> None:
    for parameters in (form("topic[x]=1"), form("topic[title]="), document({"topic": {"title": " "}})):
        with pytest.raises(ParameterMissing) as caught:
            parameters.nested("topic").required_text("title")
        assert caught.value.params == {"name": "topic[title]"}
    with pytest.raises(ParameterMissing):
        form("id=").required_integer("id")
    assert form("id=7&title= a ").required_text("title") == " a "
    assert form("id=7").required_integer("id") == 7


def test_nested_parameters_are_read_like_outer_ones() -> None:
    parameters = form("a[b][c]=1&list[][id]=2&list[][id]=3")
    assert parameters.nested("a").nested("b").integer("c") == 1
    assert [record.integer("id") for record in parameters.records("list")] == [2, 3]
    assert parameters.nested("none").mapping("x") == {}
    assert problem_of(lambda: form("a=1").nested("a")) == "type"
    assert problem_of(lambda: document({"a": [1]}).records("a")) == "type"


def test_the_path_wins_over_the_body_and_the_body_over_the_query() -> None:
    parameters = Parameters.merged(query={"a": "q", "b": "q", "c": "q"}, body={"b": "b", "c": "b"}, path={"c": 1})
    assert (parameters.text("a"), parameters.text("b"), parameters.integer("c")) == ("q", "b", 1)
    assert parameters.has("a") and not parameters.has("d")


def test_values_do_not_show_when_parameters_are_printed() -> None:
    assert "secret" not in repr(form("password=secret"))


def test_a_file_is_no_text() -> None:
    body = b'--X\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\nx\r\n--X--'
    parameters = Parameters(parse_body(body, "multipart/form-data; boundary=X"))
    assert problem_of(lambda: parameters.text("f")) == "type"
    file = parameters.file("f")
    assert file is not None and file.file.read() == b"x"
    file.close()
    assert problem_of(lambda: form("f=1").file("f")) == "type"
