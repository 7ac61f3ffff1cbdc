"""Every answer that was recorded from a real server, against ours: each key with its type."""

from __future__ import annotations

from typing import Any

import pytest

from tertulia.testing.forum import Forum
from tests.contract.shapes import validate_nodebb

READ = (
    "/api/", "/api/categories", "/api/category/1/uncategorized", "/api/category/1/uncategorized/1",
    "/api/config", "/api/recent", "/api/popular", "/api/top", "/api/unread", "/api/unread/total",
    "/api/topic/{tid}/slug", "/api/topic/{tid}/slug/2", "/api/topic/pagination/{tid}",
    "/api/user/uid/1", "/api/user/username/admin", "/api/user/email/admin@example.org", "/api/users",
    "/api/user/admin", "/api/user/admin/posts", "/api/user/admin/topics", "/api/user/admin/best",
    "/api/user/admin/upvoted", "/api/user/admin/downvoted", "/api/user/admin/bookmarks",
    "/api/user/admin/followers", "/api/user/admin/following", "/api/user/admin/groups", "/api/user/admin/read",
    "/api/user/admin/watched", "/api/user/admin/ignored", "/api/tags", "/api/tags/green", "/api/groups",
    "/api/groups/administrators", "/api/groups/administrators/members", "/api/search?term=ordinary", "/api/self",
    "/api/me", "/api/me/posts", "/api/post/{pid}", "/api/recent/posts/day", "/api/login", "/api/register",
    "/api/categories/1/moderators",
)  # fmt: skip


@pytest.fixture
def topic_id(forum: Forum) -> int:
    """A topic with a tag and an answer by somebody else."""
    forum.given.user("mary")
    topic = forum.given.topic(tags=("green",)).post.topic_id
    forum.given.reply(topic, by="mary", to=1)
    return topic


@pytest.mark.parametrize("path", READ)
def test_a_page_holds_every_field_that_the_original_sent(forum: Forum, topic_id: int, path: str) -> None:
    reply = forum.get(f"/api/topic/{topic_id}/x", headers=forum.bearer()).json["posts"][-1]["pid"]
    path = path.format(tid=topic_id, pid=reply)
    answer = forum.get(path, headers=forum.bearer())
    assert answer.status == 200, answer
    assert list(map(str, validate_nodebb("read", "GET", path, answer.json))) == []


TOPIC = {
    "cid": 1,
    "title": "A topic for every operation",
    "content": "A text long enough for everybody.",
    "tags": ["a"],
}


def check(kind: Any, method: str, path: str, forum: Forum, **options: Any) -> Any:
    """Asks as admin and compares the answer with what was recorded."""
    base = {"v1": "/api/v1", "v2": "/api/v2", "v3": "/api/v3"}[kind]
    answer = forum.request(method, base + path, headers=forum.bearer(), **options)
    assert answer.status == 200, (method, path, answer)
    problems = [str(problem) for problem in validate_nodebb(kind, method, base + path, answer.json)]
    assert (method, path, problems) == (method, path, [])
    return answer.json["response" if kind == "v3" else "payload"]


def test_every_answer_about_topics_in_the_third_version(forum: Forum) -> None:
    tid = check("v3", "POST", "/topics/", forum, json=TOPIC)["tid"]
    check("v3", "GET", f"/topics/{tid}", forum)
    check("v3", "POST", f"/topics/{tid}", forum, json={"content": "An answer that is long enough."})
    for name in ("lock", "pin", "follow", "ignore", "read"):
        check("v3", "PUT", f"/topics/{tid}/{name}", forum)
        check("v3", "DELETE", f"/topics/{tid}/{name}", forum)
    check("v3", "PUT", f"/topics/{tid}/tags", forum, json={"tags": ["b", "c"]})
    check("v3", "DELETE", f"/topics/{tid}/tags", forum)
    check("v3", "DELETE", f"/topics/{tid}/state", forum)
    check("v3", "PUT", f"/topics/{tid}/state", forum)
    check("v3", "DELETE", f"/topics/{tid}", forum)


