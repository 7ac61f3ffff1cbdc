"""Nothing that was cooked or sanitised can run, load a style or frame something, whatever went in."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tertulia.forum.cooking import CookContext, cook, sanitize
from tests.forum.cooking.payloads import PAYLOADS
from tests.forum.cooking.tree import elements, html_of
from tests.forum.cooking.vectors import EVERYTHING, FAMILIES

ALLOWED = frozenset(
    re.findall(
        r"\S+",
        """
        a abbr acronym article aside audio b bdi bdo big blockquote br caption center cite code col colgroup
        dd del details dfn div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 header hr i img ins kbd li mark ol p
        picture pre q rb rp rt rtc ruby s samp section small source span strike strong sub summary sup table
        tbody td tfoot th thead time tr tt u ul var video wbr
        """,
    )
)
ADDRESSES = ("href", "src", "srcset", "cite", "poster", "action", "formaction", "data", "background")


def assert_harmless(html: str) -> None:
    """Fail when a browser that parses the HTML would find something to run."""
    for element in elements(html):
        assert element.tag in ALLOWED, element.tag
        for name, value in element.attrib.items():
            assert not name.startswith("on") and name not in ("srcdoc", "formaction", "name", "xlink:href"), name
            if name in ADDRESSES:
                address = re.sub(r"[\x00-\x20]", "", value).lower()
                scheme = re.match(r"([a-z][a-z0-9+.-]*):", address)
                assert scheme is None or scheme[1] in ("http", "https", "mailto", "tel"), value
            if name == "style":
                assert not re.search(r"url|expression|position|behavior|@|\\", value, re.IGNORECASE), value
            if name == "id":
                assert value.startswith(("footnote", "fn")), value
            if name == "target":
                assert value == "_blank"
            if name == "rel":
                assert "opener" not in value.split()


def test_there_are_enough_payloads() -> None:
    assert len(EVERYTHING) >= 500


@pytest.mark.parametrize("payload", PAYLOADS, ids=lambda text: text[:40])
def test_a_post_runs_nothing(payload: str) -> None:
    for raw in (
        payload,
        f"a {payload} b",
        f"> {payload}",
        f"- {payload}",
        f'[quote="x"]\n{payload}\n[/quote]',
    ):
        assert_harmless(html_of(raw))


@pytest.mark.parametrize("payload", PAYLOADS, ids=lambda text: text[:40])
def test_imported_html_runs_nothing(payload: str) -> None:
    assert_harmless(sanitize(payload))
    assert_harmless(sanitize(f"<p>{payload}</p><table><tr>{payload}<td>{payload}"))


@pytest.mark.parametrize("family", FAMILIES)
def test_no_published_payload_runs_anything(family: str) -> None:
    for payload in FAMILIES[family]:
        assert_harmless(html_of(f"{payload}\n\n> {payload}\n\nx {payload} y"))
        assert_harmless(sanitize(payload))


def test_the_check_itself_finds_what_is_harmful() -> None:
    for payload in (
        "<img src=x onerror=alert(1)>",
        "<a href=javascript:x>y</a>",
        "<p style='x:url(y)'>z</p>",
    ):
        with pytest.raises(AssertionError):
            assert_harmless(payload)


PIECES = st.sampled_from(
    [
        *PAYLOADS[:110],
        *EVERYTHING[114::7],
        *"<>\"'`[]()!*_~:@#|&\\/=- \n\t",
        "[b]",
        "[/b]",
        "[quote]\n",
        "[/quote]\n",
        "<b>",
        "</b>",
    ]
)
POSTS = st.lists(PIECES | st.text(max_size=8), max_size=12).map("".join)


@settings(max_examples=150, deadline=None)
@given(POSTS)
def test_no_mixture_of_fragments_runs_anything(raw: str) -> None:
    html = cook(raw, context=CookContext()).html
    assert_harmless(html)
    assert_harmless(sanitize(raw))


@settings(max_examples=100, deadline=None)
@given(POSTS)
def test_what_is_sanitised_stays_as_it_is_when_sanitised_again(raw: str) -> None:
    once = sanitize(raw)
    assert sanitize(once) == once


def test_a_script_that_nothing_ends_takes_no_text_away() -> None:
    assert html_of("a GetComponent<Script>() b\n\nc") == "<p>a GetComponent() b</p>\n<p>c</p>"
    html = html_of("a <script>alert(1)</script> b <SCRIPT src=//x.example> c")
    assert "script" not in html.lower()
    assert "alert" not in html
    assert html.endswith("c</p>")
