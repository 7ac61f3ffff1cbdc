"""Notifications over Discourse's API: lists, marks, counters, what admins may make, and who may look."""

from __future__ import annotations

from typing import Any

import pytest

from tertulia.forum.keys.creating import create_key
from tertulia.forum.unit import Unit
from tertulia.model.actor import CredentialKind
from tertulia.model.keys import CreateKey, KeyScope
from tertulia.testing.forum import Forum
from tests.forum.notifications.given import stored, told

PATH = "/notifications.json"
MARK = "/notifications/mark-read.json"
KEYS = {
    "id", "user_id", "notification_type", "read", "high_priority", "created_at", "post_number", "topic_id",
    "fancy_title", "slug", "data",
}  # fmt: skip


@pytest.fixture
def people(forum: Forum) -> Forum:
    for name in ("mary", "bob"):
        forum.given.user(name, trust_level=2)
    return forum


def ask(forum: Forum, query: str = "", *, by: str = "mary") -> Any:
    answer = forum.get(f"{PATH}{query}", headers=forum.keyed(by))
    assert answer.status == 200, answer
    return answer.json


def mention(forum: Forum, count: int = 1) -> list[int]:
    return [
        forum.given.topic(by="bob", raw=f"Hello @mary, this is number {each} of {forum.clock.now()}.").post.topic_id
        for each in range(count)
    ]


def test_a_notification_has_the_keys_and_the_data_that_clients_know(people: Forum) -> None:
    (topic,) = mention(people)
    body = ask(people)
    assert set(body) == {
        "notifications", "total_rows_notifications", "seen_notification_id", "load_more_notifications",
    }  # fmt: skip
    (one,) = body["notifications"]
    assert set(one) == KEYS
    page = people.get(f"/t/{topic}.json").json
    post = page["post_stream"]["posts"][0]
    assert (one["notification_type"], one["read"], one["high_priority"]) == (1, False, False)
    assert (one["topic_id"], one["post_number"], one["slug"]) == (topic, 1, page["slug"])
    assert one["data"] == {
        "topic_title": page["title"],
        "original_post_id": post["id"],
        "original_post_type": 1,
        "original_username": "bob",
        "revision_number": None,
        "display_username": "bob",
    }
    assert (body["total_rows_notifications"], body["seen_notification_id"]) == (1, 0)
    assert body["load_more_notifications"] == "/notifications?offset=60&username=mary"


def test_pages_follow_each_other_and_filters_narrow_them(people: Forum) -> None:
    topics = mention(people, 5)
    people.put(MARK, headers=people.keyed("mary"), form={"id": ask(people)["notifications"][0]["id"]})
    assert [one["topic_id"] for one in ask(people, "?limit=2&offset=1")["notifications"]] == topics[3:1:-1]
    assert [one["topic_id"] for one in ask(people, "?filter=read")["notifications"]] == topics[4:]
    assert ask(people, "?filter=unread")["total_rows_notifications"] == 4
    assert ask(people, "?filter_by_types=liked,replied")["notifications"] == []
    assert len(ask(people, "?filter_by_types=mentioned")["notifications"]) == 5
    assert ask(people, "?limit=0")["notifications"] == []


@pytest.mark.parametrize(
    "query", ["limit=61", "limit=-1", "limit=many", "offset=-1", "filter_by_types=nonsense", f"offset={10**30}"]
)
def test_what_cannot_be_asked_is_refused(people: Forum, query: str) -> None:
    assert people.get(f"{PATH}?{query}", headers=people.keyed("mary")).status == 400


def test_the_recent_ones_begin_with_unread_important_ones_and_count_as_seen(people: Forum) -> None:
    message = {
        "archetype": "private_message",
        "target_recipients": "mary",
        "title": "A message",
        "raw": "Words for you.",
    }
    assert people.post("/posts.json", headers=people.keyed("bob"), form=message).status == 200
    mention(people, 2)
    silent = ask(people, "?recent=true&silent=true")
    assert [one["notification_type"] for one in silent["notifications"]] == [6, 1, 1]
    assert set(silent) == {"notifications", "seen_notification_id"}
    assert silent["seen_notification_id"] == 0
    newest = max(one["id"] for one in silent["notifications"])
    assert ask(people, "?recent=true&limit=1")["seen_notification_id"] < newest
    assert ask(people, "?recent=true")["seen_notification_id"] == newest
    assert ask(people)["seen_notification_id"] == newest


