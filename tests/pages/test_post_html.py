"""The form of a post that pages show: derived from the stored one, which stays as the API gives it."""

from __future__ import annotations

import re

import pytest

from tertulia.forum.cooking import CookContext, cook
from tertulia.pages.dialect import POLICY
from tertulia.pages.post_html import post_html
from tertulia.testing.forum import Forum
from tests.pages.browser import Browser


def shown(raw: str) -> str:
    return str(post_html(cook(raw, context=CookContext(frames=("https://maps.example/",))).html))


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("![a cat](http://a.example/cat.png)", "Picture: a cat"),
        ("http://a.example/cat.png", "Picture: cat.png"),
        ("http://a.example/cat.mp4", "Film: cat.mp4"),
        ("http://a.example/cat.mp3", "Sound: cat.mp3"),
        (
            "<video src=x poster='http://a.example/p.png'><source src='http://a.example/cat.webm'></video>",
            "Film: cat.webm",
        ),
    ],
)
def test_nothing_is_loaded_over_plain_http(raw: str, said: str) -> None:
    html = shown(raw)
    assert not re.search(r'(?:src|srcset|poster)="http:', html)
    assert said in html and 'href="http://a.example/cat' in html


def test_what_has_an_encrypted_source_as_well_is_played() -> None:
    film = '<video controls><source src="https://a.example/x.mp4"><source src="http://a.example/x.webm"></video>'
    assert '<source src="https://a.example/x.mp4">' in shown(film)


def test_an_allowed_frame_is_shown_in_its_sandbox_and_the_policy_lets_it() -> None:
    html = shown('<iframe src="https://maps.example/1" width="300" height="200"></iframe>')
    assert html.startswith('<iframe src="https://maps.example/1" width="300" height="200"')
    assert 'sandbox="allow-same-origin allow-scripts' in html
    assert "frame-src https:" in POLICY


def test_the_api_keeps_the_form_of_upstream_and_the_page_shows_the_derived_one(forum: Forum) -> None:
    raw = "![a cat](http://a.example/cat.png) and enough words around it"
    view = forum.given.topic("A topic with a picture from elsewhere", raw=raw)
    post = forum.get(f"/posts/{view.post.id}.json", headers=forum.keyed("system")).json
    assert '<img src="http://a.example/cat.png" alt="a cat">' in post["cooked"]
    page = Browser(forum).open(f"/t/a-topic-with-a-picture-from-elsewhere/{view.post.topic_id}")
    assert page.status == 200
    assert 'src="http:' not in page.text and "Picture: a cat" in page.text


def test_the_site_decides_which_frames_posts_show(forum: Forum) -> None:
    raw = '<iframe src="https://open.spotify.com/embed/track/1"></iframe>\n\n<iframe src="https://other.example/"></iframe>'
    view = forum.given.topic("A topic that shows a frame of another site", raw=f"{raw}\n\nand some words")
    cooked = forum.get(f"/posts/{view.post.id}.json", headers=forum.keyed("system")).json["cooked"]
    assert cooked.count("<iframe") == 1 and '<iframe src="https://open.spotify.com/embed/track/1"' in cooked
    assert '<a href="https://other.example/" rel="noopener nofollow ugc">https://other.example/</a>' in cooked


def test_the_empty_player_of_an_old_archive_is_a_link() -> None:
    box = '<div class="lazyYT" data-youtube-id="ywUPWxjK-hI" data-youtube-title="A &amp; B" data-width="480"></div>'
    link = '<a href="https://www.youtube.com/watch?v=ywUPWxjK-hI" rel="noopener nofollow ugc">A &amp; B</a>'
    assert post_html(box) == f"<p>{link}</p>"


def test_a_date_is_written_for_people() -> None:
    assert shown("[date=2024-05-01 time=10:00 timezone=Europe/Berlin]") == (
        '<p><time datetime="2024-05-01T08:00:00Z">1 May 2024, 08:00 UTC</time></p>'
    )
    assert shown("[date=2024-12-31]") == '<p><time datetime="2024-12-31">31 Dec 2024</time></p>'
