"""Addresses on lines of their own: what stands before them counts, and what the address itself tells is shown."""

import pytest

from tests.forum.cooking.tree import elements, html_of

FILM = "https://youtu.be/dQw4w9WgXcQ"
PAGE = "https://a.example.com/page"


def _classes(raw: str) -> list[str]:
    return [each.get("class", "") for each in elements(html_of(raw)) if each.tag == "a"]


def test_an_address_that_fills_its_line_is_a_onebox() -> None:
    assert _classes(f"{PAGE}\n\ntext\n{PAGE}\ntext") == ["onebox", "onebox"]


@pytest.mark.parametrize("space", [" ", "  ", "\t"])
def test_an_address_behind_a_space_stays_a_link(space: str) -> None:
    indented = f"\n{PAGE}" if space == "\t" else f"{space}{PAGE}"  # a tab before a paragraph makes code of it
    expected = ["onebox", ""] if space == "\t" else ["", ""]
    assert _classes(f"{indented}\n\ntext\n{space}{PAGE}") == expected


@pytest.mark.parametrize("raw", [f"# {FILM}", f"{FILM}\n---", f"# {PAGE}", f"- {PAGE}", f"> {PAGE}"])
def test_in_headings_lists_and_quotes_an_address_stays_a_link(raw: str) -> None:
    assert _classes(raw) == [""]


def test_a_player_in_a_paragraph_stands_between_two() -> None:
    html = html_of(f"before\n{FILM}\nafter")
    first, player, last = html.partition('<div class="youtube-onebox')[0], "</a></div>\n", html.rpartition("</div>")[2]
    assert first == "<p>before<br>\n</p>\n"
    assert player in html
    assert last == "\n<p>after</p>"


@pytest.mark.parametrize(
    ("address", "title"),
    [
        ("https://github.com/python/cpython", "python/cpython"),
        ("https://github.com/python/cpython/issues/1?a=b#c", "python/cpython/issues/1"),
        ("https://gitlab.com/a/b", "a/b"),
        ("https://gist.github.com/user/00ff", "user/00ff"),
        ("https://en.wikipedia.org/wiki/Blue_%C5%A0koda", "Blue Škoda"),
        ("https://stackoverflow.com/questions/12/how-to-x", "how to x"),
        ("https://www.dropbox.com/s/837ylmz2abkga0b/my%20file.7z?dl=0", "my file.7z"),
    ],
)
def test_a_card_shows_what_the_address_tells(address: str, title: str) -> None:
    found = list(elements(html_of(address)))
    assert (found[1].tag, found[1].get("class")) == ("aside", "onebox allowlistedgeneric")
    assert found[1].get("data-onebox-src") == address
    assert [each.text for each in found if each.tag == "a"][1:] == [title]
    assert {each.get("href") for each in found if each.tag == "a"} == {address}


@pytest.mark.parametrize(
    "address",
    [
        "https://github.com/pricing",
        "https://github.com/features/actions",
        "https://github.com",
        "https://github.com.evil.example.com/a/b",
        "https://stackoverflow.com/tags",
        "https://en.wikipedia.org/w/index.php?title=x",
        PAGE,
    ],
)
def test_what_an_address_does_not_tell_is_not_guessed(address: str) -> None:
    assert _classes(address) == ["onebox"]


def test_a_card_is_written_from_escaped_values() -> None:
    html = html_of("https://github.com/a/%3Cscript%3Ealert(1)%3C/script%3E")
    assert "<script" not in html
    assert "&lt;script&gt;" in html


def test_the_text_of_an_address_is_what_was_typed() -> None:
    html = html_of("see https://a.example.com/x%20y%2Bz now")
    assert '<a href="https://a.example.com/x%20y%2Bz" ' in html
    assert ">https://a.example.com/x%20y%2Bz</a>" in html


def test_an_address_copied_from_html_leads_where_it_led_there() -> None:
    html = html_of("see https://a.example.com/x?y=1&amp;z=2&quot;3 now")
    assert '<a href="https://a.example.com/x?y=1&amp;z=2&amp;quot;3" ' in html
    assert ">https://a.example.com/x?y=1&amp;z=2&amp;quot;3</a>" in html
