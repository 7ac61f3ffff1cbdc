"""People, groups, categories and privileges: what the write operations do, read back."""

from __future__ import annotations

from tertulia.testing.forum import Forum
from tests.contract.shapes import validate_nodebb
from tests.dialects.nodebb.conftest import Browser, Headers


def test_an_administrator_makes_an_account_that_can_log_in(forum: Forum, browser: Browser) -> None:
    body = {"username": "peter", "password": "correct horse battery", "email": "peter@example.org"}
    made = forum.post("/api/v3/users/", headers=forum.bearer(), json=body).json["response"]
    assert (made["username"], made["email"], made["userslug"]) == ("peter", "peter@example.org", "peter")
    assert browser.log_in("peter@example.org", "correct horse battery").status == 200
    again = forum.post("/api/v3/users/", headers=forum.bearer(), json=body)
    assert (again.status, again.json["status"]["message"]) == (400, "Email taken")


def test_a_taken_name_gets_a_number(forum: Forum) -> None:
    forum.given.user("peter")
    for version in ("v1", "v2", "v3"):
        made = forum.post(f"/api/{version}/users", headers=forum.bearer(), json={"username": "Peter"})
        assert made.status == 200, made
    names = [user["username"] for user in forum.get("/api/users").json["users"] if "eter" in user["username"]]
    assert len({name.lower() for name in names}) == 4
    assert all(name.lower().startswith("peter") for name in names)


def test_an_address_is_shown_to_its_owner_and_staff_only(forum: Forum, mary: Headers) -> None:
    uid = forum.given.user("peter").id
    for path in (f"/api/v3/users/{uid}", f"/api/user/uid/{uid}", "/api/user/peter"):
        assert forum.get(path, headers=mary).json.get("response", forum.get(path, headers=mary).json)["email"] == ""
        assert "peter@example.org" in forum.get(path, headers=forum.bearer()).text
        assert "peter@example.org" not in forum.get(path, headers=mary).text
    assert forum.get(f"/api/v3/users/{uid}/emails", headers=mary).status == 403
    assert "peter@example.org" not in forum.get("/api/users", headers=mary).text


def test_head_tells_whether_a_user_exists(forum: Forum) -> None:
    found, missing = (forum.request("HEAD", f"/api/v3/users/{uid}") for uid in (1, 4711))
    assert (found.status, found.body, missing.status, missing.body) == (200, b"", 404, b"")


def test_profiles_are_changed_by_their_owner(forum: Forum, mary: Headers) -> None:
    uid = forum.post("/api/v3/ping", headers=mary).json["response"]["uid"]
    body = {"fullname": "Mary M", "website": "https://example.org", "aboutme": "I like *trees*"}
    done = forum.put(f"/api/v3/users/{uid}", headers=mary, json=body).json["response"]
    assert (done["fullname"], done["website"], done["aboutme"]) == ("Mary M", "https://example.org", "I like *trees*")
    assert "<em>trees</em>" in forum.get("/api/user/mary").json["aboutmeParsed"]


def test_following_shows_on_both_profiles(forum: Forum, mary: Headers) -> None:
    uid = forum.given.user("peter").id
    assert forum.put(f"/api/v3/users/{uid}/follow", headers=mary).status == 200
    assert [user["username"] for user in forum.get("/api/user/peter/followers").json["users"]] == ["mary"]
    assert [user["username"] for user in forum.get("/api/user/mary/following").json["users"]] == ["peter"]
    assert forum.get("/api/user/peter", headers=mary).json["isFollowing"]
    again = forum.put(f"/api/v3/users/{uid}/follow", headers=mary)
    assert (again.status, again.reason) == (400, "user.follow_already")
    assert forum.delete(f"/api/v3/users/{uid}/follow", headers=mary).status == 200


def test_a_ban_ends_at_its_time(forum: Forum) -> None:
    uid = forum.given.user("peter").id
    until = forum.clock.now() + 60_000
    forum.put(f"/api/v3/users/{uid}/ban", headers=forum.bearer(), json={"until": until, "reason": "spam"})
    user = forum.get(f"/api/v3/users/{uid}").json["response"]
    assert (user["banned"], user["banned_until"], user["banned:expire"]) == (True, until, until)
    forum.clock.advance(minutes=2)
    assert not forum.get(f"/api/v3/users/{uid}").json["response"]["banned"]