def test_every_answer_about_posts_in_the_third_version(forum: Forum, topic_id: int) -> None:
    first, reply = (post["pid"] for post in forum.get(f"/api/topic/{topic_id}").json["posts"])
    for part in ("", "/index", "/raw", "/summary", "/voters", "/upvoters", "/diffs"):
        check("v3", "GET", f"/posts/{reply}{part}", forum)
    check("v3", "GET", f"/posts/{first}/replies", forum)
    check("v3", "PUT", f"/posts/{reply}", forum, json={"content": "The answer after it was edited."})
    check("v3", "PUT", f"/posts/{reply}/vote", forum, json={"delta": 1})
    check("v3", "DELETE", f"/posts/{reply}/vote", forum)
    for name in ("bookmark", "state"):
        method = ("PUT", "DELETE") if name == "bookmark" else ("DELETE", "PUT")
        check("v3", method[0], f"/posts/{reply}/{name}", forum)
        check("v3", method[1], f"/posts/{reply}/{name}", forum)
    check("v3", "DELETE", f"/posts/{reply}", forum)


def test_every_answer_about_people_in_the_third_version(forum: Forum) -> None:
    body = {"username": "peter", "password": "correct horse battery", "email": "peter@example.org"}
    uid = check("v3", "POST", "/users/", forum, json=body)["uid"]
    check("v3", "GET", f"/users/{uid}", forum)
    check("v3", "GET", f"/users/{uid}/status", forum)
    check("v3", "GET", f"/users/{uid}/emails", forum)
    profile = {"fullname": "Peter P", "aboutme": "I like trees", "signature": "Yours", "birthday": "1990-01-01"}
    check("v3", "PUT", f"/users/{uid}", forum, json=profile)
    for name in ("follow", "ban", "mute"):
        check("v3", "PUT", f"/users/{uid}/{name}", forum)
        check("v3", "DELETE", f"/users/{uid}/{name}", forum)
    check("v3", "DELETE", f"/users/{uid}/account", forum)
    other = forum.given.user("paula").id
    check("v3", "DELETE", f"/users/{other}", forum)


def test_every_answer_about_categories_and_groups_in_the_third_version(forum: Forum, topic_id: int) -> None:
    parent = forum.given.category("Plants").category.id
    body = {"name": "Trees", "bgColor": "#00ff00", "parentCid": parent}
    cid = check("v3", "POST", "/categories/", forum, json=body)["cid"]
    check("v3", "GET", "/categories/", forum)
    for part in ("", "/count", "/posts", "/children", "/topics"):
        check("v3", "GET", f"/categories/1{part}", forum)
    check("v3", "PUT", f"/categories/{cid}", forum, json={"name": "High trees"})
    check("v3", "PUT", f"/categories/{cid}/watch", forum, json={"state": "ignoring"})
    check("v3", "DELETE", f"/categories/{cid}/watch", forum)
    check("v3", "GET", f"/categories/{cid}/privileges", forum)
    check("v3", "PUT", f"/categories/{cid}/privileges/groups:find", forum, json={"member": "registered-users"})
    check("v3", "DELETE", f"/categories/{cid}/privileges/groups:find", forum, json={"member": "registered-users"})
    check("v3", "PUT", f"/categories/{cid}/moderator/1", forum)
    check("v3", "DELETE", f"/categories/{cid}/moderator/1", forum)
    check("v3", "DELETE", f"/categories/{cid}", forum)
    check("v3", "PUT", "/tags/green/follow", forum)
    check("v3", "DELETE", "/tags/green/follow", forum)
    slug = check("v3", "POST", "/groups/", forum, json={"name": "Tree Friends", "private": 0, "ownerUid": 1})["slug"]
    check("v3", "GET", "/groups/", forum)
    check("v3", "GET", f"/groups/{slug}/members", forum)
    check("v3", "PUT", f"/groups/{slug}", forum, json={"description": "We like trees"})
    uid = forum.given.user("nora").id
    check("v3", "PUT", f"/groups/{slug}/membership/{uid}", forum)
    check("v3", "DELETE", f"/groups/{slug}/membership/{uid}", forum)
    check("v3", "DELETE", f"/groups/{slug}", forum)


