"""Reports and the dashboard in Discourse's words: who may, what is asked, what comes back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tertulia.testing.forum import Forum

NOON = 1_775_044_800_000  # 2026-04-01T12:00:00Z
DAY = 86_400_000
BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Safari/537.36"


def report(forum: Forum, type_: str, query: str = "") -> dict[str, Any]:
    answer = forum.get(f"/admin/reports/{type_}.json{query}", headers=forum.keyed())
    assert answer.status == 200, answer
    return dict(answer.json["report"])


def day(forum: Forum, back: int = 0) -> str:
    return (datetime.fromtimestamp(forum.clock.now() / 1000, UTC) - timedelta(days=back)).strftime("%Y-%m-%d")


def this_month(forum: Forum) -> str:
    return f"?start_date={day(forum, 29)}&end_date={day(forum)}"


def test_the_first_numbers_of_the_dashboard_are_people_and_topics(forum: Forum) -> None:
    forum.given.user("mary")
    before = forum.get("/admin/dashboard.json", headers=forum.keyed()).json["global_reports"]
    forum.given.user("paul")
    topic = forum.given.topic().post.topic_id
    forum.given.reply(topic)
    answer = forum.get("/admin/dashboard.json", headers=forum.keyed())
    reports = answer.json["global_reports"]
    assert [each["type"] for each in reports[:5]] == ["signups", "topics", "visits", "topics", "posts"]
    grown = [after["total"] - was["total"] for was, after in zip(before[:5], reports[:5], strict=True)]
    assert (grown[0], grown[1], grown[3], grown[4]) == (1, 1, 1, 2)
    assert reports[0]["total"] == forum.get("/about.json").json["about"]["stats"]["users_count"]
    assert reports[1]["total"] == forum.get("/about.json").json["about"]["stats"]["topics_count"]
    listed = {each["type"] for each in forum.get("/admin/reports.json", headers=forum.keyed()).json["reports"]}
    rest = [each["type"] for each in reports[5:]]
    assert {each["type"] for each in reports} == listed
    assert len(rest) == len(set(rest)) == len(listed) - 4
    assert all("total" in each for each in reports)
    assert answer.json["updated_at"].endswith("Z")


def test_the_parts_of_the_dashboard_answer_as_upstream(forum: Forum) -> None:
    general = forum.get("/admin/dashboard/general.json", headers=forum.keyed())
    assert sorted(general.json) == ["discourse_updated_at", "release_notes_link", "updated_at"]
    for part in ("moderation", "security", "reports"):
        answer = forum.get(f"/admin/dashboard/{part}.json", headers=forum.keyed())
        assert (answer.status, answer.body) == (204, b"")


def test_the_recipe_sums_the_days_of_a_report(forum: Forum) -> None:
    forum.clock.freeze(NOON)
    for days in (1, 0, 3):
        forum.clock.advance(days=days)
        forum.given.topic()
    answer = report(forum, "topics", "?start_date=2026-04-01&end_date=2026-04-30")
    assert answer["title"] == "Topics"
    assert sum(each["y"] for each in answer["data"]) == 3
    assert answer["data"] == [{"x": "2026-04-02", "y": 2}, {"x": "2026-04-05", "y": 1}]


def test_a_report_carries_what_upstream_sends(forum: Forum) -> None:
    forum.clock.freeze(NOON)
    forum.given.topic()
    answer = report(forum, "topics", "?start_date=2026-03-30&end_date=2026-04-01&facets[]=prev_period&facets[]=total")
    total = answer.pop("total")
    assert answer.pop("description")
    assert answer == {
        "type": "topics", "title": "Topics", "xaxis": "Day", "yaxis": "Number of topics", "description_link": None,
        "dates_filtering": True, "primary_color": "rgba(10,81,96,1)", "secondary_color": "rgba(10,81,96,0.1)",
        "labels": [
            {"type": "date", "property": "x", "title": "Day"}, {"type": "number", "property": "y", "title": "Count"},
        ],
        "average": False, "percent": False, "higher_is_better": True, "modes": ["table", "chart"],
        "processing": False, "legacy": False,
        "data": [{"x": "2026-04-01", "y": 1}],
        "start_date": "2026-03-30T00:00:00Z", "end_date": "2026-04-01T23:59:59Z",
        "prev_data": [], "prev_start_date": "2026-03-27T00:00:00Z", "prev_end_date": "2026-03-30T00:00:00Z",
        "prev30Days": None, "prev_period": 0,
        "report_key": 'reports:topics:20260330:20260401:["prev_period", "total"]:1',
        "available_filters": [
            {"id": "category", "type": "category", "default": None},
            {"id": "include_subcategories", "type": "bool", "default": False},
        ],
    }  # fmt: skip
    assert isinstance(total, int)


def test_the_list_names_every_report_by_title(forum: Forum) -> None:
    reports = forum.get("/admin/reports.json", headers=forum.keyed()).json["reports"]
    assert [each["title"] for each in reports] == sorted(each["title"] for each in reports)
    assert {"signups", "likes", "flags", "visits", "page_view_logged_in_reqs", "dau_by_mau"} <= {
        each["type"] for each in reports
    }
    assert all(sorted(each) == [
        "description", "description_link", "plugin", "plugin_display_name", "title", "type",
    ] for each in reports)  # fmt: skip
    for each in reports:
        assert report(forum, each["type"])["title"] == each["title"]


def test_without_dates_a_report_begins_yesterday_and_runs_for_thirty_days(forum: Forum) -> None:
    forum.clock.freeze(NOON)
    answer = report(forum, "posts")
    assert (answer["start_date"], answer["end_date"]) == ("2026-03-31T00:00:00Z", "2026-04-30T23:59:59Z")


def test_the_last_day_counts_and_days_are_of_utc(forum: Forum) -> None:
    forum.clock.freeze(NOON + 12 * 3_600_000 - 1)
    forum.given.topic()
    forum.clock.advance(seconds=0.001)
    forum.given.topic()
    assert report(forum, "topics", "?start_date=2026-04-01&end_date=2026-04-01")["data"] == [
        {"x": "2026-04-01", "y": 1}
    ]
    assert report(forum, "topics", "?start_date=2026-04-02T23:00:00-11:00&end_date=2026-04-02")["data"] == [
        {"x": "2026-04-02", "y": 1}
    ]


def test_a_range_that_ends_before_it_starts_is_empty(forum: Forum) -> None:
    forum.given.topic()
    answer = report(forum, "topics", f"?start_date={day(forum)}&end_date={day(forum, 5)}")
    assert answer["data"] == []
    assert answer["start_date"].startswith(day(forum))


def test_a_range_of_centuries_is_cut_to_ten_years(forum: Forum) -> None:
    forum.given.topic()
    answer = report(forum, "topics", f"?start_date=1970-01-01&end_date={day(forum)}")
    assert answer["start_date"].startswith(day(forum, 3_659))
    assert report(forum, "topics", "?start_date=1970-01-01&end_date=9990-12-31")["data"] == []
    assert sum(each["y"] for each in answer["data"]) == answer["total"]


@pytest.mark.parametrize(
    "query",
    [
        "start_date=yesterday", "start_date=2026-02-30", "end_date=2026-13-01", "start_date=1969-12-31",
        "end_date=9999-12-31", "start_date=%00", "start_date[]=2026-01-01", "start_date[a]=1", "category_id=soup",
        "category_id=99999999999999999999", "limit=-1", "limit=many", "filters=x", "group_id=%F0%9F",
        "filters[include_subcategories]=perhaps", "facets[][a]=1",
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused(forum: Forum, query: str) -> None:
    answer = forum.get(f"/admin/reports/topics.json?{query}", headers=forum.keyed())
    assert answer.status == 400, answer
    assert answer.json["errors"]


@pytest.mark.parametrize("type_", ["no_such_report", "emails", "TOPICS", "topics%00", "storage_stats", "a" * 300])
def test_unknown_reports_are_missing(forum: Forum, type_: str) -> None:
    assert forum.get(f"/admin/reports/{type_}.json", headers=forum.keyed()).status == 404


def test_many_reports_come_at_once_and_unknown_ones_say_so(forum: Forum) -> None:
    forum.clock.freeze(NOON)
    forum.given.topic()
    query = (
        "reports[topics][start_date]=2026-04-01&reports[topics][end_date]=2026-04-02"
        "&reports[nothing][cache]=true&reports[signups][facets][]=prev_period&reports[topics][limit]=5"
    )
    answer = forum.get(f"/admin/reports/bulk.json?{query}", headers=forum.keyed())
    topics, nothing, signups = answer.json["reports"]
    assert (topics["type"], topics["data"], topics["limit"]) == ("topics", [{"x": "2026-04-01", "y": 1}], 5)
    assert (nothing["type"], nothing["error"], nothing["data"]) == ("nothing", "not_found", None)
    assert "prev_period" in signups
    assert "total" not in signups


@pytest.mark.parametrize(
    "query", ["", "?reports=x", "?reports[topics][start_date]=soon", "?reports[][a]=1"]
)  # fmt: skip
def test_a_bulk_request_that_names_nothing_is_refused(forum: Forum, query: str) -> None:
    assert forum.get(f"/admin/reports/bulk.json{query}", headers=forum.keyed()).status == 400


PATHS = [
    "/admin/reports.json", "/admin/reports/signups.json", "/admin/reports/bulk.json?reports[signups][limit]=1",
    "/admin/dashboard.json", "/admin/dashboard/general.json", "/admin/dashboard/moderation.json",
    "/admin/dashboard/security.json", "/admin/dashboard/reports.json"
]  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_reports_are_for_staff(forum: Forum, path: str) -> None:
    forum.given.user("mary", trust_level=4)
    forum.given.user("maud", moderator=True)
    assert forum.get(path).status == 404
    assert forum.get(path, headers=forum.keyed("mary")).status == 404
    assert forum.get(path, headers=forum.keyed("maud")).status in (200, 204)
    assert forum.get(path, headers={"User-Api-Key": "0" * 64}).status == 403
    narrow = {"Api-Key": forum.given.key(scopes=("topics:read",)), "Api-Username": "admin"}
    assert forum.get(path, headers=narrow).status == 403


def test_a_category_narrows_a_report_with_those_below_it_only_when_asked(forum: Forum) -> None:
    parent = forum.given.category("Kitchen").category.id
    child = forum.given.category("Soups", parent_id=parent).category.id
    for category_id in (parent, child, child, 1):
        post = forum.given.topic(category_id=category_id)
        forum.given.reply(post.post.topic_id)
    month = this_month(forum)
    for query, topics in ((f"category_id={parent}", 1), (f"filters[category]={child}", 2), ("category_id=0", 0)):
        answer = report(forum, "topics", f"{month}&{query}")
        assert sum(each["y"] for each in answer["data"]) == topics or topics == 0
        posts = report(forum, "posts", f"{month}&{query}")
        assert sum(each["y"] for each in posts["data"]) == 2 * topics or topics == 0
    below = report(forum, "topics", f"{month}&category_id={parent}&filters[include_subcategories]=true")
    assert sum(each["y"] for each in below["data"]) == 3
    assert report(forum, "topics", f"{month}&category_id=999999")["data"] == []


def test_requests_count_by_kind_status_and_who_asked(forum: Forum) -> None:
    forum.given.user("mary", password="a long enough password")
    member = forum.login("mary", "a long enough password")
    month = this_month(forum)

    def numbers() -> dict[str, int]:
        names = ("page_view_anon", "page_view_logged_in", "page_view_crawler", "page_view_anon_mobile",
                 "page_view_total", "api", "user_api", "http_2xx", "http_4xx", "http_total",
                 "http_background")  # fmt: skip
        return {name: sum(d["y"] for d in report(forum, f"{name}_reqs", month)["data"]) for name in names}

    html = {"Accept": "text/html", "User-Agent": BROWSER}
    before = numbers()
    asked = len(before)  # what `numbers` itself asks counts, too
    assert forum.get("/about", headers=html).headers["x-discourse-trackview"] == "1"
    forum.get("/about", headers={**html, "User-Agent": BROWSER.replace("Chrome", "Mobile Chrome")})
    forum.get("/about", headers={**html, "Cookie": member["Cookie"]})
    forum.get("/about", headers={**html, "User-Agent": "Googlebot/2.1 (+http://www.google.com/bot.html)"})
    assert "x-discourse-trackview" not in forum.get("/about", headers={**html, "Discourse-Track-View": "0"}).headers
    shown = forum.get("/latest.json", headers={"User-Agent": BROWSER, "Discourse-Track-View": "true"})
    assert shown.headers["x-discourse-trackview"] == "1"
    assert "x-discourse-trackview" not in forum.get("/latest.json", headers={"User-Agent": BROWSER}).headers
    forum.get("/no-such-page", headers=html)
    forum.get("/api/v3/ping", headers=forum.bearer())
    after = numbers()
    assert {name: after[name] - before[name] for name in before} == {
        "page_view_anon": 3, "page_view_logged_in": 1, "page_view_crawler": 1, "page_view_anon_mobile": 1,
        "page_view_total": 5, "api": asked, "user_api": 1, "http_2xx": after["http_2xx"] - before["http_2xx"],
        "http_4xx": after["http_4xx"] - before["http_4xx"], "http_total": asked + 9, "http_background": 0,
    }  # fmt: skip
    assert after["http_4xx"] - before["http_4xx"] in (1, 2)
    crawlers = report(forum, "web_crawlers", month)["data"]
    assert crawlers == [{"user_agent": "Googlebot/2.1 (+http://www.google.com/bot.html)", "count": 1}]
    lines = report(forum, "consolidated_page_views", month)["data"]
    assert [(line["req"], sum(d["y"] for d in line["data"])) for line in lines] == [
        ("page_view_logged_in", after["page_view_logged_in"]), ("page_view_anon", after["page_view_anon"]),
        ("page_view_crawler", after["page_view_crawler"]),
    ]  # fmt: skip


def test_searches_are_counted_by_term_unless_the_site_keeps_no_log(forum: Forum) -> None:
    month = this_month(forum)
    for q in ("Marmalade", "marmalade", "quince"):
        forum.get(f"/search.json?q={q}", headers=forum.keyed())
    assert report(forum, "trending_search", month)["data"] == [
        {"term": "marmalade", "searches": 2}, {"term": "quince", "searches": 1},
    ]  # fmt: skip
    forum.put("/admin/site_settings/log_search_queries.json", json={"log_search_queries": False}, headers=forum.keyed())
    forum.get("/search.json?q=quince", headers=forum.keyed())
    assert report(forum, "trending_search", f"{month}&limit=1")["data"] == [{"term": "marmalade", "searches": 2}]
    assert report(forum, "trending_search", month)["data"][1] == {"term": "quince", "searches": 1}


def test_people_are_counted_by_level_and_kind(forum: Forum) -> None:
    forum.given.user("maud", moderator=True, trust_level=2)
    forum.given.user("paul", trust_level=0)
    levels = {row["key"]: row["y"] for row in report(forum, "users_by_trust_level")["data"]}
    assert levels["newuser"] == 1
    assert levels["member"] >= 1
    kinds = report(forum, "users_by_type")["data"]
    assert [(row["key"], row["y"]) for row in kinds] == [("admins", 1), ("moderators", 1)]


def test_whose_posts_were_liked_comes_with_their_pictures(forum: Forum) -> None:
    forum.given.user("mary")
    post = forum.given.topic(by="mary").post
    forum.post("/post_actions.json", json={"id": post.id, "post_action_type_id": 2}, headers=forum.keyed())
    answer = report(forum, "top_users_by_likes_received", this_month(forum))
    assert [(row["username"], row["qtt_like"]) for row in answer["data"]] == [("mary", 1)]
    assert "{size}" in answer["data"][0]["user_avatar_template"]
    assert answer["labels"][0]["properties"] == {
        "id": "user_id", "username": "username", "avatar": "user_avatar_template",
    }  # fmt: skip
