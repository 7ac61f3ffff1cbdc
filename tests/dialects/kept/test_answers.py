"""Answers given again: who gets them, what still happens with each, and that they end with what they show."""

from __future__ import annotations

import gzip
import logging

import pytest

from tertulia.http.keeping import MOST_MS, Keeper
from tertulia.testing.client import Response, call
from tertulia.testing.forum import Forum
from tests.dialects.kept.conftest import Make, given

HTML = {"Accept": "text/html"}


def is_kept(forum: Forum, path: str, headers: dict[str, str] | None = None) -> bool:
    """Whether the second of two equal requests is answered from memory, with the same bytes. Tried again once: a
    minute may end between the two, and with it what a page says of ages."""
    for _ in range(2):
        first = forum.get(path, headers=headers or {})
        before = given()
        second = forum.get(path, headers=headers or {})
        if given() == before + 1:
            assert second.body == first.body
            assert stable(second) == stable(first)
            return True
    return False


def stable(answer: Response) -> set[tuple[str, str]]:
    return {(name, value) for name, value in answer.header_list if name not in ("x-request-id", "x-runtime")}


def topic(forum: Forum) -> int:
    return forum.given.topic(title="A topic that many people read").post.topic_id


# -- who gets them ----------------------------------------------------------------------------------
@pytest.mark.parametrize("path", ["/latest.json", "/categories", "/top.json?period=all", "/c/general/1.json", "/tags"])
def test_lists_are_kept_for_visitors(forum: Forum, path: str) -> None:
    headers = {} if "json" in path else HTML
    if forum.get(path, headers=headers).status == 200:
        assert is_kept(forum, path, headers)
    else:
        assert forum.get(path, headers=headers).status == 301


def test_topics_are_kept_as_data_and_as_pages_apart(forum: Forum) -> None:
    slug = forum.get(f"/t/{topic(forum)}.json").json["slug"]
    assert is_kept(forum, f"/t/{slug}/2.json") or is_kept(forum, "/latest.json")
    number = forum.get("/latest.json").json["topic_list"]["topics"][0]["id"]
    slug = forum.get(f"/t/{number}.json").json["slug"]
    assert is_kept(forum, f"/t/{slug}/{number}", HTML)
    assert is_kept(forum, f"/t/{slug}/{number}.json")
    page, data = forum.get(f"/t/{slug}/{number}", headers=HTML), forum.get(f"/t/{slug}/{number}.json")
    assert page.headers["content-type"].startswith("text/html")
    assert data.headers["content-type"].startswith("application/json")


@pytest.mark.parametrize(
    "headers",
    [
        {"Cookie": "_t=whatever"},
        {"Cookie": "a=b; _t =whatever"},
        {"Authorization": "Bearer x"},
        {"Discourse-Logged-In": "1"},
        {"Range": "bytes=0-1"},
    ],
)
def test_whoever_may_be_somebody_is_answered_anew(forum: Forum, headers: dict[str, str]) -> None:
    assert is_kept(forum, "/latest.json")
    before = given()
    forum.get("/latest.json", headers=headers)
    assert given() == before


def test_a_visitor_never_gets_what_was_made_for_a_key(forum: Forum) -> None:
    forum.given.user("mary")
    mine = forum.get("/latest.json", headers=forum.keyed("mary"))
    assert mine.json["topic_list"]["can_create_topic"] is True
    assert forum.get("/latest.json").json["topic_list"]["can_create_topic"] is False
    assert forum.get("/latest.json", headers=forum.keyed("admin")).headers["x-discourse-username"] == "admin"
    assert forum.get("/latest.json", headers=forum.keyed("mary")).headers["x-discourse-username"] == "mary"


def test_a_key_that_is_revoked_opens_nothing_any_more(forum: Forum) -> None:
    forum.given.user("mary")
    secret = forum.given.key("mary")
    headers = {"Api-Key": secret, "Api-Username": "mary"}
    assert is_kept(forum, "/latest.json", headers)
    keys = forum.get("/admin/api/keys.json", headers=forum.keyed()).json["keys"]
    number = next(each["id"] for each in keys if (each["user"] or {}).get("username") == "mary")
    assert forum.post(f"/admin/api/keys/{number}/revoke.json", headers=forum.keyed()).status == 200
    assert forum.get("/latest.json", headers=headers).status == 403


