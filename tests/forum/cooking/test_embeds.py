"""Bare addresses that need no asking: films, pictures, sounds; and light boxes of pictures nobody knows."""

import pytest

from tertulia.forum.cooking import CookContext, cook
from tests.forum.cooking.tree import elements, html_of

FILM = "dQw4w9WgXcQ"


@pytest.mark.parametrize(
    ("address", "start"),
    [
        (f"https://www.youtube.com/watch?v={FILM}", ""),
        (f"http://youtube.com/watch?feature=share&v={FILM}&list=PL1", ""),
        (f"https://m.youtube.com/watch?v={FILM}&t=90", "90"),
        (f"https://youtu.be/{FILM}?t=1h2m3s", "3723"),
        (f"https://www.youtube.com/embed/{FILM}?start=7", "7"),
        (f"https://www.youtube.com/shorts/{FILM}", ""),
    ],
)
def test_a_film_alone_on_its_line_is_a_preview_that_leads_to_it(address: str, start: str) -> None:
    box, link, picture = list(elements(html_of(address)))[1:]
    assert box.get("class") == "youtube-onebox lazy-video-container"
    assert (box.get("data-video-id"), box.get("data-provider-name")) == (FILM, "youtube")
    assert box.get("data-video-start-time") == start
    assert (link.get("href"), link.get("target"), link.get("class")) == (address, "_blank", "video-thumbnail onebox")
    assert picture.get("src") == f"https://img.youtube.com/vi/{FILM}/hqdefault.jpg"


def test_a_film_of_vimeo_is_a_preview_without_a_picture() -> None:
    address = "https://vimeo.com/209327362"
    data = 'data-video-id="209327362" data-video-title="" data-video-start-time="" data-provider-name="vimeo"'
    link = (
        f'<a href="{address}" target="_blank" class="video-thumbnail onebox" rel="noopener nofollow ugc">{address}</a>'
    )
    assert html_of(address) == f'<div class="vimeo-onebox lazy-video-container" {data}>{link}</div>'


def test_a_file_of_pictures_films_or_sounds_is_shown() -> None:
    assert html_of("https://a.com/x.PNG?a=1&b=2") == (
        '<p><a href="https://a.com/x.PNG?a=1&amp;b=2" target="_blank" class="onebox" rel="noopener nofollow ugc">'
        '<img src="https://a.com/x.PNG?a=1&amp;b=2"></a></p>'
    )
    film = "https://a.com/x.mp4"
    assert html_of(film) == (
        '<div class="onebox video-onebox"><video width="100%" height="100%" controls="">'
        f'<source src="{film}"><a href="{film}" rel="noopener nofollow ugc">{film}</a></video></div>'
    )
    sound = "https://a.com/x.ogg"
    assert html_of(sound) == (
        f'<p><audio controls=""><source src="{sound}"><a href="{sound}" rel="noopener nofollow ugc">{sound}</a>'
        "</audio></p>"
    )


@pytest.mark.parametrize(
    "raw",
    [
        f"see https://youtu.be/{FILM}",
        f"https://youtu.be/{FILM} see",
        f"- https://youtu.be/{FILM}",
        f"[x](https://youtu.be/{FILM})",
        f"<https://youtu.be/{FILM}>",
        f"https://youtu.be.evil.com/{FILM}",
        f"https://evil.com/watch?v={FILM}",
        "https://youtu.be/tooshort",
        "https://www.youtube.com/watch?v=waytoolongforone",
        "https://vimeo.com/about",
        "https://a.com/x.png/",
        "https://a.com/?x.png",
    ],
)
def test_everything_else_stays_a_link(raw: str) -> None:
    assert {element.tag for element in elements(html_of(raw))} <= {"div", "p", "a", "ul", "li"}


def test_an_address_that_must_be_asked_waits_as_a_one_box() -> None:
    link = '<a href="https://a.com/x" class="onebox" target="_blank" rel="noopener nofollow ugc">https://a.com/x</a>'
    assert html_of("https://a.com/x") == f"<p>{link}</p>"


def test_text_around_a_film_keeps_its_paragraph() -> None:
    html = html_of(f"before\nhttps://youtu.be/{FILM}\nafter")
    assert html.startswith("<p>before<br>\n</p>\n<div ") and "after" in html.rpartition("</div>")[2]


def test_what_is_embedded_is_counted_as_link_and_as_picture() -> None:
    cooked = cook(f"https://youtu.be/{FILM}\n\nhttps://a.com/x.png", context=CookContext())
    assert [link.url for link in cooked.links] == [f"https://youtu.be/{FILM}", "https://a.com/x.png"]
    assert cooked.has_media == 2


def test_past_the_hundredth_embed_addresses_stay_links() -> None:
    html = html_of(f"https://youtu.be/{FILM}\n\n" * 130)
    assert (html.count("lazy-video-container"), html.count('class="onebox"')) == (100, 30)


@pytest.mark.parametrize(
    ("size", "boxed"), [("690x388", True), ("400x500", True), ("689x499", False), ("10x10", False)]
)
def test_an_unknown_upload_as_large_as_pictures_are_shown_gets_a_light_box(size: str, boxed: bool) -> None:
    html = html_of(f"![a & b|{size}](upload://abc.png)")
    assert ('<div class="lightbox-wrapper">' in html) is boxed
    if boxed:
        assert html.startswith(
            '<p><div class="lightbox-wrapper"><a class="lightbox" href="/uploads/short-url/abc.png" '
            'data-download-href="/uploads/short-url/abc.png?dl=1" title="a &amp; b"><img '
        )


def test_a_picture_in_a_link_and_one_from_elsewhere_get_no_light_box() -> None:
    assert "lightbox" not in html_of("[![a|690x388](upload://abc.png)](https://a.com)")
    assert "lightbox" not in html_of("![a|690x388](https://a.com/x.png)")
