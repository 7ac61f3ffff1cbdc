"""API keys: made, used, narrowed, revoked."""

from __future__ import annotations

from typing import Any

import pytest

from tertulia.testing.forum import Forum


def make(forum: Forum, **key: Any) -> dict[str, Any]:
    body = {"key": {"description": "robot", **key}}
    answer = forum.post("/admin/api/keys.json", json=body, headers=forum.keyed())
    assert answer.status == 200, answer
    return dict(answer.json["key"])


def using(key: dict[str, Any], username: str = "admin") -> dict[str, str]:
    return {"Api-Key": key["key"], "Api-Username": username}


@pytest.mark.parametrize("how", ["json", "form"])
def test_a_key_is_shown_once_and_works(forum: Forum, how: str) -> None:
    forum.given.user("mary")
    body = {"key": {"description": "robot", "username": "mary"}}
    made = forum.post("/admin/api/keys", headers=forum.keyed(), **{how: body}).json["key"]
    assert len(made["key"]) == 64
    assert made["truncated_key"] == made["key"][:4]
    assert made["user"]["username"] == "mary"
    current = forum.get("/session/current.json", headers={"Api-Key": made["key"]})
    assert current.json["current_user"]["username"] == "mary"
    shown = forum.get(f"/admin/api/keys/{made['id']}.json", headers=forum.keyed()).json["key"]
    assert (shown["description"], "key" in shown) == ("robot", False)
    assert made["key"].encode() not in forum.get("/admin/api/keys.json", headers=forum.keyed()).body


def test_keys_are_listed_in_pages(forum: Forum) -> None:
    ids = [make(forum, description=f"key {number}")["id"] for number in range(3)]
    page = forum.get("/admin/api/keys.json?limit=2", headers=forum.keyed()).json
    assert [key["id"] for key in page["keys"]] == [ids[2], ids[1]]
    assert (page["offset"], page["limit"]) == (0, 2)
    rest = forum.get("/admin/api/keys?offset=2&limit=500", headers=forum.keyed()).json
    assert (rest["keys"][0]["id"], rest["limit"]) == (ids[0], 50)
    for query in ("limit=0", "offset=-1", "limit=x"):
        assert forum.get(f"/admin/api/keys.json?{query}", headers=forum.keyed()).status == 400


def test_a_revoked_key_means_nothing_until_it_is_restored(forum: Forum) -> None:
    key = make(forum)
    path = f"/admin/api/keys/{key['id']}"
    revoked = forum.post(f"{path}/revoke.json", headers=forum.keyed()).json["api_key"]
    assert revoked["revoked_at"]
    assert forum.get("/admin/users/1.json", headers=using(key)).status == 403
    restored = forum.post(f"{path}/undo-revoke.json", headers=forum.keyed()).json["api_key"]
    assert restored["revoked_at"] is None
    assert forum.get("/admin/users/1.json", headers=using(key)).status == 200
    assert forum.delete(f"{path}.json", headers=forum.keyed()).json == {"success": "OK"}
    assert forum.get("/admin/users/1.json", headers=using(key)).status == 403
    for method, tail in (("GET", ""), ("DELETE", ""), ("POST", "/revoke"), ("POST", "/undo-revoke")):
        assert forum.request(method, f"{path}{tail}.json", headers=forum.keyed()).status == 404


def test_only_the_description_of_a_key_changes(forum: Forum) -> None:
    key = make(forum, description="robot")
    body = {"key": {"description": "android", "username": "nobody", "scopes": []}}
    answer = forum.put(f"/admin/api/keys/{key['id']}.json", json=body, headers=forum.keyed())
    assert (answer.json["key"]["description"], answer.json["key"]["user"]) == ("android", None)
    too_long = {"key": {"description": "x" * 256}}
    assert forum.put(f"/admin/api/keys/{key['id']}.json", json=too_long, headers=forum.keyed()).status == 422


@pytest.mark.parametrize(
    ("key", "status"),
    [
        ({"username": "nobody"}, 404),
        ({"scopes": [{"scope_id": "no:such"}]}, 400),
        ({"scopes": ["topics:read"]}, 400),
        ({"scope_mode": "odd"}, 400),
        ({"scope_mode": "granular"}, 422),
        ({"description": "x" * 300}, 422),
        ({"description": {"a": 1}}, 400),
        ({}, 400),
    ],
)
def test_a_key_that_makes_no_sense_is_not_made(forum: Forum, key: dict[str, Any], status: int) -> None:
    before = len(forum.get("/admin/api/keys.json", headers=forum.keyed()).json["keys"])
    assert forum.post("/admin/api/keys.json", json={"key": key}, headers=forum.keyed()).status == status
    assert len(forum.get("/admin/api/keys.json", headers=forum.keyed()).json["keys"]) == before


