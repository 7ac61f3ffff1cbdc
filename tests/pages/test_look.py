"""How it looks, as far as numbers tell: weight, contrast, both colour schemes, names for everything."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import tertulia.pages
from tertulia.forum.cooking import CookContext, cook
from tertulia.pages.assets import assets
from tertulia.pages.times import ago, time_tag
from tertulia.testing.forum import Forum
from tests.pages.browser import Browser

SHEET = (Path(tertulia.pages.__file__).parent / "static" / "app.css").read_text(encoding="utf-8")
MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
LOREM = "Nobody knows how many words it takes to say what a garden is for, but people keep on trying. " * 5


def schemes() -> Iterator[tuple[str, dict[str, str]]]:
    """The colours of every scheme, each on top of those it inherits."""
    blocks = re.findall(r"(@media[^{]+\{\s*)?:root \{(.*?)\}", SHEET, re.DOTALL)
    light: dict[str, str] = {}
    for media, body in blocks:
        own = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", body))
        light = light or own
        dark = next((done for name, done in _DONE.items() if "dark" in name and "contrast" not in name), light)
        base = dark if "dark" in media else light
        _DONE[media] = {**base, **own}
        yield media.strip(" {\n") or "light", _DONE[media]


_DONE: dict[str, dict[str, str]] = {}


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_text_has_a_contrast_of_seven_to_one_in_every_scheme() -> None:
    found = list(schemes())
    assert len(found) == 4, [name for name, _ in found]
    for name, colours in found:
        for back in ("back", "raised"):
            for text in ("text", "soft", "accent", "new", "danger"):
                assert contrast(colours[text], colours[back]) >= 7, (name, text, back)
        assert contrast(colours["on-accent"], colours["accent"]) >= 7, name
        assert contrast(colours["text"], colours["mark"]) >= 7, name
        assert contrast(colours["edge"], colours["back"]) >= 4.5, name


def test_letters_on_faces_can_be_read() -> None:
    faces = re.findall(r"\.f\d+ \{ background: (#[0-9a-f]{6}); \}", SHEET)
    assert len(faces) == 12
    assert all(contrast("#ffffff", face) >= 4.5 for face in faces)


def test_the_style_sheet_is_one_small_file_that_loads_nothing() -> None:
    assert len(SHEET.encode()) < 20_000
    assert "@import" not in SHEET and "url(" not in SHEET and "@font-face" not in SHEET
    assert "prefers-color-scheme: dark" in SHEET and "prefers-contrast: more" in SHEET
    assert not re.search(r"transition|animation", SHEET) or "prefers-reduced-motion" in SHEET


def test_focus_is_visible() -> None:
    assert ":focus-visible { outline: 3px solid var(--accent)" in SHEET


@pytest.mark.parametrize("logged_in", [False, True])
def test_a_full_first_topic_page_weighs_at_most_60_kb_with_everything(
    visitor: Browser, admin: Browser, logged_in: bool
) -> None:
    forum, browser = visitor.forum, admin if logged_in else visitor
    made = forum.given.topic(raw=LOREM)
    for number in range(24):
        forum.given.reply(made.post.topic_id, raw=f"{LOREM} {number}")
    page = browser.open(f"/t/{made.topic_slug}/{made.post.topic_id}")
    assert len(page.find("//article")) == 20
    linked = {*page.find("//link[@rel='stylesheet' or @rel='icon']/@href"), *page.find("//script/@src")}
    linked |= {use.partition("#")[0] for use in page.find("//use/@href")}
    weight = len(page.response.body) + sum(len(forum.get(href).body) for href in linked)
    assert len(linked) == 5
    assert weight <= 60_000
    assert len(page.response.body) - 20 * len(LOREM) < 25_000


def test_files_may_be_kept_for_ever_and_come_packed(forum: Forum) -> None:
    for name, asset in assets().items():
        path = f"/static/{asset.url_name}"
        plain = forum.get(path)
        assert plain.status == 200 and plain.body == asset.body
        assert plain.headers["cache-control"] == "public, max-age=31536000, immutable"
        packed = forum.get(path, headers={"accept-encoding": "gzip, br"})
        assert packed.headers["content-encoding"] == "gzip"
        assert len(packed.body) < len(plain.body), name
        again = forum.get(path, headers={"if-none-match": plain.headers["etag"]})
        assert (again.status, again.body) == (304, b"")


def test_every_field_has_a_label_and_every_button_a_name(admin: Browser) -> None:
    made = admin.forum.given.topic()
    path = f"/t/{made.topic_slug}/{made.post.topic_id}"
    for where in ("/", path, f"{path}/reply", "/new-topic", "/search", "/admin/api/keys"):
        page = admin.open(where)
        labelled = set(page.find("//label/@for"))
        for field in page.find("//input[not(@type='hidden')] | //textarea | //select"):
            inside = field.xpath("ancestor::label")
            assert inside or field.get("id") in labelled, (where, field.get("name"))
        assert all(button.text_content().strip() for button in page.find("//button")), where


def test_every_page_has_one_heading_a_title_and_a_language(admin: Browser) -> None:
    made = admin.forum.given.topic()
    paths = (
        "/",
        f"/t/{made.topic_slug}/{made.post.topic_id}",
        "/categories",
        "/search",
        "/tags",
        "/nothing",
        "/u/admin",
    )
    for path in paths:
        page = admin.open(path)
        assert len(page.find("//h1")) == 1, path
        assert page.words("//title").endswith("Tertulia"), path
        assert page.find("/html/@lang") == ["en"], path
        assert len(set(page.find("//@id"))) == len(page.find("//@id")), path


@pytest.mark.parametrize(
    ("passed", "words"),
    [
        (0, "just now"),
        (-30_000, "just now"),
        (59_999, "just now"),
        (MINUTE, "1 min ago"),
        (HOUR - 1, "59 min ago"),
        (HOUR, "1 h ago"),
        (DAY - 1, "23 h ago"),
        (DAY, "yesterday"),
        (2 * DAY, "2 days ago"),
        (28 * DAY - 1, "27 days ago"),
        (28 * DAY, "3 Apr 2024"),
        (-2 * DAY, "3 May 2024"),
    ],
)
def test_times_are_relative_while_that_helps(passed: int, words: str) -> None:
    now = 1_714_521_600_000  # 1 May 2024, 00:00 UTC
    assert ago(now - passed, now=now) == words


def test_a_time_carries_the_exact_moment() -> None:
    shown = time_tag(1_714_521_600_123, now=1_714_521_660_123)
    assert shown == '<time datetime="2024-05-01T00:00:00.123Z" title="1 May 2024, 00:00 UTC">1 min ago</time>'
    assert "9999" in time_tag(10**18, now=0)


@pytest.mark.parametrize("raw", ["- [ ] to do\n- [x] done", "[spoiler]The butler.[/spoiler]", "text^[and a note]"])
def test_what_cooking_says_by_a_class_alone_has_a_style(raw: str) -> None:
    html = cook(raw, context=CookContext()).html
    named = set(re.findall(r'class="([\w-]+)', html)) & {"chcklst-box", "spoiler", "footnotes-list", "footnotes"}
    assert named
    assert all(f".{name}" in SHEET or f".{name.removesuffix('-list')}" in SHEET for name in named), named