def test_a_suspended_user_reads_nothing_kept(forum: Forum) -> None:
    mary = forum.given.user("mary")
    assert is_kept(forum, "/latest.json", forum.keyed("mary"))
    body = {"suspend_until": "2099-01-01", "reason": "spam"}
    assert forum.put(f"/admin/users/{mary.id}/suspend.json", json=body, headers=forum.keyed()).status == 200
    assert forum.get("/latest.json", headers=forum.keyed("mary")).status == 403


def test_a_key_in_the_query_is_still_noted(forum: Forum) -> None:
    forum.get("/latest.json?api_key=abc")
    before = given()
    forum.get("/latest.json?api_key=abc")
    assert given() == before


# -- what happens with each -------------------------------------------------------------------------
def test_limits_count_what_is_given_again(configured: Make) -> None:
    forum = configured(DISCOURSE_MAX_REQS_PER_IP_PER_10_SECONDS="5")
    forum.clock.freeze()

    def ask() -> Response:
        pairs = [("host", "forum.test")]
        work = call(forum.app.kit, method="GET", path="/latest.json", headers=pairs, body=b"", peer="203.0.113.7")
        return forum.wait(lambda: work)

    assert [ask().status for _ in range(5)] == [200] * 5
    refused = ask()
    assert refused.status == 429
    assert refused.headers["discourse-rate-limit-error-code"] == "ip_10_secs_limit"
    assert refused.headers["retry-after"] == "10"
    forum.clock.advance(seconds=10)
    assert ask().status == 200


def test_the_limit_of_a_key_counts_what_is_given_again(configured: Make) -> None:
    forum = configured(DISCOURSE_MAX_ADMIN_API_REQS_PER_MINUTE="4")
    forum.keep_limits()
    assert [forum.get("/latest.json", headers=forum.keyed()).status for _ in range(5)] == [200] * 4 + [429]
    forum.clock.advance(minutes=1, seconds=1)
    assert forum.get("/latest.json", headers=forum.keyed()).status == 200


def test_each_view_counts_though_the_answer_is_kept(forum: Forum) -> None:
    number = topic(forum)
    for peer in ("203.0.113.1", "203.0.113.2", "203.0.113.3"):
        work = call(forum.app.kit, method="GET", path=f"/t/{number}.json", headers=[], body=b"", peer=peer)
        assert forum.wait(lambda work=work: work).status == 200
    forum.run_jobs()
    forum.clock.advance(seconds=61)
    forum.get("/latest.json")
    forum.clock.advance(seconds=61)
    assert forum.get(f"/t/{number}.json", headers=forum.keyed()).json["views"] == 3


def test_every_answer_has_a_request_id_of_its_own_and_a_line_in_the_log(
    forum: Forum, caplog: pytest.LogCaptureFixture
) -> None:
    number = topic(forum)
    with caplog.at_level(logging.INFO, "tertulia.http"):
        ids = {forum.get(f"/t/{number}.json").headers["x-request-id"] for _ in range(3)}
    assert len(ids) == 3
    lines = [record.facts for record in caplog.records if record.message == "request"]
    assert [line["path"] for line in lines[-3:]] == [f"/t/{number}.json"] * 3
    assert len({tuple(line) for line in lines[-3:]}) == 1
    assert {line["route"] for line in lines[-3:]} == {"/t/{topic_id:int}"}


def test_a_page_view_is_said_only_to_whoever_says_that_it_is_one(forum: Forum) -> None:
    assert is_kept(forum, "/latest.json")
    said = forum.get("/latest.json", headers={"Discourse-Track-View": "true"})
    assert said.headers["x-discourse-trackview"] == "1"
    assert "x-discourse-trackview" not in forum.get("/latest.json").headers


# -- forms of an answer -----------------------------------------------------------------------------
def test_whoever_accepts_it_gets_it_compressed(forum: Forum) -> None:
    number = topic(forum)
    plain = forum.get(f"/t/{number}.json")
    assert "content-encoding" not in plain.headers
    for _ in range(2):
        small = forum.get(f"/t/{number}.json", headers={"Accept-Encoding": "br, gzip"})
        assert small.headers["content-encoding"] == "gzip"
        assert int(small.headers["content-length"]) == len(small.body) < len(plain.body)
        assert gzip.decompress(small.body) == plain.body
        assert "Accept-Encoding" in small.headers["vary"]
    assert "content-encoding" not in forum.get(f"/t/{number}.json").headers
    assert "Accept-Encoding" in plain.headers["vary"]