def test_keys_are_for_admins(forum: Forum) -> None:
    forum.given.user("mona", moderator=True)
    for headers in (forum.keyed("mona"), {}):
        assert forum.get("/admin/api/keys.json", headers=headers).reason == "staff_only"
    assert (
        forum.post("/admin/api/keys.json", json={"key": {"description": "x"}}, headers=forum.keyed("mona")).status
        == 404
    )


# -- scopes -----------------------------------------------------------------------------------------
def test_a_narrowed_key_opens_what_it_names_and_nothing_else(forum: Forum) -> None:
    first, second = (forum.given.topic().post.topic_id for _ in range(2))
    key = make(forum, scopes=[{"scope_id": "topics:read", "topic_id": f"{first},999"}])
    assert key["scope_mode"] == "granular"
    assert forum.get(f"/t/{first}.json", headers=using(key)).status in (200, 301)
    refused = forum.get(f"/t/{second}.json", headers=using(key))
    assert (refused.status, refused.reason) == (403, "credential.scope_missing")
    assert forum.get("/admin/users/1.json", headers=using(key)).status == 403
    scopes = forum.get("/session/scopes.json", headers=using(key)).json["scopes"]
    assert [(scope["resource"], scope["key"]) for scope in scopes] == [("topics", "read")]
    assert scopes[0]["allowed_parameters"] == {"topic_id": [str(first), "999"]}


def test_scopes_bound_to_an_id_look_at_the_path(forum: Forum) -> None:
    mary, bobby = forum.given.user("mary"), forum.given.user("bobby")
    key = make(
        forum, scopes=[{"scope_id": "users:delete", "id": str(mary.id)}, {"scope_id": "users:show", "username": "mary"}]
    )
    assert forum.get("/u/mary.json", headers=using(key)).status == 200
    assert forum.get("/u/bobby.json", headers=using(key)).status == 403
    path = f"/admin/users/{bobby.id}.json"
    assert forum.delete(path, headers=using(key)).status == 403
    assert forum.delete(path, json={"id": mary.id}, headers=using(key)).status == 403
    assert forum.delete(f"/admin/users/{mary.id}.json", headers=using(key)).json == {"deleted": True}


def test_groups_and_categories_open_by_id(forum: Forum) -> None:
    group = {"group": {"name": "cooks"}}
    group_id = forum.post("/admin/groups.json", json=group, headers=forum.keyed()).json["basic_group"]["id"]
    forum.given.user("mary")
    key = make(
        forum,
        scopes=[{"scope_id": "groups:manage_groups", "id": str(group_id)}, {"scope_id": "categories:show", "id": "1"}],
    )
    add = {"json": {"usernames": "mary"}, "headers": using(key)}
    assert forum.put(f"/groups/{group_id}/members.json", **add).status == 200
    assert forum.put(f"/groups/{group_id + 1}/members.json", **add).status == 403
    assert forum.get("/c/1/show.json", headers=using(key)).status == 200
    assert forum.get("/c/3/show.json", headers=using(key)).status == 403


def test_a_reading_key_writes_nothing(forum: Forum) -> None:
    key = make(forum, scope_mode="read_only")
    assert forum.get("/admin/users/1.json", headers=using(key)).status == 200
    assert forum.put("/u/admin.json", json={"name": "x"}, headers=using(key)).reason == "credential.scope_missing"


def test_the_catalogue_says_what_each_scope_opens(forum: Forum) -> None:
    scopes = forum.get("/admin/api/keys/scopes.json", headers=forum.keyed()).json["scopes"]
    users = {scope["scope_id"]: scope for scope in scopes["users"]}
    assert users["users:show"]["params"] == ["username", "external_id", "external_provider"]
    assert "/u/{username:username} (GET)" in users["users:show"]["urls"]
    assert {"topics", "posts", "groups", "search", "wordpress"} <= scopes.keys()
    assert "wordpress:discourse_connect" in [scope["scope_id"] for scope in scopes["wordpress"]]


def test_a_global_key_says_that_it_has_no_scopes(forum: Forum) -> None:
    assert forum.get("/session/scopes.json", headers=forum.keyed()).json == {"scopes": []}
    without = forum.get("/session/scopes.json")
    assert (without.status, without.body) == (404, b"")
