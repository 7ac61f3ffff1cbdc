"""What this forum does where documents, servers and clients of the upstreams disagree, where no other test says it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from contract.tools.ledger import judge, promises
from tertulia.app import route_table

if TYPE_CHECKING:
    from tertulia.testing.forum import Forum

# Words that stand where a tag, an account and a setting are named, so these answer.
NAMES = (
    "GET /tags/unused.json", "GET /admin/users/{id}/similar-users.json", "PUT /admin/site_settings/user_count.json",
)  # fmt: skip
TEXT = "A text of words that are long enough for everybody."


def single_key(forum: Forum, username: str) -> str:
    body = {"key": {"description": "one person's", "username": username}}
    made = forum.post("/admin/api/keys.json", json=body, headers=forum.keyed())
    assert made.status == 200
    return str(made.json["key"]["key"])


def test_a_key_of_one_person_needs_no_username_and_takes_only_theirs(forum: Forum) -> None:
    forum.given.user("mary")
    key = single_key(forum, "mary")
    for named in ({}, {"Api-Username": "mary"}, {"Api-Username": "MARY"}):
        answer = forum.get("/session/current.json", headers={"Api-Key": key, **named})
        assert (answer.status, answer.json["current_user"]["username"]) == (200, "mary")
    other = forum.get("/session/current.json", headers={"Api-Key": key, "Api-Username": "admin"})
    assert (other.status, other.reason) == (403, "credential.api_username_mismatch")


def test_a_thousand_posts_may_be_asked_for_at_once(forum: Forum) -> None:
    post = forum.given.topic().post

    def ask(count: int) -> int:
        ids = "&".join(f"post_ids[]={post.id + number}" for number in range(count))
        return forum.get(f"/t/{post.topic_id}/posts.json?{ids}").status

    assert (ask(999), ask(1_001)) == (200, 400)


@pytest.mark.parametrize(
    "tags", [["jam", "tea"], [{"name": "jam"}, {"name": "tea"}], ["jam", {"name": "tea", "id": 9}]]
)
def test_tags_are_names_or_objects_with_a_name_in_every_write(forum: Forum, tags: list[object]) -> None:
    body = {"title": "A topic with tags of both forms", "raw": TEXT, "category": 1, "tags": tags}
    topic_id = forum.post("/posts.json", json=body, headers=forum.keyed()).json["topic_id"]

    def shown() -> list[str]:
        return sorted(tag["name"] for tag in forum.get(f"/t/{topic_id}.json").json["tags"])

    assert shown() == ["jam", "tea"]
    for path in (f"/t/-/{topic_id}.json", f"/t/{topic_id}/tags.json"):
        assert forum.put(path, json={"tags": ["milk"]}, headers=forum.keyed()).status == 200
        assert shown() == ["milk"]
        assert forum.put(path, json={"tags": tags}, headers=forum.keyed()).status == 200
        assert shown() == ["jam", "tea"]


def test_a_message_and_no_topic_at_all_are_refused_alike(forum: Forum) -> None:
    forum.given.user("mary"), forum.given.user("john")
    body = {"title": "A word between us", "raw": TEXT, "archetype": "private_message", "target_recipients": "mary"}
    made = forum.post("/posts.json", json=body, headers=forum.keyed()).json
    for path, absent in (
        (f"/t/{made['topic_id']}.json", "/t/999999.json"),
        (f"/posts/{made['id']}.json", "/posts/999999.json"),
        (f"/t/{made['topic_id']}/posts.json", "/t/999999/posts.json"),
    ):
        for reader in ({}, forum.keyed("john")):
            hidden, nothing = forum.get(path, headers=reader), forum.get(absent, headers=reader)
            assert (hidden.status, hidden.body, hidden.reason) == (404, nothing.body, nothing.reason)
            assert set(hidden.headers) == set(nothing.headers)


def test_refusals_come_in_one_order(forum: Forum) -> None:
    """Credential, kind of key, scope, staff route, visibility, right, validation: each hides what comes after it."""
    forum.given.user("mary")
    hidden, seen = "/t/999999.json", f"/t/{forum.given.topic().post.topic_id}.json"
    wrong = {"Api-Key": "0" * 64, "Api-Username": "mary"}
    scoped = {"key": {"description": "reads", "username": "mary", "scopes": [{"scope_id": "topics:read"}]}}
    narrow = {"Api-Key": forum.post("/admin/api/keys.json", json=scoped, headers=forum.keyed()).json["key"]["key"]}
    for path in (hidden, seen):
        assert forum.put(path, json={"title": ""}, headers=wrong).reason == "credential.key_unknown"
    assert forum.get("/admin/users/list/active.json", headers=wrong).reason == "credential.key_unknown"
    for path in (hidden, seen):
        assert forum.put(path, json={"title": ""}, headers=narrow).status == 403
    assert forum.get("/admin/users/list/nonsense.json", headers=forum.keyed("mary")).reason == "staff_only"
    assert forum.put(hidden, json={"title": ""}, headers=forum.keyed("mary")).status == 404
    assert forum.put(seen, json={"title": "x"}, headers=forum.keyed("mary")).status == 403
    assert forum.put(seen, json={"title": "x" * 300}, headers=forum.keyed()).status == 422


@pytest.mark.parametrize("kind", ["user", "master"])
def test_one_token_opens_every_generation_and_the_pages_for_programs(forum: Forum, kind: str) -> None:
    uid = forum.given.user("mary").id
    if kind == "user":
        made = forum.post("/api/v2/users/1/tokens", headers=forum.bearer())
        headers, more, expected = {"Authorization": f"Bearer {made.json['payload']['token']}"}, {}, 1
    else:
        headers, more, expected = forum.bearer(forum.master_token), {"_uid": uid}, uid
    for version in ("v1", "v2", "v3"):
        answer = forum.post(f"/api/{version}/ping", headers=headers, json=more)
        assert answer.status == 200 and str(expected) in answer.text
        topic = {
            "cid": 1,
            "title": f"A topic made through {version} by a token",
            "content": f"{TEXT} {version}",
            **more,
        }
        assert forum.post(f"/api/{version}/topics", headers=headers, json=topic).status == 200
    named = "".join(f"?{name}={value}" for name, value in more.items())
    assert forum.get(f"/api/self{named}", headers=headers).json["uid"] == expected


def test_what_other_features_would_answer_is_the_upstreams_not_found(forum: Forum) -> None:
    pending = [entry for entry in judge(route_table().rows, entries=promises()) if entry.state == "pending"]
    asked = [entry for entry in pending if entry.section == "discourse" and entry.path.endswith(".json")]
    asked = [entry for entry in asked if entry.key not in NAMES]
    for entry in asked:
        path = re.sub(r"\{[^}]*\}", "1", entry.path)
        answer = forum.request(entry.method, path, headers=forum.keyed())
        assert answer.status == 404, entry
        assert answer.headers["content-type"] == "application/json; charset=utf-8", entry
        assert answer.json["error_type"] == "not_found", entry
        assert answer.json["errors"] == ["The requested URL or resource could not be found."], entry


def test_programs_that_search_the_web_are_answered_like_everybody(forum: Forum) -> None:
    plain = forum.get("/api/recent")
    spider = forum.get("/api/recent", headers={"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1)"})
    assert (spider.status, spider.json) == (plain.status, plain.json)
    assert plain.cookies == {}


def test_a_deletion_needs_no_body(forum: Forum) -> None:
    topic = forum.given.topic().post.topic_id
    for body in (None, b""):
        assert (
            forum.request("DELETE", f"/api/v3/topics/{topic}/lock", headers=forum.bearer(), body=body or b"").status
            == 200
        )
