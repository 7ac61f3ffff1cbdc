"""Addresses in running text that spell the title of what they lead to: topics of forums like this one."""

import pytest

from tertulia.forum.cooking import CookContext, cook, title_of
from tests.forum.cooking.tree import elements, html_of

TOPIC = "https://talk.example/t/how-to-begin/12"


def _titles(raw: str, context: CookContext | None = None) -> list[str | None]:
    return [each.text for each in elements(html_of(raw, context)) if each.get("class") == "inline-onebox"]


@pytest.mark.parametrize(
    ("address", "title"),
    [
        (TOPIC, "How to begin"),
        (f"{TOPIC}/", "How to begin"),
        (f"{TOPIC}/1", "How to begin"),
        (f"{TOPIC}/3?u=anna", "How to begin - #3"),
        ("http://example.org/forum/t/a-b/1", "A b"),
        ("https://talk.example/t/%E4%BD%A0%E5%A5%BD/5", "你好"),
        ("https://talk.example/t/50%2525-off/5", "50%25 off"),
    ],
)
def test_the_address_of_a_topic_tells_its_title(address: str, title: str) -> None:
    assert title_of(address) == title
    assert _titles(f"see {address} now") == [title]


@pytest.mark.parametrize(
    "address",
    [
        "https://talk.example/t/topic/12",
        "https://talk.example/t/-/12",
        "https://talk.example/t/12/34",
        "https://talk.example/t/12-34/56",
        "https://talk.example/t/how-to-begin",
        "https://talk.example/t/how-to-begin/12/edit",
        "https://talk.example/a/b/t/how-to-begin/12",
        "https://talk.example/t/%E2%80%AE%00/12",
        "https://talk.example/x?y=/t/how-to-begin/12",
        "https://github.com/python/cpython",
        "https://[/t/how-to-begin/12",
    ],
)
def test_an_address_that_spells_no_title_stays_as_it_is(address: str) -> None:
    assert title_of(address) is None
    assert _titles(f"see {address} now") == []


@pytest.mark.parametrize(
    "raw",
    ["- {0}", "> {0}", "# {0}", "**{0}**", " {0}", "|a|\n|-|\n|{0}|", "[quote]\n{0}\n[/quote]", "({0}),", "a\n {0}"],
)
def test_titles_stand_wherever_an_address_does_not_fill_its_line(raw: str) -> None:
    assert _titles(raw.format(TOPIC)) == ["How to begin"]


def test_each_of_several_addresses_on_a_line_has_its_title() -> None:
    assert _titles(f"{TOPIC} and https://b.example/t/how-to-end/4.") == ["How to begin", "How to end"]


@pytest.mark.parametrize(
    "raw", [f"[x]({TOPIC})", f"<{TOPIC}>", f"[url]{TOPIC}[/url]", f"`{TOPIC}` a", f"[{TOPIC}]({TOPIC})"]
)
def test_what_the_author_wrote_as_a_link_keeps_its_text(raw: str) -> None:
    assert _titles(raw) == []


def test_alone_on_its_line_a_topic_waits_as_a_one_box() -> None:
    assert 'class="onebox"' in html_of(TOPIC)


def test_what_is_known_of_a_page_goes_before_what_its_address_spells() -> None:
    context = CookContext(titles={TOPIC: "The true title"})
    assert _titles(f"see {TOPIC}", context) == ["The true title"]


def test_a_title_that_was_only_spelled_is_asked_for_all_the_same() -> None:
    cooked = cook(f"see {TOPIC}", context=CookContext(base_url="https://forum.example"))
    assert (cooked.bare, cooked.boxed) == ((TOPIC,), ())
    assert [link.url for link in cooked.links] == [TOPIC]


@pytest.mark.parametrize("own", ["https://talk.example", "https://talk.example:8443/sub"])
def test_of_the_forums_own_topics_nothing_is_spelled(own: str) -> None:
    assert _titles(f"see {TOPIC}", CookContext(base_url=own)) == []


def test_titles_from_addresses_are_short_plain_text_without_unseen_marks() -> None:
    html = html_of("a https://talk.example/t/%3Cimg-src=x-onerror%3Dalert(1)%3E%E2%80%AEabc%00%09d%25/9 b")
    assert ">&lt;img src=x onerror=alert(1)&gt; abc d%</a>" in html
    assert title_of(f"https://talk.example/t/{'a-' * 200}b/9") == "A" + " a" * 149 + "…"
    card = html_of("https://github.com/a/b%E2%80%AEc%0A%07" + "d" * 500)
    assert f">a/b c {'d' * 293}…</a>" in card
