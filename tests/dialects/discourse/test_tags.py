"""Tags in Discourse's words."""

from __future__ import annotations

import pytest

from tertulia.testing.forum import Forum
from tests.contract.shapes import validate_discourse


def topics(forum: Forum, path: str, reader: str | None = None) -> list[int]:
    answer = forum.get(path, headers=forum.keyed(reader) if reader else {})
    assert answer.status == 200, answer
    return [topic["id"] for topic in answer.json["topic_list"]["topics"]]


def test_tags_are_listed_with_the_number_of_their_topics(forum: Forum) -> None:
    forum.given.topic(tags=("soup", "bread"))
    forum.given.topic(tags=("soup",))
    answer = forum.get("/tags.json")
    assert validate_discourse("listTags", answer.json) == []
    assert [(tag["name"], tag["count"]) for tag in answer.json["tags"]] == [("soup", 2), ("bread", 1)]
    page = forum.get("/tags/list.json?order=name&limit=1").json
    assert (page["list_tags"][0]["name"], page["meta"]["total_rows_list_tags"]) == ("bread", 2)


def test_a_tag_leads_to_its_topics_under_every_address(forum: Forum) -> None:
    topic_id = forum.given.topic(tags=("soup", "v3.4")).post.topic_id
    forum.given.topic()
    tag_id = forum.get("/tags.json").json["tags"][0]["id"]
    name = forum.get("/tags.json").json["tags"][0]["name"]
    assert validate_discourse("getTag", forum.get("/tag/soup.json", headers=forum.keyed()).json) == []
    for path in (
        "/tag/soup.json", "/tag/SOUP.json", "/tag/soup/l/latest.json", "/tag/soup/l/top.json",
        f"/tag/{name}/{tag_id}.json", "/tag/v3.4.json", "/tags/c/uncategorized/1/soup.json",
        "/tags/intersection/soup/v3.4.json",
    ):  # fmt: skip
        assert topics(forum, path) == [topic_id], path
    assert topics(forum, "/tags/c/staff/3/soup.json", "admin") == []


@pytest.mark.parametrize(
    "path",
    ["/tag/none.json", "/tag/none/info.json", "/tag/none/l/latest.json", "/tag/soup/l/odd.json", "/tag/soup/999.json",
     "/tag/soup/l/created.json", "/tags/intersection/soup/none.json", "/tag/%00.json", "/tag/..%2f.json"],
)  # fmt: skip
def test_an_unknown_tag_is_not_found(forum: Forum, path: str) -> None:
    forum.given.topic(tags=("soup",))
    answer = forum.request("GET", path)
    assert (answer.status, answer.reason) == (404, "not_found")


def test_a_tag_that_only_hidden_topics_carry_is_as_absent_as_an_unknown_one(forum: Forum) -> None:
    vault = forum.given.category("Vault", bundles={"staff": 1}).category.id
    forum.given.topic(category_id=vault, tags=("secret",))
    hidden, absent = forum.get("/tag/secret.json"), forum.get("/tag/nothing.json")
    assert (hidden.status, hidden.body) == (404, absent.body)
    assert forum.get("/tags.json").json["tags"] == []


def test_the_old_address_leads_to_the_new_one(forum: Forum) -> None:
    answer = forum.get("/tags/soup.json?page=1")
    assert answer.status == 301
    assert answer.headers["location"] == "http://forum.test/tag/soup.json?page=1"


def test_tags_are_searched_without_those_selected(forum: Forum) -> None:
    forum.given.topic(tags=("soup", "soap", "bread"))
    found = forum.get("/tags/filter/search.json?q=so&selected_tags[]=soap").json["results"]
    assert [tag["name"] for tag in found] == ["soup"]
    assert forum.get("/tags/filter/search.json?limit=x").status == 400


def test_staff_make_rename_and_delete_tags(forum: Forum) -> None:
    topic_id = forum.given.topic(tags=("soup",)).post.topic_id
    made = forum.post("/tags/bulk-create.json", json={"tags": ["bread", "salt"]}, headers=forum.keyed())
    assert [tag["name"] for tag in made.json["tags"]] == ["bread", "salt"]
    renamed = forum.put(
        "/tag/soup.json", json={"tag": {"id": "broth", "description": "Thin soup"}}, headers=forum.keyed()
    )
    assert (renamed.json["tag"]["name"], renamed.json["tag"]["description"]) == ("broth", "Thin soup")
    assert topics(forum, "/tag/broth.json") == [topic_id]
    assert forum.get("/tag/broth/info.json").json["tag_info"]["topic_count"] == 1
    assert forum.delete("/tag/broth.json", headers=forum.keyed()).json == {"success": "OK"}
    assert forum.get("/tag/broth.json").status == 404
    assert forum.get(f"/t/{topic_id}.json").json["tags"] == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"tags": ["ok", "ok/../no", "x" * 200]}, 422),
        ({"tags": ["fine", "soup"]}, 422),
        ({"tags": [{}]}, 400),
    ],
)
def test_of_several_tags_all_are_made_or_none(forum: Forum, body: dict[str, object], status: int) -> None:
    forum.given.topic(tags=("soup",))
    assert forum.post("/tags/bulk-create.json", json=body, headers=forum.keyed()).status == status
    assert [tag["name"] for tag in forum.get("/tags.json", headers=forum.keyed()).json["tags"]] == ["soup"]


def test_members_change_no_tags(forum: Forum) -> None:
    forum.given.user("mary")
    forum.given.topic(tags=("soup",))
    headers = forum.keyed("mary")
    assert forum.put("/tag/soup.json", json={"tag": {"name": "mine"}}, headers=headers).status == 403
    assert forum.delete("/tag/soup.json", headers=headers).status == 403
    assert forum.post("/tags/bulk-create.json", json={"tags": ["mine"]}, headers=headers).status == 403


def test_somebody_chooses_how_closely_to_follow_a_tag(forum: Forum) -> None:
    forum.given.user("mary")
    forum.given.topic(tags=("soup",))
    path, headers = "/tag/soup/notifications.json", forum.keyed("mary")
    assert forum.get(path, headers=headers).json["tag_notification"]["notification_level"] == 1
    body = {"tag_notification": {"notification_level": 4}}
    assert forum.put(path, json=body, headers=headers).json["tag_notification"]["notification_level"] == 4
    user = forum.get("/u/mary.json", headers=headers).json["user"]
    assert [tag["name"] for tag in user["watching_first_post_tags"]] == ["soup"]
    assert forum.put(path, json={"tag_notification": {"notification_level": 9}}, headers=headers).status == 400
    assert forum.put(path, json={}, headers=headers).status == 400
