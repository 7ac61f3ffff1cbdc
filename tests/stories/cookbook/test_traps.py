"""What the widely copied cookbook says about refusals, row by row, and what is answered here instead.

Statuses are the original's, whatever the table says; the reasons behind each are in `docs/explanation`.
"""

from __future__ import annotations

from typing import Any

import pytest

from tertulia.testing.client import Response
from tertulia.testing.forum import Forum

NOT_PERMITTED = "You are not permitted to view the requested resource."
KEY_INVALID = "The API username or key is invalid."  # the original adds this, the table does not have it
NOT_FOUND = "The requested URL or resource could not be found."
TEXT = "A text that is long enough to be a post."


def create(forum: Forum, username: str = "mary", **fields: Any) -> Response:
    body = {"title": "An ordinary title for a topic", "raw": TEXT, "category": 1, **fields}
    return forum.post("/posts.json", headers=forum.keyed(username), json=body)


# -- 401: answered as 403 ---------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({"Api-Key": "0" * 64, "Api-Username": "system"}, "credential.key_unknown"),
        ({"User-Api-Key": "0" * 32, "User-Api-Client": "my-mobile-app"}, "credential.key_unknown"),
        ({"User-Api-Key": "0" * 32}, "credential.key_unknown"),
    ],
)
def test_a_wrong_key_is_403_and_not_401(forum: Forum, headers: dict[str, str], reason: str) -> None:
    answer = forum.get("/latest.json", headers=headers)
    assert (answer.status, answer.reason) == (403, reason)
    assert answer.json == {"errors": [f"{NOT_PERMITTED} {KEY_INVALID}"], "error_type": "invalid_access"}


def test_a_missing_key_is_403_where_one_must_be_somebody(forum: Forum) -> None:
    answer = forum.post("/posts.json", json={"title": "An ordinary title", "raw": TEXT})
    assert answer.status == 403
    answer = forum.get("/notifications.json")
    assert (answer.status, answer.json["error_type"]) == (403, "not_logged_in")


def test_a_key_without_api_username_is_told_what_is_missing(forum: Forum) -> None:
    answer = forum.get("/latest.json", headers={"Api-Key": forum.key})
    assert (answer.status, answer.reason) == (403, "credential.api_username_missing")
    assert answer.json["errors"] == [f"{NOT_PERMITTED} {KEY_INVALID}"]


# -- 403 --------------------------------------------------------------------------------------------
def test_admin_pages_are_404_for_members_and_not_403(forum: Forum) -> None:
    forum.given.user("mary")
    for path in ("/admin/users/1.json", "/admin/logs/staff_action_logs.json"):
        answer = forum.get(path, headers=forum.keyed("mary"))
        assert answer.status == 404
        assert answer.json["errors"] == [NOT_FOUND]


def test_a_granular_key_without_the_right_scope_is_403(forum: Forum) -> None:
    key = forum.given.key("admin", scopes=("topics:read",))
    answer = forum.get("/admin/users/1.json", headers={"Api-Key": key})
    assert (answer.status, answer.reason) == (403, "credential.scope_missing")
    assert answer.json["errors"] == [f"{NOT_PERMITTED} {KEY_INVALID}"]


# -- 404 --------------------------------------------------------------------------------------------
def test_what_is_not_there_is_404(forum: Forum) -> None:
    for path in ("/t/99999.json", "/posts/99999.json", "/no-such-thing.json"):
        answer = forum.get(path, headers=forum.keyed())
        assert (answer.status, answer.json["errors"], answer.json["error_type"]) == (404, [NOT_FOUND], "not_found")


def test_a_deleted_topic_is_404_for_members(forum: Forum) -> None:
    forum.given.user("mary")
    topic_id = forum.given.topic().post.topic_id
    assert forum.delete(f"/t/{topic_id}.json", headers=forum.keyed()).status == 200
    assert forum.get(f"/t/{topic_id}.json", headers=forum.keyed("mary")).status == 404


