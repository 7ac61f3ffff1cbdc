"""Frames: those that the site allows, in a sandbox; all others are links."""

import pytest

from tertulia.forum.cooking import CookContext, cook, sanitize
from tests.forum.cooking.tree import elements

ALLOWED = CookContext(
    base_url="https://forum.example",
    frames=(
        "https://maps.example/embed?",
        "https://pens.example/*/embed/",
        "http://plain.example/",
        "https://forum.example/",
    ),
)


def test_an_allowed_frame_is_shown_in_a_sandbox() -> None:
    address = "https://maps.example/embed?a=1&amp;b=2"
    frame = f'<iframe width="640" height="50%" src="{address}" onload="x()" srcdoc="y"></iframe>'
    assert cook(frame, context=ALLOWED).html == (
        '<iframe src="https://maps.example/embed?a=1&amp;b=2" width="640" height="50%" title="maps.example" '
        'frameborder="0" '
        'allowfullscreen="" loading="lazy" sandbox="allow-same-origin allow-scripts allow-forms allow-popups '
        'allow-popups-to-escape-sandbox allow-presentation"></iframe>'
    )


def test_a_star_stands_for_one_part_of_the_path() -> None:
    assert "<iframe" in cook('<iframe src="//pens.example/joe/embed/1"></iframe>', context=ALLOWED).html
    assert "<iframe" not in cook('<iframe src="https://pens.example/a/b/embed/1"></iframe>', context=ALLOWED).html


@pytest.mark.parametrize(
    "address",
    [
        "https://other.example/embed?",
        "https://maps.example/other",
        "https://maps.example.evil.example/embed?",
        "https://x@maps.example/embed?",
        "http://maps.example/embed?",
        "http://plain.example/",
        "https://forum.example/",
    ],
)
def test_every_other_frame_is_a_link(address: str) -> None:
    cooked = cook(f'<iframe src="{address}"></iframe>', context=ALLOWED)
    tags = [element.tag for element in elements(cooked.html)]
    assert tags == ["div", "a"]
    assert [link.url for link in cooked.links] == [address]


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "/local", "", "https:"])
def test_a_frame_of_nothing_that_can_be_linked_is_left_out(address: str) -> None:
    html = cook(f'a <iframe src="{address}"></iframe> b', context=ALLOWED).html
    assert "iframe" not in html and "javascript" not in html


def test_nobody_can_write_the_mark_of_a_frame_for_another_address() -> None:
    html = cook('<a class="wrap-frame" href="https://evil.example/">x</a>', context=ALLOWED).html
    assert html == '<p><a href="https://evil.example/" rel="noopener nofollow ugc">x</a></p>'


def test_frames_of_an_archive_are_links() -> None:
    assert sanitize('<iframe src="https://maps.example/embed?1"></iframe>') == (
        '<a href="https://maps.example/embed?1">https://maps.example/embed?1</a>'
    )
