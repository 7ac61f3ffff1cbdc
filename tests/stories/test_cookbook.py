"""What a newcomer pastes: list, create, update, make a user, read a whole topic; by curl and by requests, on a port."""

from __future__ import annotations

import json
import subprocess
from typing import Any

import pytest
import requests

from tertulia.testing.forum import Forum


def curl(*arguments: str) -> str:
    """What curl prints; a failure to connect fails the test."""
    done = subprocess.run(["curl", "-sS", *arguments], capture_output=True, text=True, timeout=30, check=True)
    return done.stdout


def curl_json(forum: Forum, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    arguments = ["-X", method, "-H", f"Api-Key: {forum.key}", "-H", "Api-Username: system"]
    if body is not None:
        arguments += ["-H", "Content-Type: application/json", "-d", json.dumps(body)]
    return json.loads(curl(*arguments, forum.url + path))


def headers(forum: Forum, username: str = "system") -> dict[str, str]:
    return {"Api-Key": forum.key, "Api-Username": username}


# -- recipe 1 ---------------------------------------------------------------------------------------
def test_the_latest_topics_are_listed_in_the_order_of_creation(forum: Forum) -> None:
    ids = [forum.given.topic().post.topic_id for _ in range(3)]
    forum.given.reply(ids[0])
    found = curl_json(forum, "GET", "/latest.json?order=created&ascending=false")
    assert [topic["id"] for topic in found["topic_list"]["topics"]] == ids[::-1]
    answer = requests.get(
        f"{forum.url}/latest.json",
        headers=headers(forum),
        params={"order": "created", "ascending": "false"},
        timeout=10,
    )
    answer.raise_for_status()
    for topic in answer.json()["topic_list"]["topics"][:5]:
        assert topic["fancy_title"]
        assert topic["posts_count"] == (2 if topic["id"] == ids[0] else 1)


# -- recipe 2 ---------------------------------------------------------------------------------------
RELEASE = {
    "title": "Release notes for v3.4",
    "raw": "We just shipped 3.4 — full changelog inside.",
    "tags": ["release", "v3-4"],
}


def test_a_topic_is_created_in_a_category_with_tags(forum: Forum) -> None:
    category = forum.given.category("api").category.id
    made = curl_json(forum, "POST", "/posts.json", {**RELEASE, "category": category})
    topic = curl_json(forum, "GET", f"/t/{made['topic_id']}.json")
    assert topic["title"] == RELEASE["title"]
    assert topic["category_id"] == category
    assert [tag["name"] for tag in topic["tags"]] == RELEASE["tags"]
    assert topic["post_stream"]["posts"][0]["cooked"] == "<p>We just shipped 3.4 — full changelog inside.</p>"


def test_the_same_creation_again_gets_the_stored_answer(forum: Forum) -> None:
    payload = {**RELEASE, "category": 1}
    first = requests.post(f"{forum.url}/posts.json", headers=headers(forum), json=payload, timeout=10)
    again = requests.post(f"{forum.url}/posts.json", headers=headers(forum), json=payload, timeout=10)
    assert first.status_code == again.status_code == 200
    assert first.json() == again.json()
    assert again.headers["Idempotent-Replayed"] == "true"
    forum.clock.advance(seconds=121)
    later = requests.post(f"{forum.url}/posts.json", headers=headers(forum), json=payload, timeout=10)
    assert later.status_code == 422
    assert "Title has already been used" in later.json()["errors"][0]


def test_a_title_that_is_too_short_is_named(forum: Forum) -> None:
    forum.given.user("mary")
    body = {"title": "Short", "raw": "A text of more than twenty characters.", "category": 1}
    answer = requests.post(f"{forum.url}/posts.json", headers=headers(forum, "mary"), json=body, timeout=10)
    assert answer.status_code == 422
    assert answer.json()["action"] == "create_post"
    assert "Title is too short (minimum is 15 characters)" in answer.json()["errors"]


# -- recipe 3 ---------------------------------------------------------------------------------------
def test_an_edit_reason_is_shown_on_the_post_and_in_the_staff_log(forum: Forum) -> None:
    post_id = forum.given.topic(by="admin").post.id
    body = {"post": {"raw": "Updated body — added migration steps.", "edit_reason": "Fix migration command typo"}}
    changed = curl_json(forum, "PUT", f"/posts/{post_id}.json", body)
    assert changed["post"]["version"] == 2
    shown = curl_json(forum, "GET", f"/posts/{post_id}.json")
    assert shown["edit_reason"] == "Fix migration command typo"
    assert shown["raw"] == "Updated body — added migration steps."
    log = curl_json(forum, "GET", "/admin/logs/staff_action_logs.json")["staff_action_logs"]
    assert any("Fix migration command typo" in json.dumps(entry) for entry in log)


# -- recipe 6 ---------------------------------------------------------------------------------------
MARY = {
    "name": "Mary Example",
    "username": "mary_e",
    "email": "mary@example.org",
    "password": "Initial-PW-2026!",
    "active": True,
    "approved": True,
}


def test_a_user_is_created_active_and_can_log_in(forum: Forum) -> None:
    made = curl_json(forum, "POST", "/users.json", MARY)
    assert made["success"] is True
    assert made["active"] is True
    assert made["user_id"] > 1
    session = requests.Session()
    token = session.get(f"{forum.url}/session/csrf.json", timeout=10).json()["csrf"]
    answer = session.post(
        f"{forum.url}/session.json",
        data={"login": "mary_e", "password": MARY["password"]},
        headers={"X-CSRF-Token": token},
        timeout=10,
    )
    assert answer.json()["user"]["username"] == "mary_e"
    current = session.get(f"{forum.url}/session/current.json", timeout=10).json()
    assert current["current_user"]["id"] == made["user_id"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"username": "admin"}, "username"),
        ({"email": "admin@example.org"}, "email"),
        ({"password": "short"}, "password"),
    ],
)
def test_a_refused_user_is_200_with_success_false(forum: Forum, change: dict[str, str], field: str) -> None:
    answer = requests.post(f"{forum.url}/users.json", headers=headers(forum), json={**MARY, **change}, timeout=10)
    assert answer.status_code == 200
    assert answer.json()["success"] is False
    assert field in answer.json()["errors"]
    assert requests.get(f"{forum.url}/u/mary_e.json", headers=headers(forum), timeout=10).status_code == 404