def test_a_trailing_slash_is_no_trap(forum: Forum) -> None:
    topic_id = forum.given.topic().post.topic_id
    headers = {**forum.keyed(), "Accept": "application/json"}
    assert forum.get("/latest/", headers=headers).status == 200
    assert forum.get(f"/t/{topic_id}/", headers=headers).status == 200


# -- 422 --------------------------------------------------------------------------------------------
def test_every_rule_that_a_topic_breaks_is_named_in_words_for_people(forum: Forum) -> None:
    forum.given.user("mary")
    answer = create(forum, title="Short", raw="Too short")
    assert answer.status == 422
    assert "Title is too short (minimum is 15 characters)" in answer.json["errors"]
    assert "Body is too short (minimum is 20 characters)" in answer.json["errors"]


def test_a_title_that_is_taken_is_refused_by_name(forum: Forum) -> None:
    forum.given.user("mary")
    assert create(forum).status == 200
    forum.clock.advance(minutes=10)
    answer = create(forum, raw="Another text that is long enough for a post.")
    assert answer.status == 422
    assert "Title has already been used" in answer.json["errors"][0]


# -- 409: answered as 422 ---------------------------------------------------------------------------
def test_the_same_body_again_is_422_and_not_409(forum: Forum) -> None:
    forum.given.user("mary")
    assert create(forum).status == 200
    answer = create(forum, title="Another title for the same text")
    assert answer.status == 422
    assert answer.json["errors"] == ["Body is too similar to what you recently posted"]


def test_an_edit_of_what_somebody_else_changed_is_409(forum: Forum) -> None:
    post = forum.given.topic().post
    stale = {"post": {"raw": "My own version of the text, made at the same time.", "original_text": "What it was."}}
    answer = forum.put(f"/posts/{post.id}.json", headers=forum.keyed(), json=stale)
    assert answer.status == 409
    assert forum.get(f"/posts/{post.id}.json", headers=forum.keyed()).json["raw"] == post.raw


# -- the same request again -------------------------------------------------------------------------
def test_the_same_request_within_two_minutes_meets_the_stored_answer(forum: Forum) -> None:
    first, again = create(forum, "admin"), create(forum, "admin")
    assert (first.status, again.status) == (200, 200)
    assert first.json == again.json
    assert again.headers["idempotent-replayed"] == "true"
    forum.clock.advance(seconds=121)
    later = create(forum, "admin")
    assert later.status == 422
    assert "Title has already been used" in later.json["errors"][0]


# -- 200 that is a refusal --------------------------------------------------------------------------
ACCOUNT = {
    "name": "Mary Example",
    "username": "mary_e",
    "email": "mary@example.org",
    "password": "Initial-PW-2026!",
    "active": True,
    "approved": True,
}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"username": "admin"}, "username"),
        ({"email": "admin@example.org"}, "email"),
        ({"password": "short"}, "password"),
    ],
)
def test_an_account_that_is_refused_is_200_with_success_false(forum: Forum, change: dict[str, str], field: str) -> None:
    answer = forum.post("/users.json", headers=forum.keyed(), json={**ACCOUNT, **change})
    assert (answer.status, answer.json["success"]) == (200, False)
    assert answer.json["message"]
    assert field in answer.json["errors"]
    assert forum.get("/u/mary_e.json", headers=forum.keyed()).status == 404


def test_an_account_by_an_admin_may_log_in_at_once(forum: Forum) -> None:
    made = forum.post("/users.json", headers=forum.keyed("system"), json=ACCOUNT).json
    assert (made["success"], made["active"]) == (True, True)
    me = forum.get("/session/current.json", headers=forum.login("mary_e", ACCOUNT["password"])).json
    assert me["current_user"]["id"] == made["user_id"]


# -- "API v1" ---------------------------------------------------------------------------------------
def test_there_is_no_version_in_the_path_of_this_api(forum: Forum) -> None:
    answer = forum.get("/api/v1/latest.json", headers=forum.keyed())
    assert answer.status == 404