def test_a_ban_without_end_has_no_time(forum: Forum) -> None:
    uid = forum.given.user("peter").id
    forum.put(f"/api/v3/users/{uid}/ban", headers=forum.bearer())
    user = forum.get(f"/api/v3/users/{uid}").json["response"]
    assert (user["banned"], user["banned_until"]) == (True, 0)


def test_the_plugin_tells_who_is_neither_self_nor_admin_to_log_in(forum: Forum, mary: Headers) -> None:
    for method, path in (
        ("PUT", "/api/v1/users/1"), ("DELETE", "/api/v1/users/1"), ("GET", "/api/v1/users/1/tokens"),
        ("PUT", "/api/v2/users/1/password"), ("POST", "/api/v2/users/1/tokens"),
    ):  # fmt: skip
        answer = forum.request(method, path, headers=mary, json={"new": "x" * 20})
        assert (answer.status, answer.json["code"]) == (401, "not-authorised"), (method, path)


def test_the_plugin_makes_a_token_by_password(forum: Forum) -> None:
    uid = forum.given.user("peter", password="correct horse battery").id
    for version in ("v1", "v2"):
        path = f"/api/{version}/users/{uid}/tokens"
        made = forum.post(path, json={"password": "correct horse battery"}).json["payload"]["token"]
        pong = forum.post(f"/api/{version}/ping", headers=forum.bearer(made)).json
        assert pong["message"] == f"pong, accepted test POST ping for uid {uid}"
        assert forum.post(path, json={"password": "wrong"}).status == 403
    assert forum.post(f"/api/v1/users/{uid}/tokens").status == 401
    missing = forum.post(f"/api/v2/users/{uid}/tokens")
    assert (missing.status, missing.json["params"]) == (400, {"0": "password"})


def test_a_listed_token_shows_its_beginning_and_can_be_deleted_by_it(forum: Forum) -> None:
    made = forum.post("/api/v2/users/1/tokens", headers=forum.bearer()).json["payload"]["token"]
    shown = forum.get("/api/v2/users/1/tokens", headers=forum.bearer()).json["payload"]["tokens"]
    (mine,) = (each for each in shown if made.startswith(each.partition("...")[0]))
    assert made not in shown
    assert forum.delete(f"/api/v2/users/1/tokens/{mine}", headers=forum.bearer()).status == 200
    assert forum.post("/api/v2/ping", headers=forum.bearer(made)).status == 401


def test_nobody_deletes_the_tokens_of_others(forum: Forum, mary: Headers) -> None:
    uid = forum.post("/api/v3/ping", headers=mary).json["response"]["uid"]
    answer = forum.delete(f"/api/v2/users/{uid}/tokens/{forum.token}", headers=mary)
    assert (answer.status, forum.post("/api/v2/ping", headers=forum.bearer()).status) == (404, 200)


# -- groups ---------------------------------------------------------------------------------------------
def test_a_group_keeps_the_name_it_was_given(forum: Forum, mary: Headers) -> None:
    body = {"name": "Tree Friends", "description": "We like trees", "private": 0}
    made = forum.post("/api/v3/groups", headers=forum.bearer(), json=body).json["response"]
    assert (made["name"], made["slug"], made["private"]) == ("Tree Friends", "tree-friends", 0)
    assert forum.request("HEAD", "/api/v3/groups/tree-friends").status == 200
    uid = forum.post("/api/v3/ping", headers=mary).json["response"]["uid"]
    assert forum.put(f"/api/v3/groups/tree-friends/membership/{uid}", headers=mary).status == 200
    users = forum.get("/api/groups/tree-friends/members").json["users"]
    assert [user["username"] for user in users] == ["mary"]
    assert forum.delete(f"/api/v3/groups/tree-friends/membership/{uid}", headers=mary).status == 200
    again = forum.delete(f"/api/v3/groups/tree-friends/membership/{uid}", headers=mary)
    assert (again.status, again.reason) == (400, "group.member_missing")


