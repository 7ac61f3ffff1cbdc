"""Likes: told once, counted, taken back, and many by one person as one."""

from __future__ import annotations

import pytest

from tertulia.forum.notifications import telling
from tertulia.forum.unit import Unit
from tertulia.model.notifications import NewNotification
from tertulia.store.notifications.rows import insert_notifications
from tertulia.testing.forum import Forum
from tests.forum.notifications.given import stored, told


@pytest.fixture
def people(forum: Forum) -> Forum:
    for name in ("mary", "bob", "carl"):
        forum.given.user(name, trust_level=2)
    return forum


def like(forum: Forum, post_id: int, *, by: str) -> None:
    form = {"id": post_id, "post_action_type_id": 2}
    assert forum.post("/post_actions.json", headers=forum.keyed(by), form=form).status == 200


def unlike(forum: Forum, post_id: int, *, by: str) -> None:
    path = f"/post_actions/{post_id}.json?post_action_type_id=2"
    assert forum.delete(path, headers=forum.keyed(by)).status == 200


def data(forum: Forum, username: str) -> dict[str, object]:
    (one,) = forum.get("/notifications.json", headers=forum.keyed(username)).json["notifications"]
    return dict(one["data"])


def test_likes_of_one_post_are_one_notification_that_counts_them(people: Forum) -> None:
    post = people.given.topic(by="mary").post.id
    like(people, post, by="bob")
    assert "count" not in data(people, "mary")
    people.put("/notifications/mark-read.json", headers=people.keyed("mary"))
    like(people, post, by="carl")
    shown = data(people, "mary")
    assert (shown["display_username"], shown["username2"], shown["count"]) == ("carl", "bob", 2)
    assert [one.read for one in stored(people, "mary")] == [True]


def test_a_like_that_is_taken_back_is_untold(people: Forum) -> None:
    post = people.given.topic(by="mary").post.id
    for name in ("bob", "carl"):
        like(people, post, by=name)
    unlike(people, post, by="carl")
    shown = data(people, "mary")
    assert (shown["display_username"], shown.get("count")) == ("bob", None)
    unlike(people, post, by="bob")
    assert told(people, "mary") == []
    like(people, post, by="bob")
    assert told(people, "mary") == ["liked"]


def test_a_like_on_another_day_is_told_anew(people: Forum) -> None:
    post = people.given.topic(by="mary").post.id
    like(people, post, by="bob")
    people.clock.advance(days=1, seconds=1)
    like(people, post, by="carl")
    assert told(people, "mary") == ["liked", "liked"]


def test_more_than_three_likes_by_one_person_become_one(people: Forum) -> None:
    topic = people.given.topic(by="mary").post
    posts = [topic.id, *(people.given.reply(topic.topic_id, by="mary").post.id for _ in range(4))]
    for post in posts[:3]:
        like(people, post, by="bob")
    assert told(people, "mary") == ["liked"] * 3
    like(people, posts[3], by="bob")
    assert told(people, "mary") == ["liked_consolidated"]
    like(people, posts[4], by="bob")
    assert data(people, "mary") == {"username": "bob", "display_username": "bob", "count": 5, "consolidated": True}


def test_only_the_newest_are_kept(people: Forum, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telling, "MOST_KEPT", 3)
    monkeypatch.setattr(telling, "_SLICE", 2)

    async def fill(unit: Unit) -> None:
        await unit.write()
        user_id = unit.actor.user_id or 0
        made = [NewNotification(user_id=user_id, kind=14, event_id=number) for number in range(1000, 1009)]
        await insert_notifications(unit.tx, made, now=unit.now)
        await unit.later(telling.TRIM, user_id=user_id)

    people.unit(fill, username="mary")
    assert [one.event_id for one in stored(people, "mary")] == [1006, 1007, 1008]
