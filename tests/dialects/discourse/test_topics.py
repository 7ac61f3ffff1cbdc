"""The topic page and what can be done to a topic on Discourse's wire."""

from __future__ import annotations

import pytest

from tertulia.testing.forum import Forum
from tests.contract.shapes import validate_discourse


def long_topic(forum: Forum, replies: int) -> int:
    topic_id = forum.given.topic().post.topic_id
    for _ in range(replies):
        forum.given.reply(topic_id, by="system")
    return topic_id


def numbers(body: dict[str, object]) -> list[int]:
    return [post["post_number"] for post in body["post_stream"]["posts"]]  # type: ignore[index]


def test_a_topic_has_the_official_shape(forum: Forum) -> None:
    topic_id = forum.given.topic(raw="A text with a [link](https://example.org/page) in it.").post.topic_id
    body = forum.get(f"/t/{topic_id}.json", headers=forum.keyed()).json
    problems = validate_discourse("getTopic", body)
    assert problems == []


@pytest.mark.parametrize(
    "path", ["/t/{id}.json", "/t/{slug}/{id}.json", "/t/-/{id}.json", "/t/{slug}/{id}/1.json", "/t/{id}/1"]
)
def test_every_path_variant_leads_to_the_topic(forum: Forum, path: str) -> None:
    view = forum.given.topic("A topic with more than one address")
    asked = path.format(id=view.post.topic_id, slug="a-topic-with-more-than-one-address")
    answer = forum.get(asked, headers={"Accept": "application/json"})
    assert (answer.status, answer.json["id"]) == (200, view.post.topic_id)


def test_a_wrong_slug_is_redirected_to_the_right_address(forum: Forum) -> None:
    topic_id = forum.given.topic("A topic with exactly one slug").post.topic_id
    answer = forum.get(f"/t/wrong/{topic_id}.json?page=1")
    assert answer.status == 301
    assert answer.headers["location"] == f"http://forum.test/t/a-topic-with-exactly-one-slug/{topic_id}.json?page=1"
    assert forum.get("/t/a-topic-with-exactly-one-slug.json").status == 301


def test_a_long_topic_is_read_in_windows_of_twenty(forum: Forum) -> None:
    topic_id = long_topic(forum, 44)
    first = forum.get(f"/t/{topic_id}.json").json
    assert numbers(first) == list(range(1, 21))
    assert len(first["post_stream"]["stream"]) == 45
    assert numbers(forum.get(f"/t/{topic_id}.json?page=3").json) == list(range(41, 46))
    assert forum.get(f"/t/{topic_id}.json?page=4").status == 404
    assert forum.get(f"/t/{topic_id}.json?page=-1").status == 404
    around = numbers(forum.get(f"/t/{topic_id}/30.json").json)
    assert len(around) == 20
    assert around[0] == 25
    assert numbers(forum.get(f"/t/{topic_id}/45.json").json)[-1] == 45
    assert len(numbers(forum.get(f"/t/{topic_id}/45.json").json)) == 20


def test_posts_are_read_by_id_in_stream_order(forum: Forum) -> None:
    topic_id = long_topic(forum, 24)
    stream = forum.get(f"/t/{topic_id}.json").json["post_stream"]["stream"]
    query = "&".join(f"post_ids[]={post_id}" for post_id in (stream[24], stream[21], stream[22]))
    body = forum.get(f"/t/{topic_id}/posts.json?{query}").json
    assert [post["id"] for post in body["post_stream"]["posts"]] == [stream[21], stream[22], stream[24]]
    assert body["id"] == topic_id
    encoded = query.replace("[", "%5B").replace("]", "%5D")
    assert forum.get(f"/t/{topic_id}/posts.json?{encoded}").json == body
    single = forum.get(f"/t/{topic_id}/posts.json?post_ids[]={stream[23]}").json
    assert numbers(single) == [24]


def test_posts_of_other_topics_are_not_read_along(forum: Forum) -> None:
    other = forum.given.topic(category_id=3).post
    topic_id = forum.given.topic().post.topic_id
    body = forum.get(f"/t/{topic_id}/posts.json?post_ids[]={other.id}").json
    assert body["post_stream"]["posts"] == []


@pytest.mark.parametrize(
    "body", [{"title": "Another title for the topic"}, {"topic": {"title": "Another title for the topic"}}]
)
@pytest.mark.parametrize("path", ["/t/-/{id}.json", "/t/{id}.json", "/t/a-slug/{id}.json"])
def test_a_topic_is_renamed_flat_or_nested(forum: Forum, body: dict[str, object], path: str) -> None:
    topic_id = forum.given.topic().post.topic_id
    answer = forum.put(path.format(id=topic_id), headers=forum.keyed(), json=body)
    assert answer.json["basic_topic"]["title"] == "Another title for the topic"
    assert validate_discourse("updateTopic", answer.json) == []
    assert forum.get(f"/t/{topic_id}.json").json["slug"] == "another-title-for-the-topic"


def test_tags_alone_may_be_put(forum: Forum) -> None:
    topic_id = forum.given.topic(tags=("one",)).post.topic_id
    assert forum.put(f"/t/-/{topic_id}.json", headers=forum.keyed(), json={"tags": ["two", "plan-pro"]}).status == 200
    assert [tag["name"] for tag in forum.get(f"/t/{topic_id}.json").json["tags"]] == ["two", "plan-pro"]


def test_an_update_without_changes_answers_as_well(forum: Forum) -> None:
    topic_id = forum.given.topic().post.topic_id
    assert forum.put(f"/t/-/{topic_id}.json", headers=forum.keyed(), json={}).json["basic_topic"]["id"] == topic_id