# -- recipe 8 ---------------------------------------------------------------------------------------
def fetch_topic_posts(forum: Forum, topic_id: int) -> list[dict[str, Any]]:
    """Every post of a topic: the stream of ids first, then the missing ones in batches of twenty."""
    envelope = requests.get(f"{forum.url}/t/{topic_id}.json", headers=headers(forum), timeout=10).json()
    stream = envelope["post_stream"]["stream"]
    inline = {post["id"]: post for post in envelope["post_stream"]["posts"]}
    missing = [post_id for post_id in stream if post_id not in inline]
    for start in range(0, len(missing), 20):
        params = [("post_ids[]", str(post_id)) for post_id in missing[start : start + 20]]
        answer = requests.get(f"{forum.url}/t/{topic_id}/posts.json", headers=headers(forum), params=params, timeout=10)
        for post in answer.json()["post_stream"]["posts"]:
            inline[post["id"]] = post
    return [inline[post_id] for post_id in stream]


def test_every_post_of_a_topic_is_read_in_batches(forum: Forum) -> None:
    topic_id = forum.given.topic().post.topic_id
    texts = [forum.given.reply(topic_id, by="system").post.raw for _ in range(59)]
    posts = fetch_topic_posts(forum, topic_id)
    assert [post["post_number"] for post in posts] == list(range(1, 61))
    assert [post["cooked"] for post in posts[1:]] == [f"<p>{text}</p>" for text in texts]
    stream = curl_json(forum, "GET", f"/t/{topic_id}.json")["post_stream"]["stream"]
    assert len(stream) == 60


# -- the documentation topic's own line -------------------------------------------------------------
def test_a_category_is_created_as_the_documentation_topic_prints_it(forum: Forum) -> None:
    name = "89853c20-4409-e91a-a8ea-f6cdff96aaaa"
    printed = curl(
        "-X", "POST", f"{forum.url}/categories",
        "-H", "Content-Type: multipart/form-data;",
        "-H", f"Api-Key: {forum.key}",
        "-H", "Api-Username: admin",
        "-F", f"name={name}",
        "-F", "color=49d9e9",
        "-F", "text_color=f0fcfd",
    )  # fmt: skip
    category = json.loads(printed)["category"]
    assert (category["name"], category["color"], category["text_color"]) == (name, "49d9e9", "f0fcfd")


# -- the write API's quick start --------------------------------------------------------------------
def test_the_quick_start_of_the_write_api_creates_a_topic(forum: Forum) -> None:
    title, content = "A topic by the write API", "Its content is long enough to be accepted."
    printed = curl(
        "-H", f"Authorization: Bearer {forum.token}",
        "--data", f"title={title}&content={content}&cid=1",
        f"{forum.url}/api/v1/topics",
    )  # fmt: skip
    answer = json.loads(printed)
    assert answer["code"] == "ok"
    tid = answer["payload"]["topicData"]["tid"]
    assert json.loads(curl(f"{forum.url}/api/topic/{tid}"))["title"] == title
    assert curl_json(forum, "GET", f"/t/{tid}.json")["title"] == title


SIGNED = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJfdWlkIjoxfQ.pbm5wbAZ4__yFh5y8oeCsJyT0dm8ROcd5SEBr4yGlNw"


def test_the_signed_token_of_the_write_api_lists_tokens_when_its_secret_is_set(forum: Forum) -> None:
    before = json.loads(curl(f"{forum.url}/api/v1/users/1/tokens?token={SIGNED}"))
    assert before["code"] == "not-authorised"
    setting = f"{forum.url}/admin/site_settings/jwt_secret.json?jwt_secret=secret"
    assert requests.put(setting, headers=headers(forum), timeout=10).status_code == 200
    after = json.loads(curl(f"{forum.url}/api/v1/users/1/tokens?token={SIGNED}"))
    assert after["code"] == "ok"
    assert isinstance(after["payload"]["tokens"], list)