def test_a_private_group_is_not_joined_and_nobody_joins_for_others(forum: Forum, mary: Headers) -> None:
    forum.post("/api/v3/groups", headers=forum.bearer(), json={"name": "closed", "private": 1})
    uid = forum.post("/api/v3/ping", headers=mary).json["response"]["uid"]
    assert forum.put(f"/api/v3/groups/closed/membership/{uid}", headers=mary).status == 403
    assert forum.put("/api/v3/groups/closed/membership/1", headers=mary).status == 403
    assert forum.put(f"/api/v2/groups/closed/membership/{uid}", headers=forum.bearer()).status == 200


def test_built_in_groups_have_the_names_of_the_original(forum: Forum) -> None:
    names = {group["name"] for group in forum.get("/api/groups", headers=forum.bearer()).json["groups"]}
    assert {"administrators", "Global Moderators"} <= names
    assert forum.get("/api/groups/administrators", headers=forum.bearer()).json["group"]["system"] == 1
    assert forum.get("/api/groups/global-moderators", headers=forum.bearer()).status == 200


def test_the_administrators_group_is_the_role(forum: Forum, mary: Headers) -> None:
    uid = forum.post("/api/v3/ping", headers=mary).json["response"]["uid"]
    forum.put(f"/api/v2/groups/administrators/membership/{uid}", headers=forum.bearer())
    assert forum.get("/api/self", headers=mary).json["isAdmin"]
    forum.delete(f"/api/v2/groups/administrators/membership/{uid}", headers=forum.bearer())
    assert not forum.get("/api/self", headers=mary).json["isAdmin"]


# -- categories -----------------------------------------------------------------------------------------
def test_privileges_decide_who_sees_a_category(forum: Forum, mary: Headers) -> None:
    cid = forum.given.category("Trees").category.id
    admin = forum.bearer()
    hide = {"privileges": ["groups:find", "groups:read", "groups:topics:read"], "groups": ["guests"]}
    assert forum.delete(f"/api/v2/categories/{cid}/privileges", headers=admin, json=hide).status == 200
    assert forum.get(f"/api/category/{cid}/trees", headers=mary).status == 404
    uid = forum.post("/api/v3/ping", headers=mary).json["response"]["uid"]
    for name in ("find", "read", "topics:read"):
        path = f"/api/v3/categories/{cid}/privileges/{name}"
        table = forum.put(path, headers=admin, json={"member": str(uid)}).json["response"]
    assert table["users"][0]["privileges"]["topics:read"] and table["users"][0]["uid"] == uid
    assert forum.get(f"/api/category/{cid}/trees", headers=mary).status == 200
    unknown = forum.put(f"/api/v3/categories/{cid}/privileges/fly", headers=admin, json={"member": "guests"})
    assert (unknown.status, unknown.reason) == (400, "category.privilege_unknown")


def test_a_category_is_made_with_its_colours_and_below_another(forum: Forum) -> None:
    parent = forum.given.category("Plants").category.id
    body = {"name": "Trees", "bgColor": "#00FF00", "color": "#112233", "parentCid": parent, "icon": "fa-tree"}
    made = forum.post("/api/v3/categories", headers=forum.bearer(), json=body).json["response"]
    assert (made["bgColor"], made["color"], made["parentCid"], made["icon"]) == (
        "#00FF00",
        "#112233",
        parent,
        "fa-tree",
    )
    assert made["slug"] == f"{made['cid']}/trees"
    tree = forum.get("/api/categories").json["categories"]
    (plants,) = (category for category in tree if category["cid"] == parent)
    assert [child["cid"] for child in plants["children"]] == [made["cid"]]
    below = forum.get(f"/api/v3/categories/{parent}/children").json["response"]["categories"]
    assert [child["cid"] for child in below] == [made["cid"]]


