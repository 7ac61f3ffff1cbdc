"""When a topic was last active, set back by staff."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tertulia.testing.forum import Forum


def order(forum: Forum) -> list[int]:
    topics = forum.get("/latest.json").json["topic_list"]["topics"]
    return [topic["id"] for topic in topics if not topic["pinned"]]


@pytest.fixture
def stirred(forum: Forum) -> dict[str, int]:
    """A topic of two posts, bumped by an edit after another topic was made."""
    first = forum.given.topic("A topic that will be edited later").post
    forum.clock.advance(minutes=10)
    last = forum.given.reply(first.topic_id).post
    forum.clock.advance(minutes=10)
    other = forum.given.topic("A topic that stays as it was made").post
    forum.clock.advance(minutes=10)
    body = {"post": {"raw": "Another text for the last post of all."}}
    assert forum.put(f"/posts/{last.id}.json", json=body, headers=forum.keyed()).status == 200
    return {"topic": first.topic_id, "first": first.id, "last": last.id, "other": other.topic_id, "foreign": other.id}


def test_a_topic_goes_back_to_the_time_of_its_last_post(forum: Forum, stirred: dict[str, int]) -> None:
    assert order(forum)[:2] == [stirred["topic"], stirred["other"]]
    answer = forum.put(f"/t/{stirred['topic']}/reset-bump-date", headers=forum.keyed())
    assert (answer.status, answer.body, answer.headers["content-type"]) == (200, b"", "text/plain; charset=utf-8")
    assert order(forum)[:2] == [stirred["other"], stirred["topic"]]


def test_a_topic_goes_to_the_time_of_a_post_of_its_own(forum: Forum, stirred: dict[str, int]) -> None:
    path = f"/t/{stirred['topic']}/reset-bump-date"
    assert forum.put(f"{path}/{stirred['first']}.json", headers=forum.keyed()).status == 200
    shown = {topic["id"]: topic for topic in forum.get("/latest.json").json["topic_list"]["topics"]}[stirred["topic"]]
    assert shown["bumped_at"] == shown["created_at"] < shown["last_posted_at"]
    assert forum.put(f"{path}/{stirred['foreign']}", headers=forum.keyed()).status == 404
    assert forum.put(f"{path}/999999", headers=forum.keyed()).status == 404


def test_only_staff_reset_the_time(forum: Forum, stirred: dict[str, int]) -> None:
    forum.given.user("mary")
    path = f"/t/{stirred['topic']}/reset-bump-date"
    assert forum.put(path, headers=forum.keyed("mary")).status == 403
    assert forum.put(path).status == 403
    assert forum.put("/t/999999/reset-bump-date", headers=forum.keyed()).status == 404
    assert order(forum)[0] == stirred["topic"]
