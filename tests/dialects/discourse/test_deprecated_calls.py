"""Keys in query or body: refused as upstream refuses them, noted for staff, and never kept."""

from __future__ import annotations

import hashlib
import logging

import pytest

from tertulia.forum.keys.deprecated import list_deprecated_calls
from tertulia.forum.sites.sweeping import sweep
from tertulia.forum.unit import Unit
from tertulia.http.call import Call
from tertulia.http.routing import Row, Table
from tertulia.testing.forum import Forum


def problems(forum: Forum) -> list[dict[str, object]]:
    answer = forum.get("/admin/dashboard/problems.json", headers=forum.keyed())
    assert answer.status == 200
    found: list[dict[str, object]] = answer.json["problems"]
    return found


def test_a_key_in_the_query_opens_nothing_and_staff_learn_who_sent_it(forum: Forum) -> None:
    assert problems(forum) == []
    forum.clock.freeze(1_800_000_000_000)
    query = f"?api_key={forum.key}&api_username=admin"
    headers = {"User-Agent": "old/1.0"}
    refused = forum.get(f"/admin/users/1.json{query}", headers=headers)
    assert (refused.status, refused.json["error_type"]) == (404, "not_found")
    login = forum.get(f"/new.json{query}", headers=headers)
    assert (login.status, login.json["error_type"]) == (403, "not_logged_in")
    assert forum.get(f"/latest.json{query}", headers=headers).status == 200
    forum.clock.advance(seconds=5)
    assert forum.get(f"/latest.json{query}", headers=headers).status == 200
    found = {str(each["route"]): each for each in problems(forum)}
    latest = found["GET /latest"]
    assert latest.items() >= {
        "priority": "low", "identifier": "deprecated_api_authentication", "address": "127.0.0.1", "agent": "old/1.0",
        "count": 2, "first_at": "2027-01-15T08:00:00.000Z", "last_at": "2027-01-15T08:00:05.000Z",
    }.items()  # fmt: skip
    assert latest["key"]["truncated_key"] == forum.key[:4]
    assert latest["message"] == (
        f"GET /latest was called 2 times from 127.0.0.1 with the key {forum.key[:4]}\u2026 (golden) in the query or "
        "body, where keys are no longer read. Send the headers Api-Key and Api-Username instead. "
        "This message goes a day after the last such call."
    )
    assert {route: each["count"] for route, each in found.items()} == {
        "GET /latest": 2, "GET /new": 1, "GET /admin/users/{user_id:int}": 1,
    }  # fmt: skip


def test_a_key_in_the_body_of_a_write_is_an_anonymous_write(forum: Forum) -> None:
    body = {"api_key": forum.key, "api_username": "admin", "title": "A title that is long enough", "raw": "x" * 30}
    for options in ({"json": body}, {"form": body}):
        refused = forum.post("/posts.json", **options)
        assert (refused.status, refused.text) == (403, '["BAD CSRF"]')
    (found,) = problems(forum)
    assert (found["route"], found["count"]) == ("POST /posts", 2)


def test_browsers_paths_are_noticed_too_and_what_is_no_key_is_said_to_be_none(forum: Forum) -> None:
    forum.get("/latest?api_key=nonsense", headers={"Accept": "text/html"})
    forum.get("/latest.json?user_api_key=nonsense")
    found = problems(forum)
    assert [each["key"] for each in found] == [None] * len(found) and sum(int(str(e["count"])) for e in found) == 2
    assert "with no key of this forum" in str(found[0]["message"])


def test_a_call_with_headers_or_without_a_key_is_not_noted(forum: Forum) -> None:
    forum.get("/latest.json?api_key=", headers={})
    forum.get(f"/latest.json?api_key={forum.key}", headers=forum.keyed())
    forum.post("/admin/api/keys.json", json={"key": {"description": "x"}}, headers=forum.keyed())
    assert problems(forum) == []


