"""Posts on Discourse's wire: made, read, changed, deleted, liked, marked."""

from __future__ import annotations

import pytest

from tertulia.testing.client import Response
from tertulia.testing.forum import Forum
from tests.contract.shapes import validate_discourse

TEXT = "A text that is long enough to be accepted by everybody."


def make(forum: Forum, username: str = "admin", **fields: object) -> Response:
    body = {"title": "A topic that somebody makes here", "raw": TEXT, "category": 1, **fields}
    return forum.post("/posts.json", headers=forum.keyed(username), json=body)


def test_a_created_post_has_the_official_shape(forum: Forum) -> None:
    assert validate_discourse("createTopicPostPM", make(forum).json) == []


@pytest.mark.parametrize("encoding", ["json", "form", "multipart"])
def test_every_encoding_makes_the_same_topic(forum: Forum, encoding: str) -> None:
    fields = {"title": "A topic in some encoding or other", "raw": TEXT, "category": 1, "tags": ["one", "two"]}
    if encoding == "multipart":
        lines = "".join(
            f'--xyz\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in [
                ("title", fields["title"]),
                ("raw", TEXT),
                ("category", 1),
                ("tags[]", "one"),
                ("tags[]", "two"),
            ]
        )
        answer = forum.post(
            "/posts.json",
            headers={**forum.keyed(), "Content-Type": "multipart/form-data; boundary=xyz"},
            body=(lines + "--xyz--\r\n").encode(),
        )
    else:
        answer = forum.post("/posts.json", headers=forum.keyed(), **{encoding: fields})
    topic = forum.get(f"/t/{answer.json['topic_id']}.json", headers=forum.keyed()).json
    assert (topic["title"], topic["category_id"]) == (fields["title"], 1)
    assert [tag["name"] for tag in topic["tags"]] == ["one", "two"]


def test_tags_may_be_objects_with_a_name(forum: Forum) -> None:
    topic_id = make(forum, tags=[{"name": "one"}, "two"]).json["topic_id"]
    topic = forum.get(f"/t/{topic_id}.json", headers=forum.keyed()).json
    assert [tag["name"] for tag in topic["tags"]] == ["one", "two"]


def test_an_import_keeps_its_time_and_external_id(forum: Forum) -> None:
    answer = make(
        forum, title="x", raw="y", created_at="2019-05-01T10:00:00.000Z", external_id="Sync-1",
        skip_validations=True, import_mode=True,
    )  # fmt: skip
    assert answer.json["created_at"] == "2019-05-01T10:00:00.000Z"
    found = forum.get("/t/external_id/sync-1.json", headers=forum.keyed())
    assert found.status == 301
    assert found.headers["location"].endswith(f"/{answer.json['topic_id']}.json")
    again = make(forum, external_id="sync-1", title="Another topic with the same external id")
    assert (again.status, again.json["action"]) == (422, "create_post")


def test_what_only_a_staff_key_may_ask_is_ignored_for_others(forum: Forum) -> None:
    forum.given.user("mary")
    answer = make(
        forum, "mary", created_at="2019-05-01T10:00:00Z", external_id="mine", title="A topic made by mary here"
    )
    assert answer.status == 200
    assert not answer.json["created_at"].startswith("2019")
    assert forum.get("/t/external_id/mine.json").status == 404
    refused = make(forum, "mary", title="x", raw="y", skip_validations=True)
    assert refused.status == 422


def test_a_nested_answer_is_given_on_request(forum: Forum) -> None:
    body = make(forum, nested_post=True).json
    assert (body["action"], body["success"], body["post"]["post_number"]) == ("create_post", True, 1)


def test_a_refused_creation_may_be_sent_again(forum: Forum) -> None:
    forum.given.user("mary")
    assert make(forum, "mary", title="Short").status == 422
    again = make(forum, "mary", title="Short")
    assert again.status == 422
    assert "idempotent-replayed" not in again.headers


def test_an_edit_is_refused_when_somebody_else_was_faster(forum: Forum) -> None:
    post = make(forum).json
    path = f"/posts/{post['id']}.json"
    body = {"post": {"raw": TEXT + " More.", "original_text": "what it never was"}}
    answer = forum.put(path, headers=forum.keyed(), json=body)
    assert (answer.status, answer.reason) == (409, "post.edit_conflict")
    assert forum.get(path, headers=forum.keyed()).json["raw"] == TEXT


def test_an_update_has_the_official_shape_and_a_history(forum: Forum) -> None:
    post = make(forum).json
    body = {"post": {"raw": "Another text, long enough as well.", "edit_reason": "because"}}
    answer = forum.put(f"/posts/{post['id']}.json", headers=forum.keyed(), json=body)
    assert validate_discourse("updatePost", answer.json) == []
    revision = forum.get(f"/posts/{post['id']}/revisions/latest.json", headers=forum.keyed()).json
    assert (revision["edit_reason"], revision["current_revision"]) == ("because", 2)
    assert "<ins>" in revision["body_changes"]["inline"]
    assert forum.get(f"/posts/{post['id']}/revisions/1.json", headers=forum.keyed()).status == 400
    assert forum.get(f"/posts/{post['id']}/revisions/7.json", headers=forum.keyed()).status == 404