def test_a_disabled_category_takes_no_topics(forum: Forum, mary: Headers) -> None:
    cid = forum.given.category("Trees").category.id
    forum.delete(f"/api/v1/categories/{cid}/state", headers=forum.bearer())
    body = {"cid": cid, "title": "A topic that is not wanted", "content": "A text that is long enough for all."}
    refused = forum.post("/api/v1/topics", headers=mary, json=body)
    assert (refused.status, refused.reason) == (403, "category.disabled")
    forum.put(f"/api/v1/categories/{cid}/state", headers=forum.bearer())
    assert forum.post("/api/v1/topics", headers=mary, json=body).status == 200


def test_watching_a_category_shows_on_its_page(forum: Forum, mary: Headers) -> None:
    forum.put("/api/v3/categories/1/watch", headers=mary, json={"state": "watching"})
    assert forum.get("/api/category/1/uncategorized", headers=mary).json["isWatched"]
    forum.put("/api/v3/categories/1/watch", headers=mary, json={"state": "ignoring"})
    assert forum.get("/api/category/1/uncategorized", headers=mary).json["isIgnored"]
    wrong = forum.put("/api/v3/categories/1/watch", headers=mary, json={"state": "shouting"})
    assert wrong.status == 400


def test_a_site_for_members_shows_guests_only_the_way_in(forum: Forum) -> None:
    from tertulia.forum.sites.knobs import change_setting
    from tertulia.forum.unit import Unit

    async def close(unit: Unit) -> None:
        await change_setting(unit, "login_required", "true")

    forum.unit(close)
    for path in ("/api/recent", "/api/categories", "/api/v3/categories", "/api/user/admin"):
        assert forum.get(path).status == 401
    for path in ("/api/config", "/api/login", "/api/v3/ping"):
        assert forum.get(path).status == 200


def asked(forum: Forum) -> tuple[int, int]:
    """A group of john's that mary and peter asked to be let into; their ids."""
    ids = [forum.given.user(name).id for name in ("john", "maria", "peter")]
    group = {"name": "cooks", "owner_usernames": "john", "allow_membership_requests": True, "public_admission": False}
    assert forum.post("/admin/groups.json", json={"group": group}, headers=forum.keyed()).status == 200
    for name in ("maria", "peter"):
        sent = forum.post(
            "/groups/cooks/request_membership.json", json={"reason": "I cook well"}, headers=forum.keyed(name)
        )
        assert sent.status == 200
    return ids[1], ids[2]


def test_requests_to_be_let_into_a_group_are_listed_accepted_and_rejected(forum: Forum) -> None:
    maria, peter = asked(forum)
    path = "/api/v3/groups/cooks/pending"
    waiting = forum.get(path, headers=forum.bearer())
    assert validate_nodebb("v3", "GET", "/groups/cooks/pending", waiting.json) == []
    assert [person["uid"] for person in waiting.json["response"]["pending"]] == [maria, peter]
    accepted = forum.put(f"{path}/{maria}", headers=forum.bearer())
    assert (accepted.status, accepted.json["response"]) == (200, {})
    rejected = forum.delete(f"{path}/{peter}", headers=forum.bearer())
    assert (rejected.status, rejected.json["response"]) == (200, {})
    assert forum.get(path, headers=forum.bearer()).json["response"]["pending"] == []
    members = forum.get("/api/v3/groups/cooks/members", headers=forum.bearer()).json["response"]["users"]
    assert "maria" in {user["username"] for user in members} and "peter" not in {user["username"] for user in members}


def test_requests_to_be_let_into_a_group_are_its_owners_to_answer(forum: Forum, mary: Headers) -> None:
    maria, _ = asked(forum)
    path = "/api/v3/groups/cooks/pending"
    assert forum.get(path, headers=mary).status == 403
    assert forum.put(f"{path}/{maria}", headers=mary).status == 403
    assert forum.delete(f"{path}/{maria}", headers=mary).status == 403
    assert forum.get(path).status == 401
    assert forum.put(f"{path}/1", headers=forum.bearer()).status == 400
    assert forum.get("/api/v3/groups/nothing/pending", headers=forum.bearer()).status == 404