@pytest.mark.parametrize("kind", ["v1", "v2"])
def test_every_answer_of_the_plugin(forum: Forum, kind: Any) -> None:
    put = "POST" if kind == "v1" else "PUT"
    assert validate_nodebb(kind, "GET", "/ping", forum.get(f"/api/{kind}/ping").json) == []
    pong = forum.post(f"/api/{kind}/ping", headers=forum.bearer()).json
    assert (validate_nodebb(kind, "POST", "/ping", pong), pong["params"]) == ([], {"uid": 1})
    uid = check(kind, "POST", "/users", forum, json={"username": "peter", "email": "peter@example.org"})["uid"]
    check(kind, "PUT", f"/users/{uid}", forum, json={"fullname": "Peter"})
    check(kind, put, f"/users/{uid}/follow", forum)
    check(kind, "DELETE", f"/users/{uid}/follow", forum)
    check(kind, put, f"/users/{uid}/ban", forum)
    check(kind, "DELETE", f"/users/{uid}/ban", forum)
    check(kind, "PUT", f"/users/{uid}/password", forum, json={"new": "correct horse battery"})
    token = check(kind, "POST", "/users/1/tokens", forum)["token"]
    check(kind, "GET", "/users/1/tokens", forum)
    check(kind, "DELETE", f"/users/1/tokens/{token}", forum)
    tid = check(kind, "POST", "/topics", forum, json=TOPIC)["topicData"]["tid"]
    pid = check(kind, "POST", f"/topics/{tid}", forum, form={"content": "An answer by a form, long enough."})["pid"]
    check(kind, "PUT", f"/topics/{tid}", forum, json={"pid": pid, "content": "An edited answer, long enough."})
    check(kind, put, f"/topics/{tid}/follow", forum)
    check(kind, "DELETE", f"/topics/{tid}/follow", forum)
    assert (
        forum.request(put, f"/api/{kind}/topics/{tid}/tags", headers=forum.bearer(), json={"tags": ["b"]}).status == 200
    )
    check(kind, "DELETE", f"/topics/{tid}/tags", forum)
    by_peter = forum.given.reply(tid, by="peter").post.id
    voted = check(kind, "POST", f"/posts/{by_peter}/vote", forum, json={"delta": 5})
    assert (voted["upvote"], voted["post"]["votes"], voted["user"]["reputation"]) == (True, 1, 1)
    check(kind, "DELETE", f"/posts/{by_peter}/vote", forum)
    check(kind, "PUT", f"/posts/{pid}", forum, json={"content": "Edited once more, and long enough."})
    check(kind, "DELETE", f"/posts/{pid}", forum)
    cid = check(kind, "POST", "/categories", forum, json={"name": "Trees"})["cid"]
    check(kind, "PUT", f"/categories/{cid}", forum, json={"name": "High trees"})
    check(kind, "DELETE", f"/categories/{cid}/state", forum)
    check(kind, "PUT", f"/categories/{cid}/state", forum)
    check(kind, "DELETE", f"/categories/{cid}", forum)
    slug = check(kind, "POST", "/groups", forum, json={"name": "friends", "private": 0})["slug"]
    check(kind, put, f"/groups/{slug}/membership", forum)
    check(kind, "DELETE", f"/groups/{slug}/membership", forum)
    check(kind, "DELETE", f"/groups/{slug}", forum)
    check(kind, "DELETE", f"/users/{uid}", forum)
    check(kind, "DELETE", f"/topics/{tid}", forum)


def test_every_answer_that_only_the_second_version_has(forum: Forum) -> None:
    uid = forum.given.user("peter").id
    topic = forum.given.topic(by="peter").post
    pid = forum.given.reply(topic.topic_id, by="peter").post.id
    check("v2", "POST", f"/posts/{pid}/bookmark", forum)
    check("v2", "DELETE", f"/posts/{pid}/bookmark", forum)
    check("v2", "DELETE", f"/posts/{pid}/state", forum)
    check("v2", "PUT", f"/posts/{pid}/state", forum)
    check("v2", "PUT", f"/topics/{topic.topic_id}/pin", forum)
    check("v2", "DELETE", f"/topics/{topic.topic_id}/pin", forum)
    check("v2", "DELETE", f"/topics/{topic.topic_id}/state", forum)
    check("v2", "PUT", f"/topics/{topic.topic_id}/state", forum)
    rights = {"privileges": ["groups:topics:create"], "groups": "guests"}
    check("v2", "DELETE", "/categories/1/privileges", forum, json=rights)
    check("v2", "PUT", "/categories/1/privileges", forum, json=rights)
    check("v2", "PUT", f"/groups/administrators/membership/{uid}", forum)
    check("v2", "DELETE", f"/groups/administrators/membership/{uid}", forum)
