"""Categories in Discourse's words: the seed's own request, the list, permissions, following."""

from __future__ import annotations

from typing import Any

import pytest

from tertulia.testing.forum import Forum
from tests.contract.shapes import validate_discourse


def make(forum: Forum, name: str = "Kitchen", **fields: Any) -> dict[str, Any]:
    answer = forum.post("/categories.json", json={"name": name, **fields}, headers=forum.keyed())
    assert answer.status == 200, answer
    return dict(answer.json["category"])


def names(forum: Forum, reader: str | None = "admin", query: str = "") -> list[str]:
    headers = forum.keyed(reader) if reader else {}
    listed = forum.get(f"/categories.json{query}", headers=headers).json["category_list"]["categories"]
    return [category["name"] for category in listed]


# -- making -----------------------------------------------------------------------------------------
def multipart(fields: dict[str, str], boundary: str) -> bytes:
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    return ("".join(parts) + f"--{boundary}--\r\n").encode()


def test_the_official_example_makes_a_category(forum: Forum) -> None:
    # curl turns the given `multipart/form-data;` and its own boundary into this header.
    fields = {"name": "89853c20-4409-e91a-a8ea-f6cdff96aaaa", "color": "49d9e9", "text_color": "f0fcfd"}
    headers = {
        **forum.keyed(),
        "content-type": "multipart/form-data;; boundary=----d74496d66958873e",
        "accept": "*/*",
    }
    body = multipart(fields, "----d74496d66958873e")
    answer = forum.request("POST", "/categories", body=body, headers=headers)
    assert answer.status == 200, answer
    assert validate_discourse("createCategory", answer.json) == []
    assert {name: answer.json["category"][name].lower() for name in fields} == fields


@pytest.mark.parametrize("how", ["json", "form"])
def test_a_category_is_made_with_permissions_in_either_encoding(forum: Forum, how: str) -> None:
    fields = {"name": "Kitchen", "color": "#49D9E9", "permissions": {"staff": "1", "everyone": 3}, "slug": "cook"}
    answer = forum.post("/categories", headers=forum.keyed(), **{how: fields})
    assert answer.status == 200, answer
    category = answer.json["category"]
    assert category["slug"] == "cook"
    assert category["read_restricted"] is False
    permissions = {each["group_name"]: each["permission_type"] for each in category["group_permissions"]}
    assert permissions == {"everyone": 3, "staff": 1}
    assert "staff" not in category["available_groups"]


def test_only_a_name_is_needed_and_everybody_may_then_write(forum: Forum) -> None:
    category = make(forum)
    assert [each["group_name"] for each in category["group_permissions"]] == ["everyone"]
    assert category["permission"] == 1
    assert category["color"] == "0088CC"


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({}, 400),
        ({"name": " "}, 400),
        ({"name": "Uncategorized"}, 422),
        ({"name": "x" * 300}, 422),
        ({"name": "Ok", "color": "red!!!"}, 422),
        ({"name": "Ok", "slug": "staff"}, 422),
        ({"name": "Ok", "parent_category_id": 999}, 422),
        ({"name": "Ok", "parent_category_id": "x"}, 400),
        ({"name": "Ok", "permissions": {"nobody": 1}}, 404),
        ({"name": "Ok", "permissions": {"everyone": 9}}, 400),
        ({"name": "Ok", "permissions": "everyone"}, 400),
        ({"name": ["Ok"]}, 400),
        ({"name": "a\x00b"}, 400),
        ({"name": "Ok", "position": 2**70}, 400),
    ],
)
def test_a_category_with_a_bad_field_is_not_made(forum: Forum, fields: dict[str, Any], status: int) -> None:
    before = names(forum)
    answer = forum.post("/categories.json", json=fields, headers=forum.keyed())
    assert answer.status == status, answer
    assert answer.json["errors"]
    assert names(forum) == before


def test_members_make_change_and_delete_no_category(forum: Forum) -> None:
    forum.given.user("mary")
    category = make(forum)
    headers = forum.keyed("mary")
    assert forum.post("/categories.json", json={"name": "Mine"}, headers=headers).status == 403
    assert forum.put(f"/categories/{category['id']}.json", json={"name": "Mine"}, headers=headers).status == 403
    assert forum.delete(f"/categories/{category['id']}.json", headers=headers).status == 403
    assert "Kitchen" in names(forum)


