"""Topic lists on Discourse's wire."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from tertulia.testing.forum import Forum
from tests.contract.shapes import validate_discourse


def ids(forum: Forum, path: str, username: str | None = None) -> list[int]:
    answer = forum.get(path, headers=forum.keyed(username) if username else None)
    assert answer.status == 200, answer
    return [topic["id"] for topic in answer.json["topic_list"]["topics"]]


def test_lists_have_the_official_shape(forum: Forum) -> None:
    forum.given.topic(tags=("one",))
    for operation, path in (
        ("listLatestTopics", "/latest.json"),
        ("listTopTopics", "/top.json"),
        ("listCategoryTopics", "/c/uncategorized/1.json"),
    ):
        body = forum.get(path, headers=forum.keyed()).json
        assert len(body["topic_list"]["topics"]) == 1, path
        assert validate_discourse(operation, body) == [], path


def test_pages_follow_each_other_without_gap_or_repetition(forum: Forum) -> None:
    made = [forum.given.topic().post.topic_id for _ in range(35)]
    first = forum.get("/latest.json").json
    more = first["topic_list"]["more_topics_url"]
    assert urlsplit(more).path == "/latest"
    second = forum.get(more.replace("/latest?", "/latest.json?")).json
    seen = [topic["id"] for body in (first, second) for topic in body["topic_list"]["topics"]]
    assert seen == made[::-1]
    assert "more_topics_url" not in second["topic_list"]


def test_pinned_topics_come_first_and_only_once(forum: Forum) -> None:
    made = [forum.given.topic().post.topic_id for _ in range(33)]
    forum.put(f"/t/{made[0]}/status.json", headers=forum.keyed(), form={"status": "pinned_globally", "enabled": "true"})
    both = ids(forum, "/latest.json") + ids(forum, "/latest.json?page=1")
    assert both[0] == made[0]
    assert sorted(both) == made


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("order=created", [3, 2, 1]),
        ("order=created&ascending=true", [1, 2, 3]),
        ("order=posts", [1, 3, 2]),
        ("order=activity", [1, 3, 2]),
    ],
)
def test_orders(forum: Forum, query: str, wanted: list[int]) -> None:
    made = [forum.given.topic().post.topic_id for _ in range(3)]
    forum.given.reply(made[0])
    found = ids(forum, f"/latest.json?{query}")
    if query == "order=posts":
        assert found[0] == made[0]
    else:
        assert found == [made[number - 1] for number in wanted]


def test_new_and_unread_are_the_members_own(forum: Forum) -> None:
    forum.given.user("mary")
    topic_id = forum.given.topic().post.topic_id
    assert ids(forum, "/new.json", "mary") == [topic_id]
    assert ids(forum, "/unread.json", "mary") == []
    forum.post("/topics/timings", headers=forum.keyed("mary"), form={"topic_id": topic_id, "timings": {"1": 3000}})
    assert ids(forum, "/new.json", "mary") == []
    assert forum.get("/new.json").status == 403


def test_top_needs_a_known_period(forum: Forum) -> None:
    forum.given.topic()
    assert forum.get("/top.json?period=fortnightly").status == 400
    assert forum.get("/top.json?period=weekly").json["topic_list"]["for_period"] == "weekly"
    answer = forum.get("/top/monthly.json")
    assert (answer.status, answer.headers["location"]) == (301, "http://forum.test/top.json?period=monthly")


@pytest.mark.parametrize("path", ["/c/{id}.json", "/c/wrong/{id}.json", "/c/{slug}.json"])
def test_category_lists_have_one_right_address(forum: Forum, path: str) -> None:
    category = forum.given.category("General talk").category
    forum.given.topic(category_id=category.id)
    answer = forum.get(path.format(id=category.id, slug=category.slug))
    assert (answer.status, answer.headers["location"]) == (301, f"http://forum.test/c/general-talk/{category.id}.json")
    assert len(ids(forum, f"/c/general-talk/{category.id}.json")) == 1
    assert len(ids(forum, f"/c/general-talk/{category.id}/l/top.json")) == 1


def test_sub_categories_are_listed_with_their_parent_unless_refused(forum: Forum) -> None:
    parent = forum.given.category("Parent").category
    child = forum.given.category("Child", parent_id=parent.id).category
    topic_id = forum.given.topic(category_id=child.id).post.topic_id
    assert ids(forum, f"/c/parent/{parent.id}.json") == [topic_id]
    assert ids(forum, f"/c/parent/child/{child.id}.json") == [topic_id]
    assert ids(forum, f"/c/parent/{parent.id}/none.json") == []


def test_a_restricted_category_is_missing(forum: Forum) -> None:
    forum.given.topic(category_id=3)
    assert forum.get("/c/staff/3.json").status == 404
    assert forum.get("/c/staff/3.json").json == forum.get("/c/nothing/999.json").json
    assert ids(forum, "/latest.json") == []
    assert len(ids(forum, "/c/staff/3.json", "admin")) == 1


def test_topics_of_one_author(forum: Forum) -> None:
    forum.given.user("mary")
    topic_id = forum.given.topic(by="mary").post.topic_id
    forum.given.topic()
    assert ids(forum, "/topics/created-by/mary.json") == [topic_id]
    assert forum.get("/topics/created-by/nobody.json").status == 404


@pytest.mark.parametrize(
    "query", ["page=x", "page=-1", "per_page=0", "min_posts=many", "category=abc", "page=99999999999999999999"]
)
def test_badly_typed_parameters_are_refused(forum: Forum, query: str) -> None:
    answer = forum.get(f"/latest.json?{query}")
    assert (answer.status, answer.json["error_type"]) == (400, "invalid_parameters")


def test_unknown_parameters_are_ignored(forum: Forum) -> None:
    forum.given.topic()
    assert len(ids(forum, "/latest.json?nonsense=1&order=nothing")) == 1


def test_a_category_list_may_be_asked_for_without_the_id(forum: Forum) -> None:
    parent = forum.given.category("Vehicles").category.id
    child = forum.given.category("Bicycles", parent_id=parent).category.id
    topic = forum.given.topic(category_id=child).post.topic_id
    for path in ("/c/vehicles/l/latest.json", "/c/vehicles/bicycles/l/latest.json"):
        listed = forum.get(path, headers=forum.keyed()).json["topic_list"]["topics"]
        assert topic in [item["id"] for item in listed]
    moved = forum.get(f"/c/{child}/l/new.json")
    assert (moved.status, moved.headers["location"]) == (
        301,
        f"http://forum.test/c/vehicles/bicycles/{child}/l/new.json",
    )
    assert forum.get("/c/vehicles/l/created.json").status == 404
