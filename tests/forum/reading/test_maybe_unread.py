"""What is known to be read is passed over, and nothing that is unread or new is, whatever happened to its topic."""

from __future__ import annotations

import random
from typing import Any

import pytest

from tertulia.forum.seeding.filling import Amount, fill_forum
from tertulia.forum.topics import listing
from tertulia.forum.topics.listing import list_new_topics
from tertulia.forum.unit import Unit
from tertulia.store.readers.falling_behind import MOST_CAUGHT_UP
from tertulia.testing.forum import Forum
from tests.forum.reports.test_numbers import DAY, HOUR, rows

PEOPLE = ("mary", "paul", "quinn")
_STATE = ("topic_id", "user_id", "last_read_post_number", "highest_seen_post_number", "level", "maybe_unread")
_TOPIC = ("id", "archetype", "deleted_at", "visible", "highest_post_number", "created_at", "bumped_at")


def states(forum: Forum) -> dict[tuple[int, int], dict[str, Any]]:
    return {(row["user_id"], row["topic_id"]): row for row in rows(forum, "topic_states", *_STATE)}


def topics(forum: Forum) -> dict[int, dict[str, Any]]:
    return {row["id"]: row for row in rows(forum, "topics", *_TOPIC)}


def listed(forum: Forum, name: str, which: str) -> list[int]:
    answer = forum.get(f"/{which}.json?per_page=100", headers=forum.keyed(name))
    return [each["id"] for each in answer.json["topic_list"]["topics"]]


def check(forum: Forum, users: dict[str, int]) -> None:
    """The lists, against every row looked at by hand."""
    known, all_topics = states(forum), topics(forum)
    for (_, topic_id), state in known.items():
        if not state["maybe_unread"]:
            assert state["last_read_post_number"] >= all_topics[topic_id]["highest_post_number"], state
    shown = [
        topic
        for topic in sorted(all_topics.values(), key=lambda each: (each["bumped_at"], each["id"]), reverse=True)
        if topic["archetype"] == 0 and topic["deleted_at"] is None and topic["visible"]
    ]
    nothing = dict.fromkeys(_STATE, 0) | {"level": None}
    for name, user_id in users.items():
        read = {topic["id"]: known.get((user_id, topic["id"]), nothing) for topic in shown}
        unread = [
            topic["id"]
            for topic in shown
            if (read[topic["id"]]["level"] or 0) >= 2
            and 0 < read[topic["id"]]["last_read_post_number"] < topic["highest_post_number"]
        ]
        new = [
            topic["id"]
            for topic in shown
            if topic["created_at"] >= max(forum.clock.now() - 2 * DAY, joined(forum, user_id))
            and not read[topic["id"]]["last_read_post_number"]
            and not read[topic["id"]]["highest_seen_post_number"]
            and read[topic["id"]]["level"] != 0
        ]
        assert listed(forum, name, "unread") == unread[:30], name
        assert listed(forum, name, "new") == new[:30], name


def joined(forum: Forum, user_id: int) -> int:
    return int(next(row["created_at"] for row in rows(forum, "users", "id", "created_at") if row["id"] == user_id))


def act(forum: Forum, dice: random.Random) -> None:
    """One thing that somebody does; what is refused is no harm."""
    who, admin = forum.keyed(dice.choice(PEOPLE)), forum.keyed()
    topic = dice.choice(list(topics(forum)))
    post = dice.choice([row["id"] for row in rows(forum, "posts", "id", "post_number") if row["post_number"] > 1])
    number = str(dice.randrange(1, topics(forum)[topic]["highest_post_number"] + 2))
    what = dice.randrange(16)
    raw = f"Something to read, number {dice.random()}"
    ago = forum.clock.now() // 1000 - dice.randrange(96) * 3600
    if what < 3:
        forum.post("/posts.json", json={"topic_id": topic, "raw": raw}, headers=who)
    elif what < 6:
        times = {"topic_id": topic, "topic_time": dice.choice((1_000, 300_000)), "timings": {number: 1000}}
        forum.post("/topics/timings.json", json=times, headers=who)
    elif what == 6:
        level = {"notification_level": dice.randrange(4)}
        forum.post(f"/t/{topic}/notifications.json", json=level, headers=who)
    elif what == 7:
        forum.delete(f"/api/v3/topics/{topic}/read", headers=forum.bearer("mary"))
    elif what == 8:
        forum.delete(f"/posts/{post}.json", headers=admin)
    elif what == 9:
        forum.put(f"/posts/{post}/recover.json", headers=admin)
    elif what == 10:
        status = {"status": dice.choice(("closed", "visible")), "enabled": dice.choice(("true", "false"))}
        forum.put(f"/t/{topic}/status.json", json=status, headers=admin)
    elif what == 11:
        forum.post("/posts.json", json={"topic_id": topic, "raw": raw, "whisper": True}, headers=admin)
    elif what == 12:
        at = "2020-01-01T00:00:00Z" if dice.random() < 0.5 else None
        forum.post("/posts.json", json={"topic_id": topic, "raw": raw, "created_at": at}, headers=admin)
    elif what == 13:
        forum.put(f"/t/{topic}/change-timestamp.json", json={"timestamp": ago}, headers=admin)
    elif what == 14:
        forum.put(f"/t/{topic}/reset-bump-date.json", headers=admin)
    else:
        forum.given.topic(by=dice.choice(PEOPLE))


