"""[date], [date-range], [grid], [wrap], elided mail and what else only clients make something of."""

import pytest

from tests.forum.cooking.tree import html_of

NAME = "discourse-local-date"


def test_a_date_is_the_moment_in_utc_with_what_clients_need() -> None:
    assert html_of(
        '[date=2024-05-01 time=10:00:00 timezone="Europe/Berlin" format="LL LT" timezones="UTC|Asia/Tokyo"]'
    ) == (
        f'<p><span class="{NAME}" data-date="2024-05-01" data-time="10:00:00" data-format="LL LT" '
        'data-timezones="UTC|Asia/Tokyo" data-timezone="Europe/Berlin" '
        'data-email-preview="2024-05-01T08:00:00Z UTC">2024-05-01T08:00:00Z</span></p>'
    )


def test_a_date_without_a_time_is_a_day() -> None:
    span = f'<span class="{NAME}" data-date="2024-05-01" data-email-preview="2024-05-01 UTC">2024-05-01</span>'
    assert html_of("on [date=2024-05-01] then") == f"<p>on {span} then</p>"


def test_a_range_is_two_dates() -> None:
    html = html_of("[date-range from=2024-05-01T10:00 to=2024-05-02 timezone=Europe/Berlin]")
    assert 'data-range="from" data-email-preview="2024-05-01T08:00:00Z UTC">2024-05-01T08:00:00Z</span>' in html
    assert "<span>→</span>" in html and 'data-date="2024-05-02"' in html and 'data-range="to"' in html


@pytest.mark.parametrize(
    "raw",
    [
        "[date=tomorrow]",
        "[date=2024-13-01]",
        "[date=0001-01-01 time=00:00 timezone=Asia/Tokyo]",
        "[date=2024-05-01 time=25:00]",
        "[date]",
        "[date-range to=2024-05-02]",
    ],
)
def test_what_is_no_date_stays_text(raw: str) -> None:
    assert html_of(raw) == f"<p>{raw}</p>"


@pytest.mark.parametrize("zone", ["Mars/Phobos", "../../etc/passwd", "/etc/localtime", "posixrules\x00"])
def test_a_zone_that_does_not_exist_counts_as_utc(zone: str) -> None:
    assert ">2024-05-01T10:00:00Z<" in html_of(f'[date=2024-05-01 time=10:00 timezone="{zone}"]')


def test_dates_past_the_three_hundredth_stay_text() -> None:
    assert html_of("[date=2024-05-01] " * 310).count("<span") == 300


def test_a_grid_holds_pictures() -> None:
    assert html_of("[grid]\n![a|10x20](/x.png)\n![b](/y.png)\n[/grid]") == (
        '<div class="d-image-grid">\n<p><img src="/x.png" width="10" height="20" alt="a"><br>\n'
        '<img src="/y.png" alt="b"></p>\n</div>'
    )
    assert html_of("[grid mode=carousel]\nx\n[/grid]").startswith('<div class="d-image-grid" data-mode="carousel">')


def test_a_wrap_is_a_box_or_a_span_with_its_name() -> None:
    assert html_of("[wrap=toc id=2 onclick=x]\nx\n[/wrap]") == (
        '<div class="d-wrap" data-wrap="toc" data-id="2">\n<p>x</p>\n</div>'
    )
    assert html_of('a [wrap=k slug="b c"]x[/wrap]') == (
        '<p>a <span class="d-wrap" data-wrap="k" data-slug="b c">x</span></p>'
    )


def test_the_trimmed_part_of_a_mail_stays_folded() -> None:
    raw = (
        "hello\n\n<details class='elided'>\n<summary title='Show trimmed content'>···</summary>\n\n> old\n\n</details>"
    )
    assert html_of(raw) == (
        '<p>hello</p>\n<details class="elided">\n<summary title="Show trimmed content">···</summary>\n'
        "<blockquote>\n<p>old</p>\n</blockquote>\n</details>"
    )


@pytest.mark.parametrize(
    "raw", ["[color=red]x[/color]", "[size=4]x[/size]", "[list]\nx\n[/list]", "[center]x[/center]"]
)
def test_tags_that_the_real_forum_leaves_stay_text(raw: str) -> None:
    assert html_of(raw) == "<p>" + raw.replace("\n", "<br>\n") + "</p>"


def test_tabs_in_code_and_text_from_right_to_left_stay() -> None:
    assert html_of("```\n\ta\tb\n```") == '<pre><code class="lang-auto">\ta\tb\n</code></pre>'
    assert html_of("שלום **עולם**") == "<p>שלום <strong>עולם</strong></p>"
