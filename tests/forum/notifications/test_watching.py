"""Who hears of a post that does not name them: watchers, groups, people in a message, authors who are linked to."""

from __future__ import annotations

import pytest

from tertulia.forum.notifications import fanning_out
from tertulia.forum.unit import Unit
from tertulia.store.events import LoggedEvent
from tertulia.testing.forum import Forum
from tests.forum.notifications.given import stored, told
from tests.forum.notifications.test_naming import edit, follow

MUTED, REGULAR, TRACKING, WATCHING, FIRST = range(5)


@pytest.fixture
def people(forum: Forum) -> Forum:
    for name in ("mary", "bob", "carl"):
        forum.given.user(name, trust_level=2)
    return forum


# level of the category, level of the topic, and what carl hears of a new topic and of a reply in it
LEVELS: list[tuple[int | None, int | None, list[str], list[str]]] = [
    (None, None, [], []),
    (MUTED, None, [], []),
    (TRACKING, None, [], []),
    (WATCHING, None, ["watching_category_or_tag"], ["watching_category_or_tag"]),
    (FIRST, None, ["watching_first_post"], []),
    (None, WATCHING, [], ["posted"]),
    (None, TRACKING, [], []),
    (MUTED, WATCHING, [], ["posted"]),
    (WATCHING, REGULAR, ["watching_category_or_tag"], []),
    (WATCHING, MUTED, ["watching_category_or_tag"], []),
]


@pytest.mark.parametrize(("category", "topic_level", "of_topic", "of_reply"), LEVELS)
def test_levels_decide(
    people: Forum, category: int | None, topic_level: int | None, of_topic: list[str], of_reply: list[str]
) -> None:
    if category is not None:
        follow(people, "carl", "category", 1, category)
    topic = people.given.topic(by="mary").post.topic_id
    assert told(people, "carl") == of_topic
    if topic_level is not None:
        follow(people, "carl", "topic", topic, topic_level)
    people.given.reply(topic, by="bob")
    assert told(people, "carl") == of_topic + of_reply
    level = topic_level if topic_level is not None else 1 if category in (None, FIRST) else category
    details = people.get(f"/t/{topic}.json", headers=people.keyed("carl")).json["details"]
    assert details["notification_level"] == level


@pytest.mark.parametrize(("level", "expected"), [(WATCHING, ["watching_category_or_tag"]), (FIRST, []), (MUTED, [])])
def test_levels_of_tags_decide_as_those_of_categories(people: Forum, level: int, expected: list[str]) -> None:
    form = {"tagging_enabled": "true"}
    people.put("/admin/site_settings/tagging_enabled.json", headers=people.keyed(), form=form)
    people.given.topic(tags=("soup",))
    people.run_jobs()
    path = "/tag/soup/notifications.json"
    body = {"tag_notification": {"notification_level": level}}
    assert people.put(path, headers=people.keyed("carl"), json=body).status == 200
    topic = people.given.topic(tags=("soup",)).post.topic_id
    first = {WATCHING: ["watching_category_or_tag"], FIRST: ["watching_first_post"]}.get(level, [])
    assert told(people, "carl") == first
    people.given.reply(topic, by="bob")
    assert told(people, "carl") == first + expected


def test_who_replies_tracks_and_who_watches_the_category_goes_on_watching(people: Forum) -> None:
    follow(people, "carl", "category", 1, WATCHING)
    topic = people.given.topic(by="mary").post.topic_id
    for name in ("bob", "carl"):
        people.given.reply(topic, by=name)
    levels = [
        people.get(f"/t/{topic}.json", headers=people.keyed(name)).json["details"]["notification_level"]
        for name in ("mary", "bob", "carl")
    ]
    assert levels == [WATCHING, TRACKING, WATCHING]
    people.given.reply(topic, by="mary")
    assert (told(people, "bob"), told(people, "carl")[-1]) == ([], "watching_category_or_tag")


def test_an_author_hears_of_a_link_from_another_topic_once(people: Forum) -> None:
    topic = people.given.topic(by="mary").post.topic_id
    number = people.given.reply(topic, by="carl").post.post_number
    people.run_jobs()
    raw = f"As was said [before](/t/-/{topic}/{number}) and [at first](/t/-/{topic})."
    post = people.given.topic(by="bob", raw=raw).post
    assert (told(people, "carl"), told(people, "mary")[-1]) == (["linked"], "linked")
    edit(people, post.id, f"{raw} once more", by="bob")
    assert told(people, "carl") == ["linked"]


def write(forum: Forum, by: str, to: str, **form: object) -> int:
    given = {"archetype": "private_message", "target_recipients": to, "title": "A message to some people"}
    answer = forum.post("/posts.json", headers=forum.keyed(by), form={**given, "raw": "What I want to say.", **form})
    assert answer.status == 200, answer
    return int(answer.json["topic_id"])


