"""Paths lead to the most specific row, and hostile ones to none; Accept and friends choose the format."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tertulia.http.negotiation import choose_format, parse_accept
from tertulia.http.routing import Match, Row, Table, absent


async def handler(*_: object) -> None: ...


def row(method: str, path: str, **more: Any) -> Row:
    return Row(method, path, handler, **more)


TABLE = Table(
    [
        row("GET", "/"),
        row("GET", "/latest"),
        row("GET", "/latest", formats=("html",), suffixes=()),
        row("GET", "/latest", formats=("rss",), suffixes=(".rss",)),
        row("GET", "/t/{id:int}"),
        row("PUT", "/t/{id:int}"),
        row("GET", "/t/{slug}"),
        row("GET", "/t/{slug}/{id:int}"),
        row("GET", "/t/{slug}/{id:int}/{number:int}"),
        row("GET", "/t/{id:int}/posts"),
        row("PUT", "/t/-/{id:int}"),
        row("DELETE", "/t/{slug}"),
        row("GET", "/users/check_username"),
        row("GET", "/u/{username:username}"),
        row("GET", "/u/by-external/{external_id}"),
        row("GET", "/tag/{tag:name}"),
        row("GET", "/c/{rest:path}"),
        row("GET", "/c/{slug}/{id:int}"),
        row("GET", "/c/{id:int}/show"),
        row("GET", "/page/{page}", formats=("html",), suffixes=()),
    ]
)


@pytest.mark.parametrize(
    ("method", "path", "template", "params", "suffix"),
    [
        ("GET", "/", "/", {}, None),
        ("GET", "/latest.json", "/latest", {}, ".json"),
        ("GET", "/latest.rss", "/latest", {}, ".rss"),
        ("GET", "/latest/", "/latest", {}, None),
        ("HEAD", "/latest", "/latest", {}, None),
        ("GET", "/t/5", "/t/{id:int}", {"id": 5}, None),
        ("GET", "/t/5.json", "/t/{id:int}", {"id": 5}, ".json"),
        ("GET", "/t/-5", "/t/{id:int}", {"id": -5}, None),
        ("GET", "/t/5a.json", "/t/{slug}", {"slug": "5a"}, ".json"),
        ("GET", "/t/9223372036854775807", "/t/{id:int}", {"id": 2**63 - 1}, None),
        ("GET", "/t/9223372036854775808", "/t/{slug}", {"slug": "9223372036854775808"}, None),
        ("GET", "/t/٣", "/t/{slug}", {"slug": "٣"}, None),
        ("DELETE", "/t/5", "/t/{slug}", {"slug": "5"}, None),
        ("GET", "/t/5/6", "/t/{slug}/{id:int}", {"slug": "5", "id": 6}, None),
        ("GET", "/t/5/posts.json", "/t/{id:int}/posts", {"id": 5}, ".json"),
        ("GET", "/t/a-slug/6/7.json", "/t/{slug}/{id:int}/{number:int}", {"slug": "a-slug", "id": 6, "number": 7},
         ".json"),
        ("PUT", "/t/-/6.json", "/t/-/{id:int}", {"id": 6}, ".json"),
        ("GET", "/t/-/6.json", "/t/{slug}/{id:int}", {"slug": "-", "id": 6}, ".json"),
        ("GET", "/users/check_username.json", "/users/check_username", {}, ".json"),
        ("GET", "/u/john.doe", "/u/{username:username}", {"username": "john.doe"}, None),
        ("GET", "/u/john.doe.json", "/u/{username:username}", {"username": "john.doe"}, ".json"),
        ("GET", "/u/john.doe.rss", "/u/{username:username}", {"username": "john.doe.rss"}, None),
        ("GET", "/u/J%C3%B6rg", "/u/{username:username}", {"username": "Jörg"}, None),
        ("GET", "/tag/v3.4", "/tag/{tag:name}", {"tag": "v3.4"}, None),
        ("GET", "/tag/a%2Fb", "/tag/{tag:name}", {"tag": "a/b"}, None),
        ("GET", "/tag/a%20b%2Ejson", "/tag/{tag:name}", {"tag": "a b"}, ".json"),
        ("GET", "/c/a/5.json", "/c/{slug}/{id:int}", {"slug": "a", "id": 5}, ".json"),
        ("GET", "/c/5/show", "/c/{id:int}/show", {"id": 5}, None),
        ("GET", "/c/a/b/5/l/top.json", "/c/{rest:path}", {"rest": "a/b/5/l/top"}, ".json"),
        ("GET", "/page/x.json", "/page/{page}", {"page": "x.json"}, None),
    ],
)  # fmt: skip
def test_a_path_leads_to_its_most_specific_row(
    method: str, path: str, template: str, params: dict[str, Any], suffix: str | None
) -> None:
    for spelled in (path, path.encode()):
        match = TABLE.match(method, spelled)
        assert match is not None
        assert {found.path for found in match.rows_by_format.values()} == {template}
        assert (match.params, match.suffix) == (params, suffix)


@pytest.mark.parametrize(
    "path",
    [
        b"", b"t/5", b"//", b"//t/5", b"/t//5", b"/t/5//", b"/nothing", b"/t/..", b"/t/%2e%2e", b"/t/%2E./5",
        b"/c/a/../b", b"/c/a%2Fb/x/y", b"/t/a%00", b"/t/%0d%0aX", b"/t/\xff", b"/t/%ff", b"/t/%zz", b"/tag/100%",
        b"/t/...json", b"/t/..json", b"/t/.json", b"/tag/%20", b"/u/a%2Fb", b"/u/a%20b", b"/t/" + b"a" * 9000,
        b"/c" + b"/a" * 80,
    ],
)  # fmt: skip
def test_a_hostile_path_leads_nowhere(path: bytes) -> None:
    assert TABLE.match("GET", path) is None
    assert TABLE.methods(path) == frozenset()


@given(st.binary(max_size=60))
def test_no_path_makes_the_table_fail(path: bytes) -> None:
    for candidate in (path, b"/" + path, b"/t/" + path, b"/c/" + path):
        match = TABLE.match("GET", candidate)
        assert match is None or not {"..", "."} & {str(value) for value in match.params.values()}
        TABLE.methods(candidate)


def test_the_methods_of_a_path_are_known() -> None:
    assert TABLE.match("PATCH", "/t/5") is None
    assert TABLE.methods("/t/5") == {"GET", "PUT", "DELETE"}
    assert TABLE.methods("/t/-/5.json") == {"GET", "PUT"}
    assert TABLE.methods("/nothing") == frozenset()


def test_two_rows_for_one_request_are_refused_and_both_named() -> None:
    for other in ("/t/{id:int}", "/t/{number:int}"):
        with pytest.raises(ValueError, match=r"here.*there"):
            Table([row("GET", "/t/{id:int}", dialect="here"), row("GET", other, dialect="there")])
    with pytest.raises(ValueError, match="parameter names"):
        Table([row("GET", "/t/{id:int}"), row("GET", "/t/{number:int}", formats=("html",))])
    Table([row("GET", "/t/{id:int}"), row("GET", "/t/{id}"), row("PUT", "/t/{id:int}")])


@pytest.mark.parametrize(
    "path", ["t", "/t/", "//t", "/{a:b}", "/{a}{b}", "/{rest:path}/x", "/{a}/{a}", "/a?b", "/..", "/x{a}", "/{A}"]
)
def test_a_malformed_template_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        row("GET", path)


@pytest.mark.parametrize(
    "more", [{"formats": ()}, {"access": "nobody"}, {"suffixes": ("json",)}, {"formats": ("json", "json")}]
)
def test_a_malformed_row_is_refused(more: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="GET /a"):
        row("GET", "/a", **more)


def test_an_absent_row_says_why() -> None:
    match = Table([absent("GET", "/admin/plugins", why="no plugins")]).match("GET", "/admin/plugins.json")
    assert match is not None
    assert match.rows_by_format["json"].absent == "no plugins"


def test_matching_does_not_slow_down_with_the_number_of_rows() -> None:
    def cost(rows: int) -> float:
        shapes = ("/area{n}/x", "/t/{{id:int}}/act{n}", "/{{slug}}/{{id:int}}/do{n}", "/u/{{username}}/tab{n}")
        table = Table([row("GET", shapes[n % 4].format(n=n)) for n in range(rows)])
        last = rows - rows % 4
        paths = [b"/area%d/x.json" % (last - 4), b"/t/5/act%d" % (last - 3), b"/a/5/do%d" % (last - 2), b"/u/a/none"]
        assert [table.match("GET", path) is not None for path in paths] == [True, True, True, False]
        rounds = []
        for _ in range(7):
            started = time.perf_counter()
            for _ in range(50):
                for path in paths:
                    table.match("GET", path)
            rounds.append(time.perf_counter() - started)
        return min(rounds)

    assert cost(500) < 3 * cost(52)


# -- formats ------------------------------------------------------------------------------------------
BOTH = Match({"json": row("GET", "/a"), "html": row("GET", "/a", formats=("html",)), "rss": row("GET", "/a")}, {})
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, "html"),
        ("", "html"),
        ("*/*", "html"),
        (BROWSER, "html"),
        ("text/html", "html"),
        ("application/json", "json"),
        ("Application/JSON; charset=utf-8", "json"),
        ("application/json, text/plain, */*", "json"),
        ("application/json, text/javascript, */*; q=0.01", "json"),
        ("application/json;q=0.5, text/html;q=0.9", "html"),
        ("text/html;q=0.5, application/json;q=0.9", "json"),
        ("text/html, application/json", "html"),
        ("application/json, text/html", "json"),
        ("text/html;q=0, */*", "json"),
        ("application/rss+xml", "rss"),
        ("text/*", "html"),
        ("image/png", "html"),
        ("text/html;q=nan, application/json;q=0.1", "json"),
        (",;,q=1" * 5000, "html"),
    ],
)
def test_accept_chooses_the_format(accept: str | None, expected: str) -> None:
    chosen = choose_format(BOTH, has_credential_header=False, is_xhr=False, accept=accept)
    assert chosen is BOTH.rows_by_format[expected]


@pytest.mark.parametrize("more", [{"has_credential_header": True}, {"is_xhr": True}])
def test_credentials_and_scripts_are_answered_in_json(more: dict[str, bool]) -> None:
    flags = {"has_credential_header": False, "is_xhr": False, **more}
    assert choose_format(BOTH, accept=BROWSER, **flags) is BOTH.rows_by_format["json"]
    only = Match({"html": BOTH.rows_by_format["html"]}, {})
    assert choose_format(only, accept="*/*", **flags) is only.rows_by_format["html"]


def test_a_declared_suffix_decides_over_everything() -> None:
    def choose(path: str) -> Row | None:
        match = TABLE.match("GET", path)
        assert match is not None
        return choose_format(match, has_credential_header=True, is_xhr=True, accept="text/html")

    for path, format_ in (("/latest.rss", "rss"), ("/latest.json", "json")):
        chosen = choose(path)
        assert chosen is not None and chosen.formats == (format_,)


def test_json_answers_where_there_is_nothing_else() -> None:
    only = Match({"json": BOTH.rows_by_format["json"]}, {})
    for accept in (None, "*/*", "text/html", "application/json"):
        assert choose_format(only, has_credential_header=False, is_xhr=False, accept=accept) is not None
    assert choose_format(Match({}, {}), has_credential_header=False, is_xhr=False, accept=None) is None


@given(st.text(max_size=80))
def test_no_accept_header_makes_the_choice_fail(accept: str) -> None:
    assert choose_format(BOTH, has_credential_header=False, is_xhr=False, accept=accept) is not None
    assert all(0 <= weight <= 1 for _, weight in parse_accept(accept))
