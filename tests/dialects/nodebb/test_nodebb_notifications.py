"""What one was told, in NodeBB's words: the page, the lists, the count, marks."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tertulia.forum.notifications.marking import set_read
from tertulia.forum.unit import Unit
from tertulia.model.errors import NotificationMissing
from tertulia.testing.forum import Forum
from tests.contract.shapes import validate_nodebb

Headers = dict[str, str]


@pytest.fixture
def mary(forum: Forum, token_of: Callable[[int], Headers]) -> Headers:
    """mary was mentioned twice."""
    user = forum.given.user("mary")
    for number in range(2):
        forum.given.topic(f"A, b and 100% [[of]] number {number}", raw=f"Hello @mary, this is number {number}.")
    return token_of(user.id)


def test_the_page_lists_what_one_was_told(forum: Forum, mary: Headers) -> None:
    body = forum.get("/api/notifications", headers=mary).json
    first = body["notifications"][0]
    assert (first["type"], first["read"], first["readClass"], first["from"]) == ("mention", False, "unread", 1)
    assert first["bodyShort"] == (
        "[[notifications:user-mentioned-you-in, admin, A&#44; b and 100&#37; &lsqb;&lsqb;of&rsqb;&rsqb; number 1]]"
    )
    assert first["path"] == f"/post/{first['pid']}"
    assert body["unreadNids"] == [each["nid"] for each in body["notifications"]]
    assert [each["user"]["username"] for each in body["notifications"]] == ["admin", "admin"]
    assert forum.get("/api/notifications?filter=upvote", headers=mary).json["notifications"] == []
    chosen = forum.get("/api/notifications?filter=mention", headers=mary).json
    assert (len(chosen["notifications"]), chosen["selectedFilter"]["filter"]) == (2, "mention")


def test_one_is_marked_as_read_and_as_unread_again(forum: Forum, mary: Headers) -> None:
    count, lists = "/api/v3/notifications/count", "/api/v3/notifications"
    assert forum.get(count, headers=mary).json["response"] == {"unread": 2}
    newest = forum.get(lists, headers=mary).json["response"]["unread"][0]
    one = f"/api/v3/notifications/{newest['nid']}"
    assert forum.get(one, headers=mary).json["response"]["notification"] == newest
    assert forum.put(f"{one}/read", headers=mary).json["response"] == {}
    assert forum.get(count, headers=mary).json["response"] == {"unread": 1}
    found = forum.get(lists, headers=mary).json["response"]
    assert ([each["nid"] for each in found["read"]], len(found["unread"])) == ([newest["nid"]], 1)
    assert forum.delete(f"{one}/read", headers=mary).json["response"] == {}
    assert forum.get(count, headers=mary).json["response"] == {"unread": 2}


@pytest.mark.parametrize(("method", "tail"), [("GET", ""), ("PUT", "/read"), ("DELETE", "/read")])
def test_what_others_were_told_is_missing(forum: Forum, mary: Headers, method: str, tail: str) -> None:
    nid = forum.get("/api/notifications", headers=mary).json["unreadNids"][0]
    for path in (f"/api/v3/notifications/{nid}{tail}", f"/api/v3/notifications/999999{tail}"):
        answer = forum.request(method, path, headers=forum.bearer())
        assert (answer.status, answer.json["status"]["message"]) == (404, "You have no such notification")
    assert forum.get("/api/v3/notifications/count", headers=mary).json["response"] == {"unread": 2}


def test_nobody_changes_what_is_not_there(forum: Forum) -> None:
    async def mark(unit: Unit) -> None:
        await set_read(unit, 999_999, read=True)

    with pytest.raises(NotificationMissing):
        forum.unit(mark, username="admin")


@pytest.mark.parametrize("path", ["/api/notifications", "/api/v3/notifications", "/api/v3/notifications/count"])
def test_guests_are_asked_who_they_are(forum: Forum, path: str) -> None:
    assert forum.get(path).status == 401


def test_the_answers_have_the_recorded_shapes(forum: Forum, mary: Headers) -> None:
    for kind, path in (("read", ""), ("v3", "/v3"), ("v3", "/v3/count")):
        path = "/api" + path.replace("/count", "") + "/notifications" + ("/count" if "count" in path else "")
        answer = forum.get(path, headers=mary)
        assert (answer.status, list(map(str, validate_nodebb(kind, "GET", path, answer.json)))) == (200, [])