# -- reading ----------------------------------------------------------------------------------------
def test_the_list_shows_top_categories_and_nests_the_others_if_asked(forum: Forum) -> None:
    parent = make(forum)
    child = make(forum, "Oven", parent_category_id=parent["id"])
    answer = forum.get("/categories.json", headers=forum.keyed())
    assert validate_discourse("listCategories", answer.json) == []
    listed = {each["name"]: each for each in answer.json["category_list"]["categories"]}
    assert "Oven" not in listed
    assert listed["Kitchen"]["subcategory_ids"] == [child["id"]]
    assert listed["Uncategorized"]["is_uncategorized"] is True
    nested = forum.get("/categories.json?include_subcategories=true", headers=forum.keyed()).json["category_list"]
    kitchen = next(each for each in nested["categories"] if each["name"] == "Kitchen")
    assert [each["name"] for each in kitchen["subcategory_list"]] == ["Oven"]
    assert names(forum, query=f"?parent_category_id={parent['id']}") == ["Oven"]
    under = forum.get(f"/c/kitchen/{parent['id']}/subcategories.json", headers=forum.keyed())
    assert [each["name"] for each in under.json["category_list"]["categories"]] == ["Oven"]


def test_a_restricted_category_is_shown_to_its_groups_only(forum: Forum) -> None:
    forum.given.user("mary")
    forum.given.user("mona", moderator=True)
    hidden = make(forum, "Vault", permissions={"staff": 1})
    assert ("Vault" in names(forum, "mona"), "Vault" in names(forum, "mary"), "Vault" in names(forum, None)) == (
        True, False, False,
    )  # fmt: skip
    for path in (f"/c/{hidden['id']}/show.json", "/c/vault/find_by_slug.json", "/c/vault/show.json"):
        secret = forum.get(path, headers=forum.keyed("mary"))
        absent = forum.get(
            path.replace("vault", "void").replace(str(hidden["id"]), "9999"), headers=forum.keyed("mary")
        )
        assert (secret.status, secret.body, secret.reason) == (404, absent.body, absent.reason)


def test_one_category_is_read_by_id_and_by_slug(forum: Forum) -> None:
    parent = make(forum)
    child = make(forum, "Oven", parent_category_id=parent["id"])
    for path, wanted in (
        (f"/c/{parent['id']}/show.json", parent),
        ("/c/kitchen/show", parent),
        ("/c/kitchen/find_by_slug.json", parent),
        ("/c/kitchen/oven/find_by_slug.json", child),
    ):
        answer = forum.get(path, headers=forum.keyed())
        assert answer.json["category"]["id"] == wanted["id"]
        assert validate_discourse("getCategory", answer.json) == [] or "parent_category_id" in answer.json["category"]
    missing = forum.get("/c/nowhere/find_by_slug.json").json
    assert (missing["error_type"], missing["extras"]["title"]) == ("not_found", "Page Not Found")


def test_members_are_not_told_who_may_do_what(forum: Forum) -> None:
    forum.given.user("mary")
    category = make(forum)
    shown = forum.get(f"/c/{category['id']}/show.json", headers=forum.keyed("mary")).json["category"]
    assert (shown["group_permissions"], shown["available_groups"], shown["can_edit"]) == ([], [], False)
    assert forum.get(f"/c/{category['id']}/visible_groups.json", headers=forum.keyed("mary")).status == 403


def test_categories_are_searched_in_pages_that_begin_at_one(forum: Forum) -> None:
    for number in range(30):
        make(forum, f"Shelf {number:02}")
    body = {"term": "shelf", "limit": 100, "page": 2}
    answer = forum.post("/categories/search.json", json=body, headers=forum.keyed()).json
    assert (len(answer["categories"]), answer["categories_count"]) == (5, 30)
    assert forum.post("/categories/search.json", json={**body, "page": 3}).json["categories"] == []
    assert forum.post("/categories/search.json", json={"limit": "x"}).status == 400