def test_a_topic_may_not_be_moved_where_the_member_may_not_write(forum: Forum) -> None:
    forum.given.user("mary")
    topic_id = forum.given.topic(by="mary").post.topic_id
    answer = forum.put(f"/t/-/{topic_id}.json", headers=forum.keyed("mary"), json={"category_id": 3})
    assert answer.status in (403, 422)
    assert forum.get(f"/t/{topic_id}.json").json["category_id"] == 1


def test_statuses_leave_small_posts_and_only_the_text_true_means_true(forum: Forum) -> None:
    topic_id = forum.given.topic().post.topic_id
    for status in ("closed", "archived", "pinned"):
        path = f"/t/{topic_id}/status.json"
        answer = forum.put(path, headers=forum.keyed(), form={"status": status, "enabled": "true"})
        assert answer.json["success"] == "OK"
    topic = forum.get(f"/t/{topic_id}.json", headers=forum.keyed()).json
    assert (topic["closed"], topic["archived"], topic["pinned"]) == (True, True, True)
    assert [post.get("action_code") for post in topic["post_stream"]["posts"]][1] == "closed.enabled"
    forum.put(f"/t/{topic_id}/status.json", headers=forum.keyed(), form={"status": "closed", "enabled": "yes"})
    assert forum.get(f"/t/{topic_id}.json").json["closed"] is False
    wrong = forum.put(
        f"/t/{topic_id}/status.json", headers=forum.keyed(), form={"status": "nonsense", "enabled": "true"}
    )
    assert wrong.status == 400


def test_an_unlisted_topic_is_read_by_its_address_only(forum: Forum) -> None:
    topic_id = forum.given.topic().post.topic_id
    forum.put(f"/t/{topic_id}/status.json", headers=forum.keyed(), form={"status": "visible", "enabled": "false"})
    assert forum.get(f"/t/{topic_id}.json").json["visible"] is False
    assert forum.get("/latest.json").json["topic_list"]["topics"] == []


def test_a_deleted_topic_answers_as_if_it_had_never_been(forum: Forum) -> None:
    topic_id = forum.given.topic().post.topic_id
    assert forum.delete(f"/t/{topic_id}.json", headers=forum.keyed()).body == b""
    gone, never = forum.get(f"/t/{topic_id}.json"), forum.get("/t/987654.json")
    assert gone.status == never.status == 404
    assert gone.json == never.json
    assert gone.reason == never.reason == "not_found"
    assert forum.get(f"/t/{topic_id}.json", headers=forum.keyed()).json["deleted_at"]
    assert forum.put(f"/t/{topic_id}/recover.json", headers=forum.keyed()).status == 200
    assert forum.get(f"/t/{topic_id}.json").status == 200


def test_a_member_may_not_delete_another_ones_topic(forum: Forum) -> None:
    forum.given.user("mary")
    topic_id = forum.given.topic().post.topic_id
    assert forum.delete(f"/t/{topic_id}.json", headers=forum.keyed("mary")).status == 422
    assert forum.get(f"/t/{topic_id}.json").status == 200


def test_a_restricted_topic_is_missing_for_those_outside(forum: Forum) -> None:
    forum.given.user("mary")
    topic_id = forum.given.topic(category_id=3).post.topic_id
    for headers in ({}, forum.keyed("mary")):
        for path in (
            f"/t/{topic_id}.json",
            f"/t/{topic_id}/posts.json",
            f"/raw/{topic_id}",
            f"/t/{topic_id}/post_ids.json",
        ):
            answer = forum.get(path, headers=headers)
            assert (answer.status, answer.reason) == (404, "not_found"), path


def test_levels_and_read_times_are_the_readers_own(forum: Forum) -> None:
    forum.given.user("mary")
    topic_id = long_topic(forum, 3)
    set_level = forum.post(
        f"/t/{topic_id}/notifications.json", headers=forum.keyed("mary"), form={"notification_level": 3}
    )
    assert set_level.json == {"success": "OK"}
    timings = {"topic_id": topic_id, "topic_time": 5000, "timings": {"1": 4000, "2": 1000}}
    assert forum.post("/topics/timings", headers=forum.keyed("mary"), form=timings).status == 200
    topic = forum.get(f"/t/{topic_id}.json", headers=forum.keyed("mary")).json
    assert topic["details"]["notification_level"] == 3
    assert topic["last_read_post_number"] == 2
    assert forum.get(f"/t/{topic_id}.json").json["details"]["notification_level"] == 1
    unread = forum.get("/unread.json", headers=forum.keyed("mary")).json["topic_list"]["topics"]
    assert [(item["id"], item["unread_posts"]) for item in unread] == [(topic_id, 2)]


def test_only_an_admins_key_sets_the_level_of_somebody_else(forum: Forum) -> None:
    for name in ("mary", "bob"):
        forum.given.user(name)
    topic_id = forum.given.topic().post.topic_id
    path, body = f"/t/{topic_id}/notifications.json", {"notification_level": 3, "username": "bob"}
    refused = forum.post(path, headers=forum.keyed("mary"), form=body)
    assert (refused.status, refused.reason) == (403, "not_allowed")
    assert forum.post(path, headers=forum.keyed(), form=body).status == 200
    levels = [
        forum.get(f"/t/{topic_id}.json", headers=forum.keyed(name)).json["details"]["notification_level"]
        for name in ("bob", "mary")
    ]
    assert levels == [3, 1]