def test_a_message_tells_everybody_in_it_of_every_post_in_one(people: Forum) -> None:
    topic = write(people, "mary", "bob,carl")
    assert (told(people, "bob"), told(people, "carl"), told(people, "mary")) == (
        ["private_message"], ["private_message"], [],
    )  # fmt: skip
    people.given.reply(topic, by="bob", raw="An answer for @carl and everybody.")
    assert told(people, "mary") == ["private_message"]
    (one,) = stored(people, "carl")
    assert (one.kind, one.count, one.post_number, one.high_priority) == (6, 2, 1, True)


@pytest.mark.parametrize(
    ("level", "expected"), [(WATCHING, "private_message"), (TRACKING, "group_message_summary"), (REGULAR, None)]
)
def test_the_level_of_a_group_decides_about_messages_to_it(people: Forum, level: int, expected: str | None) -> None:
    group = {
        "group[name]": "helpers", "group[usernames]": "carl", "group[messageable_level]": 99,
        "group[default_notification_level]": level,
    }  # fmt: skip
    assert people.post("/admin/groups.json", headers=people.keyed(), form=group).status == 200
    for number in range(2):
        write(people, "mary", "helpers", raw=f"What I want to say, number {number}.", title=f"Message number {number}")
    kinds = told(people, "carl")
    assert kinds == {"private_message": ["private_message"] * 2, "group_message_summary": [expected]}.get(
        expected or "", []
    )
    if expected == "group_message_summary":
        assert stored(people, "carl")[0].count == 2


def test_a_mentioned_group_hears_of_it_before_an_answer(people: Forum) -> None:
    group = {"group[name]": "helpers", "group[usernames]": "carl,bob", "group[mentionable_level]": 99}
    assert people.post("/admin/groups.json", headers=people.keyed(), form=group).status == 200
    topic = people.given.topic(by="carl").post.topic_id
    people.given.reply(topic, by="bob", raw="Hello @helpers, who can answer this?", to=1)
    assert (told(people, "carl"), told(people, "bob")) == (["group_mentioned"], [])


def test_who_is_invited_to_a_message_hears_of_it(people: Forum) -> None:
    topic = write(people, "mary", "bob")
    assert people.post(f"/t/{topic}/invite.json", headers=people.keyed("mary"), form={"user": "carl"}).status == 200
    assert told(people, "carl") == ["invited_to_message"]
    people.given.reply(topic, by="bob")
    assert told(people, "carl") == ["invited_to_message", "private_message"]


def test_a_consumer_that_fails_halfway_and_repeats_tells_each_person_once(
    people: Forum, monkeypatch: pytest.MonkeyPatch
) -> None:
    topic = people.given.topic(by="mary").post.topic_id
    people.run_jobs()
    for name in ("bob", "carl"):
        follow(people, name, "topic", topic, WATCHING)
    people.given.reply(topic, by="admin", raw="Hello @carl, and hello to everybody else.")
    seen: list[LoggedEvent] = []
    whole = fanning_out.consume

    async def fail_after(unit: Unit, logged: list[LoggedEvent]) -> None:
        seen.extend(logged)
        await whole(unit, logged)
        if len(seen) == len(logged):
            raise RuntimeError("the worker was killed")

    monkeypatch.setattr(fanning_out, "consume", fail_after)
    assert (told(people, "mary"), told(people, "bob"), told(people, "carl")) == (["posted"], ["posted"], ["mentioned"])

    async def again(unit: Unit) -> None:
        await unit.write()
        await whole(unit, seen)

    people.unit(again)
    assert (told(people, "mary"), told(people, "bob"), told(people, "carl")) == (["posted"], ["posted"], ["mentioned"])


def test_more_watchers_than_a_slice_are_told_by_jobs_each_once(people: Forum, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fanning_out, "SLICE", 2)
    monkeypatch.setattr(fanning_out, "AT_ONCE", 2)
    names = [f"watcher{number}" for number in range(5)]
    for name in names:
        people.given.user(name)
        follow(people, name, "category", 1, WATCHING)
    topic = people.given.topic(by="mary").post.topic_id
    people.given.reply(topic, by="bob")
    assert [told(people, name) for name in names] == [["watching_category_or_tag"] * 2] * 5


def test_more_events_than_one_reading_takes_are_told_in_the_next_ones(
    people: Forum, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fanning_out, "MOST_EVENTS", 2)
    whole, taken = fanning_out.consume, []

    async def counting(unit: Unit, logged: list[LoggedEvent]) -> int:
        taken.append((await whole(unit, logged), len(logged)))
        return taken[-1][0]

    monkeypatch.setattr(fanning_out, "consume", counting)
    follow(people, "carl", "category", 1, WATCHING)
    people.inline_jobs = False
    for _ in range(5):
        people.given.topic(by="mary")
    people.run_jobs()
    people.inline_jobs = True
    assert told(people, "carl") == ["watching_category_or_tag"] * 5
    assert any(some < every for some, every in taken)