def me(forum: Forum) -> dict[str, Any]:
    shown = forum.get("/session/current.json", headers=forum.keyed("mary")).json["current_user"]
    names = ("unread_notifications", "unread_high_priority_notifications", "all_unread_notifications_count")
    return {name: shown[name] for name in (*names, "grouped_unread_notifications", "seen_notification_id")}


def test_the_counters_of_oneself_are_true(people: Forum) -> None:
    message = {
        "archetype": "private_message",
        "target_recipients": "mary",
        "title": "A message",
        "raw": "Words for you.",
    }
    people.post("/posts.json", headers=people.keyed("bob"), form=message)
    mention(people, 2)
    assert me(people) == {
        "unread_notifications": 2,
        "unread_high_priority_notifications": 1,
        "all_unread_notifications_count": 3,
        "grouped_unread_notifications": {"1": 2, "6": 1},
        "seen_notification_id": 0,
    }
    ask(people, "?recent=true")
    seen = me(people)
    assert (seen["unread_notifications"], seen["unread_high_priority_notifications"]) == (0, 1)
    totals = people.get("/notifications/totals.json", headers=people.keyed("mary"))
    assert totals.json == {
        "unread_notifications": 0,
        "unread_personal_messages": 1,
        "topic_tracking": totals.json["topic_tracking"],
        "group_inboxes": [],
    }
    assert set(totals.json["topic_tracking"]) == {"new", "unread"}


def test_reading_posts_marks_what_told_of_them(people: Forum) -> None:
    topic, other = mention(people, 2)
    form = {"topic_id": topic, "timings[1]": 1000, "topic_time": 1000}
    assert people.post("/topics/timings", headers=people.keyed("mary"), form=form).status == 200
    assert {one.topic_id: one.read for one in stored(people, "mary")} == {topic: True, other: False}


@pytest.mark.parametrize("path", [MARK, "/notifications/read.json"])
def test_one_some_types_or_all_are_marked_as_read(people: Forum, path: str) -> None:
    mention(people, 3)
    headers = people.keyed("mary")
    oldest = ask(people)["notifications"][-1]["id"]
    assert people.put(path, headers=headers, form={"id": oldest}).json == {"success": "OK"}
    assert [one.read for one in stored(people, "mary")] == [True, False, False]
    assert people.put(path, headers=headers, form={"dismiss_types": "liked"}).status == 200
    assert people.put(path, headers=headers, form={"dismiss_types": "liked,nonsense"}).status == 400
    assert [one.read for one in stored(people, "mary")] == [True, False, False]
    assert people.put(path, headers=headers, json={}).json == {"success": "OK"}
    assert [one.read for one in stored(people, "mary")] == [True] * 3
    assert me(people)["seen_notification_id"] == oldest + 2


def test_nobody_marks_what_others_were_told(people: Forum) -> None:
    mention(people)
    one = ask(people)["notifications"][0]["id"]
    assert people.put(MARK, headers=people.keyed("bob"), form={"id": one}).status == 200
    assert [one.read for one in stored(people, "mary")] == [False]


def test_only_admins_look_at_what_others_were_told(people: Forum) -> None:
    people.given.user("sheriff", moderator=True)
    mention(people)
    query = "?username=mary"
    assert ask(people, query, by="admin")["total_rows_notifications"] == 1
    assert ask(people, query)["total_rows_notifications"] == 1
    for name in ("bob", "sheriff"):
        assert people.get(f"{PATH}{query}", headers=people.keyed(name)).status == 403
    assert people.get(f"{PATH}?username=nobody", headers=people.keyed()).status == 404


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", PATH),
        ("GET", "/notifications/totals.json"),
        ("PUT", MARK),
        ("POST", PATH),
        ("PUT", "/notifications/1.json"),
    ],
)
def test_visitors_are_told_nothing(forum: Forum, method: str, path: str) -> None:
    assert forum.request(method, path, headers={"Accept": "application/json"}).status == 403


def make(forum: Forum, *, by: str = "admin", **form: Any) -> Any:
    mary = forum.get("/u/mary.json", headers=forum.keyed()).json["user"]["id"]
    given = {"notification_type": 14, "user_id": mary, "data": '{"message":"The build is done"}'}
    return forum.post(PATH, headers=forum.keyed(by), form={**given, **form})