def test_a_deleted_post_is_gone_for_members_and_shown_to_staff(forum: Forum) -> None:
    topic_id = make(forum).json["topic_id"]
    reply = forum.given.reply(topic_id).post
    answer = forum.delete(f"/posts/{reply.id}.json", headers=forum.keyed())
    assert (answer.status, answer.body) == (200, b"")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert forum.get(f"/posts/{reply.id}.json").status == 404
    assert forum.get(f"/posts/{reply.id}.json", headers=forum.keyed()).json["deleted_at"]
    recovered = forum.put(f"/posts/{reply.id}/recover.json", headers=forum.keyed())
    assert recovered.json["deleted_at"] is None
    assert forum.get(f"/posts/{reply.id}.json").status == 200


def test_a_like_counts_once_and_can_be_taken_back(forum: Forum) -> None:
    forum.given.user("mary")
    post_id = make(forum).json["id"]
    like = {"id": post_id, "post_action_type_id": 2}
    liked = forum.post("/post_actions.json", headers=forum.keyed("mary"), form=like)
    assert liked.json["actions_summary"] == [{"id": 2, "count": 1, "acted": True, "can_undo": True}]
    assert forum.post("/post_actions.json", headers=forum.keyed("mary"), form=like).status == 403
    undone = forum.delete(f"/post_actions/{post_id}.json?post_action_type_id=2", headers=forum.keyed("mary"))
    assert undone.json["actions_summary"] == [{"id": 2, "can_act": True}]
    assert (
        forum.delete(f"/post_actions/{post_id}.json?post_action_type_id=2", headers=forum.keyed("mary")).status == 404
    )
    own = forum.post("/post_actions.json", headers=forum.keyed(), form=like)
    assert own.status == 403


def test_the_newest_posts_are_listed_without_what_one_may_not_see(forum: Forum) -> None:
    hidden = forum.given.topic(category_id=3)
    shown = make(forum).json["id"]
    assert [post["id"] for post in forum.get("/posts.json").json["latest_posts"]] == [shown]
    body = forum.get("/posts.json", headers=forum.keyed()).json
    assert {post["id"] for post in body["latest_posts"]} == {shown, hidden.post.id}
    assert validate_discourse("listPosts", body) == []


def test_a_closed_topic_refuses_members_and_says_why_in_the_header(forum: Forum) -> None:
    forum.given.user("mary")
    topic_id = make(forum).json["topic_id"]
    forum.put(f"/t/{topic_id}/status.json", headers=forum.keyed(), form={"status": "closed", "enabled": "true"})
    refused = forum.post("/posts.json", headers=forum.keyed("mary"), json={"topic_id": topic_id, "raw": TEXT})
    assert (refused.status, refused.json["error_type"], refused.reason) == (403, "invalid_access", "topic.closed")


def test_a_bookmark_is_made_once(forum: Forum) -> None:
    post_id = make(forum).json["id"]
    body = {"bookmarkable_id": post_id, "bookmarkable_type": "Post"}
    made = forum.post("/bookmarks.json", headers=forum.keyed(), json=body)
    assert made.json["success"] == "OK"
    assert forum.post("/bookmarks.json", headers=forum.keyed(), json=body).status == 400
    assert forum.delete(f"/bookmarks/{made.json['id']}.json", headers=forum.keyed()).json["topic_bookmarked"] is False


def test_markdown_is_served_as_plain_text(forum: Forum) -> None:
    post = make(forum).json
    forum.given.reply(post["topic_id"], raw="The reply's own text, which is short.")
    assert forum.get(f"/posts/{post['id']}/raw").text == TEXT
    whole = forum.get(f"/raw/{post['topic_id']}")
    assert whole.headers["content-type"].startswith("text/plain")
    assert "| #1\n\n" + TEXT in whole.text
    assert forum.get(f"/raw/{post['topic_id']}/2").text == "The reply's own text, which is short."


def test_a_conversation_is_followed_up_and_down(forum: Forum) -> None:
    first = forum.given.topic().post
    second = forum.given.reply(first.topic_id, to=1).post
    third = forum.given.reply(first.topic_id, to=2).post
    beside = forum.given.reply(first.topic_id, to=1).post
    history = forum.get(f"/posts/{third.id}/reply-history.json").json
    assert [post["id"] for post in history] == [first.id, second.id]
    below = forum.get(f"/posts/{first.id}/reply-ids.json").json
    assert below == [{"id": second.id, "level": 1}, {"id": third.id, "level": 2}, {"id": beside.id, "level": 1}]
    forum.delete(f"/posts/{second.id}.json", headers=forum.keyed())
    assert forum.get(f"/posts/{third.id}/reply-history.json").json == []
    assert forum.get("/posts/99999/reply-history.json").status == 404