def test_the_first_who_asks_may_have_it_compressed_too(forum: Forum) -> None:
    number = topic(forum)
    small = forum.get(f"/t/{number}.json", headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(small.body) == forum.get(f"/t/{number}.json").body


@pytest.mark.parametrize("who", ["a visitor", "a member"])
def test_who_holds_the_same_gets_no_body(forum: Forum, who: str) -> None:
    number = topic(forum)
    headers = forum.keyed() if who == "a member" else {}
    tag = forum.get(f"/t/{number}.json", headers=headers).headers["etag"]
    assert tag.startswith('W/"')
    for _ in range(2):
        spared = forum.get(f"/t/{number}.json", headers={**headers, "If-None-Match": f'"x", {tag}'})
        assert (spared.status, spared.body) == (304, b"")
        assert spared.headers["etag"] == tag
        assert "content-type" not in spared.headers
    forum.given.reply(number)
    changed = forum.get(f"/t/{number}.json", headers={**headers, "If-None-Match": tag})
    assert changed.status == 200
    assert changed.headers["etag"] != tag


@pytest.mark.parametrize("path", ["/site.json", "/categories.json", "/u/admin.json", "/about"])
def test_other_reads_have_a_tag_as_well(forum: Forum, path: str) -> None:
    first = forum.get(path, headers=HTML if path == "/about" else {})
    assert first.status == 200
    again = forum.get(path, headers={**(HTML if path == "/about" else {}), "If-None-Match": first.headers["etag"]})
    assert again.status == 304


def test_a_tag_says_nothing_about_who_reads(forum: Forum) -> None:
    assert forum.get("/site.json").headers["etag"] == forum.get("/site.json").headers["etag"]
    refused = forum.get("/t/999.json")
    assert refused.status == 404
    assert "etag" not in refused.headers


# -- how they end -----------------------------------------------------------------------------------
def test_answers_of_different_hosts_are_kept_apart(forum: Forum) -> None:
    def ask(host: str) -> Response:
        headers = [("host", host), ("accept", "text/html")]
        return forum.wait(lambda: call(forum.app.kit, method="GET", path="/latest", headers=headers, body=b""))

    ask("one.example")
    before = given()
    ask("other.example")
    assert given() == before
    ask("one.example")
    ask("other.example")
    assert given() == before + 2


def test_a_pin_that_ends_by_itself_ends_the_answer(forum: Forum) -> None:
    number = topic(forum)
    until = forum.clock.now() + 20_000
    from datetime import UTC, datetime

    body = {"status": "pinned", "enabled": "true", "until": datetime.fromtimestamp(until / 1000, UTC).isoformat()}
    assert forum.put(f"/t/{number}/status.json", json=body, headers=forum.keyed()).status == 200
    assert forum.get(f"/t/{number}.json").json["pinned"] is True
    assert forum.get(f"/t/{number}.json").json["pinned"] is True
    forum.clock.advance(seconds=21)
    assert forum.get(f"/t/{number}.json").json["pinned"] is False


def test_a_minute_is_the_longest_that_anything_is_kept(forum: Forum) -> None:
    assert is_kept(forum, "/latest.json")
    forum.clock.advance(seconds=MOST_MS // 1000)
    before = given()
    forum.get("/latest.json")
    assert given() == before


def test_the_memory_for_kept_answers_is_bounded(forum: Forum) -> None:
    keeper: Keeper = forum.app.kit.keeper
    keeper._most = 200_000
    for number in range(60):
        forum.get(f"/latest.json?page=0&per_page={number % 30 + 1}&x={number}")
    assert 0 < keeper._bytes <= 200_000
    assert keeper._bytes == sum(each.size for each in keeper._kept.values())


def test_nothing_is_kept_where_the_setting_says_so(configured: Make) -> None:
    forum = configured(TERTULIA_KEPT_ANSWERS_MEGABYTES="0")
    assert not is_kept(forum, "/latest.json")