def test_admins_make_change_and_delete_notifications(people: Forum) -> None:
    made = make(people)
    assert made.status == 200
    assert made.json["data"] == {"message": "The build is done"}
    assert (made.json["slug"], made.json["topic_id"], made.json["read"]) == (None, None, False)
    one = f"/notifications/{made.json['id']}.json"
    changed = people.put(one, headers=people.keyed(), form={"read": "true", "notification_type": 24}).json
    assert (changed["read"], changed["high_priority"], changed["data"]) == (True, True, made.json["data"])
    assert people.delete(one, headers=people.keyed()).json == {"success": "OK"}
    assert told(people, "mary") == []
    for method in ("PUT", "DELETE"):
        answer = people.request(method, one, headers=people.keyed(), form={"read": "true"})
        assert (answer.status, answer.headers["x-tertulia-reason"]) == (404, "not_found")


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"data": '{"a":"' + "x" * 1000 + '"}'}, 400),
        ({"data": "no json"}, 400),
        ({"data": "[1]"}, 400),
        ({"data": ""}, 400),
        ({"notification_type": "14x"}, 400),
        ({"notification_type": 0}, 400),
        ({"user_id": 999_999}, 404),
        ({"user_id": -1}, 404),
        ({"user_id": 10**30}, 400),
        ({"topic_id": "x"}, 400),
    ],
)
def test_a_notification_that_cannot_be_is_not_made(people: Forum, form: dict[str, Any], status: int) -> None:
    assert make(people, **form).status == status
    assert told(people, "mary") == []


def test_only_admins_make_notifications(people: Forum) -> None:
    people.given.user("sheriff", moderator=True)
    one = make(people).json["id"]
    for name in ("bob", "mary", "sheriff"):
        assert make(people, by=name).status == 403
        for method in ("PUT", "DELETE"):
            path = f"/notifications/{one}.json"
            assert people.request(method, path, headers=people.keyed(name), form={"read": "true"}).status == 403
    assert [each.read for each in stored(people, "mary")] == [False]


LEVEL = "/u/bob/notification_level.json"


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"notification_level": "mute"}, 200),
        ({"notification_level": "ignore", "expiring_at": "2121-01-01"}, 200),
        ({"notification_level": "ignore"}, 400),
        ({"notification_level": "ignore", "expiring_at": "soon"}, 400),
        ({"notification_level": "loud"}, 400),
        ({}, 400),
    ],
)
def test_somebody_is_muted_or_ignored(people: Forum, form: dict[str, str], status: int) -> None:
    answer = people.put(LEVEL, headers=people.keyed("mary"), form=form)
    assert answer.status == status
    mention(people)
    assert told(people, "mary") == ([] if status == 200 else ["mentioned"])
    assert people.put(LEVEL, headers=people.keyed("mary"), form={"notification_level": "normal"}).json == {
        "success": "OK"
    }
    mention(people)
    assert told(people, "mary")[-1:] == ["mentioned"]


def test_staff_and_oneself_are_always_heard(people: Forum) -> None:
    for name in ("admin", "mary"):
        path = f"/u/{name}/notification_level.json"
        assert people.put(path, headers=people.keyed("mary"), form={"notification_level": "mute"}).status == 403
    people.given.user("newcomer", trust_level=0)
    assert people.put(LEVEL, headers=people.keyed("newcomer"), form={"notification_level": "mute"}).status == 403


def test_a_personal_key_for_notifications_opens_nothing_else(people: Forum) -> None:
    mention(people)
    mary = people.get("/u/mary.json", headers=people.keyed()).json["user"]["id"]

    async def create(unit: Unit) -> str:
        scopes = (KeyScope(scope="notifications"),)
        return (
            await create_key(unit, CreateKey(kind=CredentialKind.USER_KEY, user_id=mary, scopes=scopes))
        ).secret or ""

    headers = {"User-Api-Key": people.unit(create), "User-Api-Client": "a-program"}
    assert people.get(PATH, headers=headers).json["total_rows_notifications"] == 1
    assert people.get("/notifications/totals.json", headers=headers).status == 200
    assert people.put(MARK, headers=headers).json == {"success": "OK"}
    for method, path in (("POST", PATH), ("GET", "/latest.json"), ("PUT", "/notifications/1.json")):
        assert (
            people.request(method, path, headers=headers, form={"read": "true"} if method != "GET" else None).status
            == 403
        )
