"""Groups in Discourse's words."""

from __future__ import annotations

from typing import Any

import pytest

from tertulia.testing.forum import Forum
from tests.contract.shapes import validate_discourse


def make(forum: Forum, name: str = "cooks", **fields: Any) -> int:
    answer = forum.post("/admin/groups.json", json={"group": {"name": name, **fields}}, headers=forum.keyed())
    assert answer.status == 200, answer
    return int(answer.json["basic_group"]["id"])


def members(forum: Forum, name: str = "cooks") -> list[str]:
    answer = forum.get(f"/groups/{name}/members.json", headers=forum.keyed()).json
    assert answer["meta"]["total"] == len(answer["members"])
    return [member["username"] for member in answer["members"]]


@pytest.mark.parametrize("how", ["json", "form"])
def test_a_group_is_made_with_its_people(forum: Forum, how: str) -> None:
    forum.given.user("mary")
    forum.given.user("bobby")
    fields = {"name": "cooks", "full_name": "The Cooks", "usernames": "mary", "owner_usernames": "bobby"}
    answer = forum.post("/admin/groups", headers=forum.keyed(), **{how: {"group": {**fields, "mentionable_level": 99}}})
    assert validate_discourse("createGroup", answer.json) == []
    assert answer.json["basic_group"]["user_count"] == 2
    assert answer.json["basic_group"]["mentionable_level"] == 99
    listed = forum.get("/groups/cooks/members.json").json
    assert [owner["username"] for owner in listed["owners"]] == ["bobby"]
    assert members(forum) == ["bobby", "mary"]


def test_the_list_leaves_out_everyone_and_counts_what_it_lists(forum: Forum) -> None:
    for number in range(35):
        make(forum, f"group_{number}")
    first = forum.get("/groups.json", headers=forum.keyed())
    assert validate_discourse("listGroups", first.json) == []
    second = forum.get(first.json["load_more_groups"].replace("/groups?", "/groups.json?"), headers=forum.keyed())
    ids = [group["id"] for page in (first, second) for group in page.json["groups"]]
    assert len(first.json["groups"]) == 36
    assert len(ids) == len(set(ids)) == first.json["total_rows_groups"]
    assert min(ids) > 0
    assert forum.get("/groups.json?page=99", headers=forum.keyed()).json["groups"] == []


@pytest.mark.parametrize("query", ["type=odd", "order=odd", "page=x", "page=-1"])
def test_a_list_of_no_kind_is_refused(forum: Forum, query: str) -> None:
    assert forum.get(f"/groups.json?{query}").status == 400


def test_the_list_is_narrowed_by_kind_name_and_person(forum: Forum) -> None:
    forum.given.user("mary")
    make(forum, usernames="mary")
    make(forum, "bakers", public_admission=True)

    def names(query: str, reader: str = "mary") -> list[str]:
        groups = forum.get(f"/g.json?{query}", headers=forum.keyed(reader)).json["groups"]
        return [group["name"] for group in groups if not group["automatic"]]

    assert names("type=my") == ["cooks"]
    assert names("type=public") == ["bakers"]
    assert names("filter=bak") == ["bakers"]
    assert names("username=mary", "admin") == ["cooks"]
    assert names("order=name&asc=false") == ["cooks", "bakers"]


def test_one_group_is_found_by_name_in_any_case_and_by_id(forum: Forum) -> None:
    group_id = make(forum)
    for path in ("/groups/COOKS.json", f"/groups/by-id/{group_id}.json", "/g/cooks"):
        answer = forum.get(path, headers=forum.keyed())
        assert answer.json["group"]["id"] == group_id
        assert validate_discourse("getGroup", answer.json) == []
    for path in ("/groups/bakers.json", "/groups/by-id/999999.json", "/groups/..%2fadmin.json", "/groups/%20.json"):
        assert forum.get(path, headers=forum.keyed()).status == 404


def test_a_hidden_group_is_as_absent_as_an_unknown_one(forum: Forum) -> None:
    forum.given.user("mary")
    make(forum, visibility_level=4)
    for tail in (".json", "/members.json"):
        hidden = forum.get(f"/groups/cooks{tail}", headers=forum.keyed("mary"))
        absent = forum.get(f"/groups/bakers{tail}", headers=forum.keyed("mary"))
        assert (hidden.status, hidden.body, hidden.reason) == (404, absent.body, absent.reason)
    assert forum.get("/groups/search.json", headers=forum.keyed("mary")).json[0]["name"] != "cooks"


@pytest.mark.parametrize("prefix", ["/groups", "/g", "/admin/groups"])
def test_people_join_and_leave_by_name_id_and_address(forum: Forum, prefix: str) -> None:
    mary, bobby = forum.given.user("mary"), forum.given.user("bobby")
    forum.given.user("carla")
    path = f"{prefix}/{make(forum)}/members.json"
    added = forum.put(path, json={"usernames": "mary"}, headers=forum.keyed())
    assert added.json == {"success": "OK", "usernames": ["mary"], "emails": []}
    forum.put(path, form={"user_ids": str(bobby.id)}, headers=forum.keyed())
    forum.put(path, json={"user_emails": "carla@example.org"}, headers=forum.keyed())
    assert members(forum) == ["bobby", "carla", "mary"]
    removed = forum.delete(path, json={"usernames": "mary,admin"}, headers=forum.keyed())
    assert removed.json == {"success": "OK", "usernames": ["mary"], "skipped_usernames": ["admin"]}
    forum.delete(f"{path}?user_id={bobby.id}", headers=forum.keyed())
    assert members(forum) == ["carla"]
    assert ("deprecation" in removed.headers) is (prefix == "/admin/groups")
    assert mary.id != bobby.id