@pytest.mark.parametrize(("seed", "walked"), [(5, False), (12, True)])
def test_what_is_unread_and_new_is_what_every_row_says_after_acts_in_any_order(
    forum: Forum, monkeypatch: pytest.MonkeyPatch, seed: int, walked: bool
) -> None:
    if walked:  # as for somebody who has much to read
        monkeypatch.setattr(listing, "_MUCH_UNREAD", 1)
        monkeypatch.setattr(listing, "_FILL", 0)
    dice = random.Random(seed)
    forum.clock.freeze()
    users = {name: forum.given.user(name, trust_level=2).id for name in PEOPLE}
    for _ in range(4):
        forum.given.reply(forum.given.topic().post.topic_id)
    for turn in range(70):
        forum.clock.advance(hours=dice.choice((0, 0, 1, 9)))
        act(forum, dice)
        if turn % 7 == 0:
            check(forum, users)
    check(forum, users)
    flags = {state["maybe_unread"] for state in states(forum).values()}
    assert flags == {0, 1}, "nobody ever caught up, or nobody fell behind"


def read_to(forum: Forum, name: str, topic: int, number: int) -> None:
    times = {"topic_id": topic, "topic_time": 300_000, "timings": {str(number): 1000}}
    assert forum.post("/topics/timings.json", json=times, headers=forum.keyed(name)).status == 200


def test_who_has_read_all_of_a_topic_they_follow_is_passed_over_until_the_next_post(forum: Forum) -> None:
    mary = forum.given.user("mary").id
    topic = forum.given.topic().post.topic_id
    read_to(forum, "mary", topic, 1)
    assert states(forum)[mary, topic]["maybe_unread"] == 0
    forum.given.reply(topic)
    assert states(forum)[mary, topic]["maybe_unread"] == 1
    assert listed(forum, "mary", "unread") == [topic]
    forum.given.reply(topic, by="mary")
    assert states(forum)[mary, topic]["maybe_unread"] == 0
    assert listed(forum, "mary", "unread") == []


def test_the_next_post_changes_no_more_than_so_many_states(forum: Forum) -> None:
    mary = forum.given.user("mary").id
    topic = forum.given.topic().post.topic_id

    async def crowd(unit: Unit) -> None:
        await unit.write()
        for user_id in range(1_000, 1_000 + MOST_CAUGHT_UP):
            await unit.tx.text(
                "INSERT INTO topic_states (topic_id, user_id, last_read_post_number, level, maybe_unread) "
                f"VALUES ({topic}, {user_id}, 1, 2, 0)"
            )
        await unit.commit()

    forum.unit(crowd)
    read_to(forum, "mary", topic, 1)
    known = states(forum)
    assert known[mary, topic]["maybe_unread"] == 1, "there is no room for one more"
    before = sum(not state["maybe_unread"] for state in known.values())
    assert listed(forum, "mary", "unread") == []
    forum.given.reply(topic)
    assert listed(forum, "mary", "unread") == [topic]
    read_to(forum, "mary", topic, 2)
    known = states(forum)
    assert known[mary, topic]["maybe_unread"] == 0, "they fell behind, which makes room"
    assert before - MOST_CAUGHT_UP <= sum(not state["maybe_unread"] for state in known.values()) <= 3


def test_made_up_readers_have_read_what_their_rows_say(forum: Forum) -> None:
    amount = Amount(users=30, topics=20, posts=900, seed=3, now=forum.clock.now())
    forum.wait(lambda: fill_forum(amount, open_unit=forum.ports.unit, tell=lambda done, wanted: None))
    ends = {topic_id: topic["highest_post_number"] for topic_id, topic in topics(forum).items()}
    behind = [state for state in states(forum).values() if state["last_read_post_number"] < ends[state["topic_id"]]]
    assert behind, "the seed makes some topics of more than one piece"
    assert all(state["maybe_unread"] for state in behind)
    assert any(not state["maybe_unread"] for state in states(forum).values())


def test_a_topic_was_never_active_before_it_began(forum: Forum) -> None:
    forum.clock.freeze()
    topic = forum.given.topic().post.topic_id
    old = {"topic_id": topic, "raw": "Written long before its topic", "created_at": "2020-01-01T00:00:00Z"}
    assert forum.post("/posts.json", json=old, headers=forum.keyed()).status == 200
    forum.clock.advance(hours=1)
    later = forum.given.reply(topic).post.id
    assert forum.delete(f"/posts/{later}.json", headers=forum.keyed()).status == 200
    began = topics(forum)[topic]["created_at"]
    assert topics(forum)[topic]["bumped_at"] == began
    assert forum.put(f"/t/{topic}/reset-bump-date.json", headers=forum.keyed()).status == 200
    assert topics(forum)[topic]["bumped_at"] == began
    moved = {"timestamp": (began - HOUR) // 1000}
    assert forum.put(f"/t/{topic}/change-timestamp.json", json=moved, headers=forum.keyed()).status == 200
    assert topics(forum)[topic]["bumped_at"] >= topics(forum)[topic]["created_at"]


def test_dismissing_finds_new_topics_however_they_are_asked_for(forum: Forum) -> None:
    forum.given.user("mary")
    made = [forum.given.topic().post.topic_id for _ in range(3)]
    found = forum.unit(lambda unit: list_new_topics(unit, limit=2), username="mary")
    assert [topic.id for topic in found] == made[:0:-1]