def test_the_secret_is_neither_stored_nor_logged(forum: Forum, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        forum.get(f"/latest.json?api_key={forum.key}")
        forum.post("/posts.json", form={"api_key": forum.key})

    async def everything(unit: Unit) -> str:
        return str([list(row) for row in await unit.tx.text("SELECT * FROM deprecated_calls")])

    stored = forum.unit(everything)
    assert "GET /latest" in stored
    for secret in (forum.key, hashlib.sha256(forum.key.encode()).hexdigest()):
        assert secret not in stored
        assert secret not in caplog.text
    assert forum.key not in forum.get("/admin/dashboard/problems.json", headers=forum.keyed()).text


def test_the_note_goes_a_day_after_the_last_call(forum: Forum) -> None:
    forum.get("/latest.json?api_key=x")
    forum.clock.advance(hours=20)
    forum.get("/latest.json?api_key=x")
    forum.clock.advance(hours=23)
    (found,) = problems(forum)
    assert found["count"] == 2
    forum.clock.advance(hours=1, seconds=1)
    assert problems(forum) == []
    forum.unit(sweep)

    async def rows(unit: Unit) -> int:
        return len(list(await unit.tx.text("SELECT * FROM deprecated_calls")))

    assert forum.unit(rows) == 0


def test_a_flood_of_callers_leaves_a_bounded_number_of_notes(forum: Forum) -> None:
    forum.inline_jobs = False
    for number in range(700):
        forum.get("/srv/status?api_key=x", headers={"User-Agent": f"flood/{number}"})
    forum.inline_jobs = True
    forum.get("/latest.json?api_key=x", headers={"User-Agent": "late"})
    forum.get("/srv/status?api_key=x", headers={"User-Agent": "flood/1"})
    noted = {call.agent: call.calls for call in forum.unit(list_deprecated_calls)}
    assert len(noted) == 500 and "late" not in noted
    assert noted["flood/1"] == 2, "who is noted already is counted on"


@pytest.mark.parametrize("value", ["%00", "%ff", "a" * 5000, "[]", "&api_key[]=1", "&api_key[x]=1"])
def test_hostile_keys_break_nothing(forum: Forum, value: str) -> None:
    answer = forum.get(f"/latest.json?api_key={value}", headers={"User-Agent": "\u00e9\u00ff<script>"})
    assert answer.status == (200 if value in ("a" * 5000, "[]") else 400)
    assert forum.get("/admin/dashboard/problems.json", headers=forum.keyed()).status == 200


def test_only_staff_are_told(forum: Forum) -> None:
    forum.given.user("mary")
    forum.given.user("modesta", moderator=True)
    for headers, status in (({}, 404), (forum.keyed("mary"), 404), (forum.keyed("modesta"), 200)):
        assert forum.get("/admin/dashboard/problems.json", headers=headers).status == status


def test_feeds_and_mail_still_read_keys_there(forum: Forum, monkeypatch: pytest.MonkeyPatch) -> None:
    async def tell(call: Call) -> dict[str, object]:
        return {"username": call.actor.user.username if call.actor.user else None}

    rows = (
        Row("GET", "/feed", tell, formats=("rss",), suffixes=(".rss",), dialect="discourse", query_credentials=True),
        Row("POST", "/admin/email/handle", tell, access="staff", dialect="discourse", query_credentials=True),
    )
    monkeypatch.setattr(forum.app.kit, "table", Table((*forum.app.kit.table.rows, *rows)))
    forum.given.user("mary")
    query = f"api_key={forum.key}&api_username=mary"
    assert forum.get(f"/feed.rss?{query}").json == {"username": "mary"}
    assert forum.get(f"/feed.rss?api_key={forum.key}&api_user_id=1").json == {"username": "admin"}
    secret = forum.given.user_api_key("mary", "read")
    assert forum.get(f"/feed.rss?user_api_key={secret}").json == {"username": "mary"}
    assert forum.get("/feed.rss?api_key=wrong&api_username=mary").status == 403
    assert forum.get("/feed.rss").json == {"username": None}
    form = {"api_key": forum.key, "api_username": "admin"}
    assert forum.post("/admin/email/handle.json", form=form).json == {"username": "admin"}
    assert problems(forum) == []
