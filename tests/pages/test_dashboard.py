"""The dashboard and reports as pages: for staff, without scripts, the numbers that the API gives."""

from __future__ import annotations

import re

import pytest

from tertulia.forum.reports.catalogue import KINDS
from tertulia.testing.forum import Forum
from tests.pages.browser import Browser
from tests.pages.conftest import PASSWORD

PATHS = ["/admin", "/admin/dashboard", "/admin/reports", "/admin/reports/signups"]


@pytest.mark.parametrize("path", PATHS)
def test_nobody_but_staff_sees_the_dashboard(forum: Forum, visitor: Browser, member: Browser, path: str) -> None:
    forum.given.user("maud", moderator=True, password=PASSWORD)
    moderator = Browser(forum)
    moderator.log_in("maud", PASSWORD)
    assert visitor.open(path).status == 404
    assert member.open(path).status == 404
    assert moderator.open(path).status == 200


def test_the_dashboard_shows_the_last_thirty_days_with_a_chart_each(forum: Forum, admin: Browser) -> None:
    for _ in range(3):
        forum.given.topic()
    page = admin.open("/admin").text
    for title, type_ in (("Signups", "signups"), ("Topics", "topics"), ("Posts", "posts"),
                         ("Page views", "page_view_total_reqs"), ("DAU/MAU", "dau_by_mau")):  # fmt: skip
        assert f'<a href="/admin/reports/{type_}">{title}</a>' in page
    topics = forum.get("/admin/dashboard.json", headers=forum.keyed()).json["global_reports"][1]
    shown = re.search(r'Topics</a></h2>\s*<p class="number">(\d+) ', page)
    assert shown is not None
    assert int(shown[1]) == sum(day["y"] for day in topics["data"]) >= 3
    assert page.count('<svg class="bars"') == 5
    assert re.search(r"<rect [^>]*><title>\d{4}-\d\d-\d\d: \d+</title>", page)
    assert ">SQLite<" in page or ">PostgreSQL<" in page
    assert re.search(r"\d+(\.\d)? [kMG]B<", page)
    assert "style=" not in page


def test_only_staff_are_led_to_the_dashboard(admin: Browser, member: Browser) -> None:
    assert '<a href="/admin">Admin</a>' in admin.open("/latest").text
    assert 'href="/admin"' not in member.open("/latest").text


def test_calls_that_work_no_longer_are_shown_to_staff(forum: Forum, admin: Browser) -> None:
    assert "do not work any longer" not in admin.open("/admin").text
    forum.get(f"/latest.json?api_key={forum.key}&api_username=admin", headers={"User-Agent": "old <b>robot</b>"})
    page = admin.open("/admin").text
    assert "do not work any longer" in page
    assert "old &lt;b&gt;robot&lt;/b&gt;" in page
    assert forum.key not in page


def test_every_report_has_a_page(admin: Browser) -> None:
    page = admin.open("/admin/reports").text
    for type_ in KINDS:
        assert f'href="/admin/reports/{type_}"' in page
        assert admin.open(f"/admin/reports/{type_}").status == 200, type_
    assert admin.open("/admin/reports/no_such_report").status == 404


def test_a_report_shows_the_days_asked_for_with_their_numbers(forum: Forum, admin: Browser) -> None:
    forum.clock.freeze(forum.clock.now() // 86_400_000 * 86_400_000 + 43_200_000)
    forum.given.topic()
    day = forum.get("/admin/reports/topics.json?facets[]=total", headers=forum.keyed()).json["report"]["data"][0]["x"]
    page = admin.open(f"/admin/reports/topics?start_date={day}&end_date={day}").text
    assert f'name="start_date" value="{day}"' in page
    rows = re.findall(r'<th scope="row">([\d-]+)</th><td>(\d+)</td>', page)
    assert [date for date, _ in rows] == [day]
    assert int(rows[0][1]) >= 1
    assert f"/admin/reports/topics.json?start_date={day}&amp;end_date={day}" in page


@pytest.mark.parametrize("query", ["start_date=soon", "end_date=2026-02-30", "category_id=x", "start_date[]=1"])
def test_days_that_are_none_are_refused(admin: Browser, query: str) -> None:
    assert admin.open(f"/admin/reports/topics?{query}").status == 400


def test_days_that_end_before_they_begin_are_explained(admin: Browser) -> None:
    page = admin.open("/admin/reports/topics?start_date=2026-04-02&end_date=2026-04-01")
    assert page.status == 200
    assert "end before they begin" in page.text


def test_long_ranges_are_drawn_in_few_bars(forum: Forum, admin: Browser) -> None:
    forum.clock.freeze(1_775_044_800_000)  # in April 2026
    for _ in range(130):
        forum.clock.advance(days=1)
        forum.given.topic()
    page = admin.open("/admin/reports/topics?start_date=2026-01-01&end_date=2026-12-31").text
    assert 32 <= page.count("<rect") <= 120


def test_what_strangers_call_themselves_is_text(forum: Forum, admin: Browser) -> None:
    forum.get("/about", headers={"Accept": "text/html", "User-Agent": "<script>alert(1)</script>bot/1.0"})
    page = admin.open("/admin/reports/web_crawlers").text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;bot/1.0" in page