def test_adding_somebody_twice_adds_nobody_of_the_request(forum: Forum) -> None:
    forum.given.user("mary")
    forum.given.user("bobby")
    path = f"/groups/{make(forum, usernames='mary')}/members.json"
    answer = forum.put(path, json={"usernames": "bobby,mary"}, headers=forum.keyed())
    assert (answer.status, answer.reason) == (422, "group.member_already")
    assert "mary" in answer.json["errors"][0]
    assert members(forum) == ["mary"]


@pytest.mark.parametrize(
    ("body", "status"),
    [({}, 400), ({"usernames": ""}, 400), ({"usernames": "nobody"}, 404), ({"user_ids": "x"}, 400),
     ({"usernames": {"a": "b"}}, 400), ({"user_ids": [2**70]}, 400)],
)  # fmt: skip
def test_people_who_are_not_there_are_not_added(forum: Forum, body: dict[str, Any], status: int) -> None:
    path = f"/groups/{make(forum)}/members.json"
    assert forum.put(path, json=body, headers=forum.keyed()).status == status
    assert members(forum) == []


def test_owners_run_their_group_and_members_do_not(forum: Forum) -> None:
    for name in ("mary", "bobby", "carla"):
        forum.given.user(name)
    group_id = make(forum, usernames="bobby")
    owners = f"/groups/{group_id}/owners.json"
    assert forum.put(owners, form={"usernames": "mary"}, headers=forum.keyed()).json["usernames"] == ["mary"]
    add = {"json": {"usernames": "carla"}}
    assert forum.put(f"/groups/{group_id}/members.json", headers=forum.keyed("bobby"), **add).status == 403
    assert forum.put(f"/groups/{group_id}/members.json", headers=forum.keyed("mary"), **add).status == 200
    full_name = {"json": {"group": {"full_name": "Cooks"}}}
    assert forum.put(f"/groups/{group_id}.json", headers=forum.keyed("mary"), **full_name).json == {"success": "OK"}
    taken = forum.delete(f"/admin/groups/{group_id}/owners.json", json={"usernames": "mary"}, headers=forum.keyed())
    assert taken.json == {"success": "OK"}
    assert forum.get("/groups/cooks/members.json").json["owners"] == []
    assert members(forum) == ["bobby", "carla", "mary"]


def test_the_gem_adds_owners_under_the_old_address_with_nested_names(forum: Forum) -> None:
    mary = forum.given.user("mary")
    path = f"/admin/groups/{make(forum)}/owners.json"
    answer = forum.put(path, form={"group": {"usernames": "mary"}}, headers=forum.keyed())
    assert (answer.json["usernames"], answer.headers["deprecation"]) == (["mary"], "true")
    assert forum.delete(f"{path}?user_id={mary.id}", headers=forum.keyed()).status == 200
    assert forum.get("/groups/cooks/members.json").json["owners"] == []


def test_open_groups_are_joined_and_left_by_anybody(forum: Forum) -> None:
    forum.given.user("mary")
    group_id = make(forum, public_admission=True, public_exit=True)
    closed = make(forum, "bakers")
    headers = forum.keyed("mary")
    assert forum.put(f"/groups/{group_id}/join.json", headers=headers).status == 200
    assert members(forum) == ["mary"]
    assert forum.put(f"/groups/{closed}/join.json", headers=headers).status == 403
    assert forum.delete(f"/groups/{group_id}/leave.json", headers=headers).status == 200
    assert members(forum) == []
    assert forum.put(f"/groups/{group_id}/join.json").body == b'["BAD CSRF"]'


@pytest.mark.parametrize(
    ("fields", "status"),
    [({"name": ""}, 400), ({"name": "a b"}, 422), ({"name": "admin"}, 422), ({"name": "staff"}, 422),
     ({"name": "x" * 200}, 422), ({"name": "ok_name", "visibility_level": 7}, 422),
     ({"name": "ok_name", "public_exit": "perhaps"}, 400), ({"name": "ok_name", "usernames": "nobody"}, 404)],
)  # fmt: skip
def test_a_group_with_a_bad_field_is_not_made(forum: Forum, fields: dict[str, Any], status: int) -> None:
    before = forum.get("/groups.json", headers=forum.keyed()).json["total_rows_groups"]
    assert forum.post("/admin/groups.json", json={"group": fields}, headers=forum.keyed()).status == status
    assert forum.get("/groups.json", headers=forum.keyed()).json["total_rows_groups"] == before


def test_only_admins_make_and_delete_groups(forum: Forum) -> None:
    forum.given.user("mary")
    group_id = make(forum)
    for headers in (forum.keyed("mary"), {}):
        made = forum.post("/admin/groups.json", json={"group": {"name": "mine"}}, headers=headers)
        assert (made.status, made.reason) == ((404, "staff_only") if headers else (403, "request.csrf_failed"))
    assert forum.delete(f"/admin/groups/{group_id}.json", headers=forum.keyed("mary")).status == 404
    assert forum.delete(f"/admin/groups/{group_id}.json", headers=forum.keyed()).json == {"success": "OK"}
    assert forum.delete(f"/admin/groups/{group_id}.json", headers=forum.keyed()).status == 404
    assert forum.delete("/admin/groups/3.json", headers=forum.keyed()).status == 403


def test_members_are_paged_and_bounded(forum: Forum) -> None:
    make(forum, usernames="")
    for query in ("limit=1001", "limit=0", "limit=x", "order=odd"):
        assert forum.get(f"/groups/cooks/members.json?{query}").status == 400
    page = forum.get("/groups/staff/members.json?limit=1&offset=0").json
    assert (len(page["members"]), page["meta"]["limit"]) == (1, 1)
    assert validate_discourse("listGroupMembers", page) == []