def test_categories_are_found_by_id_with_permissions_for_admins(forum: Forum) -> None:
    path = "/categories/find.json?ids[]=1&ids[]=3&ids[]=999&include_permissions=true"
    found = forum.get(path, headers=forum.keyed()).json["categories"]
    assert [each["id"] for each in found] == [1, 3]
    assert found[0]["group_permissions"][0]["group_name"] == "everyone"
    (public,) = forum.get(path).json["categories"]
    assert (public["id"], "group_permissions" in public) == (1, False)


def test_categories_come_with_the_latest_topics_in_one_answer(forum: Forum) -> None:
    topic_id = forum.given.topic().post.topic_id
    for path in ("/categories_and_latest.json", "/categories_and_top.json", "/categories_and_hot.json"):
        answer = forum.get(path).json
        assert [topic["id"] for topic in answer["topic_list"]["topics"]] == [topic_id]
        assert answer["category_list"]["categories"][0]["id"] == 1


# -- changing ---------------------------------------------------------------------------------------
def test_a_change_touches_only_what_it_names(forum: Forum) -> None:
    category = make(forum, color="112233", permissions={"staff": 1})
    answer = forum.put(f"/categories/{category['id']}", form={"name": "Larder", "id": 77}, headers=forum.keyed())
    assert validate_discourse("updateCategory", answer.json) == []
    changed = answer.json["category"]
    assert (changed["id"], changed["name"], changed["color"], changed["read_restricted"]) == (
        category["id"], "Larder", "112233", True,
    )  # fmt: skip
    opened = forum.put(
        f"/categories/{category['id']}.json", json={"permissions": {"everyone": 1}}, headers=forum.keyed()
    )
    assert opened.json["category"]["read_restricted"] is False
    assert forum.put("/categories/9999.json", json={"name": "X"}, headers=forum.keyed()).status == 404


def test_only_empty_ordinary_categories_are_deleted(forum: Forum) -> None:
    category = make(forum)
    forum.given.topic(category_id=category["id"])
    assert forum.delete(f"/categories/{category['id']}.json", headers=forum.keyed()).status == 403
    assert forum.delete("/categories/1.json", headers=forum.keyed()).status == 403
    empty = make(forum, "Void")
    assert forum.delete(f"/categories/{empty['id']}", headers=forum.keyed()).json == {"success": "OK"}
    assert forum.delete(f"/categories/{empty['id']}", headers=forum.keyed()).status == 404


def test_categories_are_put_in_order(forum: Forum) -> None:
    first, second = make(forum, "Alpha"), make(forum, "Beta")
    mapping = f'{{"{first["id"]}": 9, "{second["id"]}": "8"}}'
    assert forum.post("/categories/reorder", form={"mapping": mapping}, headers=forum.keyed()).json == {"success": "OK"}
    assert names(forum)[-2:] == ["Beta", "Alpha"]
    move = {"json": {"position": 7}, "headers": forum.keyed()}
    assert forum.post(f"/category/{first['id']}/move", **move).status == 200
    assert names(forum)[-2:] == ["Alpha", "Beta"]


@pytest.mark.parametrize("mapping", ["", "{", "[]", '{"a":1}', '{"1":"x"}', '{"1":-4}', "[" * 5000, '{"1":null}'])
def test_an_order_that_is_none_is_refused(forum: Forum, mapping: str) -> None:
    assert forum.post("/categories/reorder.json", json={"mapping": mapping}, headers=forum.keyed()).status == 400


def test_somebody_chooses_how_closely_to_follow_a_category(forum: Forum) -> None:
    forum.given.user("mary")
    path = "/category/1/notifications"
    answer = forum.post(path, form={"notification_level": "3"}, headers=forum.keyed("mary"))
    assert answer.json == {"success": "OK"}
    user = forum.get("/u/mary.json", headers=forum.keyed("mary")).json["user"]
    assert (user["watched_category_ids"], user["muted_category_ids"]) == ([1], [])
    listed = forum.get("/categories.json", headers=forum.keyed("mary")).json["category_list"]["categories"]
    assert listed[0]["notification_level"] == 3
    for body, status in (({}, 400), ({"notification_level": 7}, 400), ({"notification_level": "x"}, 400)):
        assert forum.post(path, json=body, headers=forum.keyed("mary")).status == status
    assert (
        forum.post("/category/3/notifications", json={"notification_level": 1}, headers=forum.keyed("mary")).status
        == 404
    )
