"""Failures that no other test provokes, each heard in every dialect that can ask for it."""

from __future__ import annotations

import pytest

from tertulia.testing.forum import Forum

TEXT = "A text that is long enough to be accepted by everybody."


def test_a_known_path_with_another_method_says_so(forum: Forum) -> None:
    for path in ("/latest.json", "/posts.json"):
        answer = forum.request("PATCH", path)
        assert (answer.status, answer.reason) == (404, "request.method_unknown"), path
    hidden = forum.request("PATCH", "/api/v3/ping")
    assert (hidden.status, hidden.reason) == (404, "not_found")
    page = forum.request("PATCH", "/about", headers={"Accept": "text/html"})
    assert page.status == 404


def test_an_unknown_path_is_only_not_found(forum: Forum) -> None:
    for path in ("/nothing-here.json", "/api/v3/nothing", "/api/nothing"):
        answer = forum.get(path)
        assert (answer.status, answer.reason) == (404, "not_found"), path


def test_new_members_make_no_tags(forum: Forum) -> None:
    """Renaming and making are staff's; a tag that does not exist yet is left out or refused, never made."""
    forum.given.user("mary", trust_level=0)
    body = {"title": "A topic that wants a new tag", "raw": TEXT, "category": 1, "tags": ["never-seen"]}
    forum.post("/posts.json", headers=forum.keyed("mary"), json=body)
    tags = forum.get("/tags.json", headers=forum.keyed()).json["tags"]
    assert "never-seen" not in [tag["name"] for tag in tags]


def test_tags_of_those_who_may_not_tag_are_left_out(forum: Forum) -> None:
    forum.given.user("mary", trust_level=0)
    topic = forum.given.topic(by="mary").post.topic_id
    changed = forum.put(
        "/admin/site_settings/min_trust_level_to_tag_topics.json",
        headers=forum.keyed(),
        form={"min_trust_level_to_tag_topics": "2"},
    )
    assert changed.status == 200
    forum.put(f"/t/-/{topic}.json", headers=forum.keyed("mary"), json={"tags": ["anything"]})
    assert forum.get(f"/t/{topic}.json").json["tags"] == []


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/post_actions.json"),
        ("DELETE", "/post_actions/{id}.json"),
        ("GET", "/post_action_users.json?id={id}&post_action_type_id=99"),
    ],
)
def test_an_action_that_posts_do_not_have_is_refused(forum: Forum, method: str, path: str) -> None:
    post = forum.given.topic().post.id
    forum.given.user("mary")
    form = None if method == "GET" else {"id": post, "post_action_type_id": 99}
    answer = forum.request(method, path.format(id=post), headers=forum.keyed("mary"), form=form)
    assert (answer.status, answer.reason) == (400, "post.action_unknown")
