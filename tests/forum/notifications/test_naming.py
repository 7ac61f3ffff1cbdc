"""Who hears what of a post that names them, and who does not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tertulia.forum.levels import set_level
from tertulia.forum.posts.editing import update_post
from tertulia.forum.unit import Unit
from tertulia.forum.users.relations import set_relation
from tertulia.model.levels import SetLevel
from tertulia.model.notifications import Relation, SetRelation
from tertulia.model.posts import UpdatePost
from tertulia.testing.forum import Forum
from tests.forum.notifications.given import stored, told


def follow(forum: Forum, username: str, subject: str, subject_id: int, level: int) -> None:
    async def choose(unit: Unit) -> int:
        return await set_level(unit, SetLevel(subject=subject, subject_id=subject_id, level=level))

    forum.unit(choose, username=username)


def edit(forum: Forum, post_id: int, raw: str, *, by: str) -> None:
    async def change(unit: Unit) -> None:
        await update_post(unit, UpdatePost(post_id=post_id, raw=raw))

    forum.unit(change, username=by)


@pytest.fixture
def people(forum: Forum) -> Forum:
    for name in ("mary", "bob", "carl"):
        forum.given.user(name, trust_level=2)
    return forum


CASES: dict[str, tuple[str, int | None, list[str]]] = {
    # what bob writes in mary's topic, the number he answers, and what carl (who wrote post 2) hears
    "a mention": ("Hello @carl, this is about you and your text.", None, ["mentioned"]),
    "an answer": ("This answers what was said above, at some length.", 2, ["replied"]),
    "a mention in an answer": ("Hello @carl, this answers what you said above.", 2, ["mentioned"]),
    "a quote": ('[quote="carl, post:2, topic:{topic}"]\nwords\n[/quote]\n\nThat is a good point.', None, ["quoted"]),
    "a quote in an answer": ('[quote="carl, post:2, topic:{topic}"]\nwords\n[/quote]\n\nA good point.', 2, ["replied"]),
    "nothing": ("This names nobody and answers nobody at all.", None, []),
}


@pytest.mark.parametrize("name", CASES)
def test_one_post_tells_one_person_the_first_reason_that_holds(people: Forum, name: str) -> None:
    raw, answered, expected = CASES[name]
    topic = people.given.topic(by="mary").post.topic_id
    people.given.reply(topic, by="carl", raw="These are the words of carl, in full length.")
    people.given.reply(topic, by="bob", raw=raw.replace("{topic}", str(topic)), to=answered)
    assert told(people, "carl") == expected
    if expected:
        one = stored(people, "carl")[0]
        assert (one.topic_id, one.post_number, one.read, one.high_priority, one.count) == (topic, 3, False, False, 1)


def test_nobody_hears_of_their_own_acts(people: Forum) -> None:
    topic = people.given.topic(by="mary", raw="I am @mary, and this is my very own topic.").post
    people.given.reply(topic.topic_id, by="mary", raw="As @mary I answer my own topic.", to=1)
    edit(people, topic.id, "I am @mary, and this is still my very own topic.", by="mary")
    assert told(people, "mary") == []


def test_the_author_of_a_topic_hears_of_every_reply_in_one_notification(people: Forum) -> None:
    topic = people.given.topic(by="mary").post.topic_id
    for _ in range(3):
        people.given.reply(topic, by="bob")
    (one,) = stored(people, "mary")
    assert (one.kind, one.post_number, one.count) == (9, 2, 3)


def test_what_was_read_is_not_counted_again(people: Forum) -> None:
    topic = people.given.topic(by="mary").post.topic_id
    people.given.reply(topic, by="bob")
    people.run_jobs()
    people.post("/topics/timings", headers=people.keyed("mary"), form={"topic_id": topic, "timings[2]": 1000})
    assert [one.read for one in stored(people, "mary")] == [True]
    people.given.reply(topic, by="carl")
    (one,) = stored(people, "mary")
    assert (one.read, one.post_number, one.count) == (False, 3, 1)


def test_a_muted_topic_tells_nothing_even_when_it_names_one(people: Forum) -> None:
    topic = people.given.topic(by="mary").post.topic_id
    people.given.reply(topic, by="carl")
    follow(people, "carl", "topic", topic, 0)
    people.given.reply(topic, by="bob", raw="Hello @carl, come and look at this.", to=2)
    assert told(people, "carl") == []


def test_a_muted_category_still_tells_of_a_mention(people: Forum) -> None:
    follow(people, "carl", "category", 1, 0)
    topic = people.given.topic(by="mary").post.topic_id
    people.given.reply(topic, by="bob", raw="Hello @carl, come and look at this.")
    assert told(people, "carl") == ["mentioned"]


@pytest.mark.parametrize("relation", [Relation.MUTED, Relation.IGNORED])
def test_people_who_are_kept_away_tell_nothing(people: Forum, relation: Relation) -> None:
    bob = people.get("/u/bob.json", headers=people.keyed()).json["user"]["id"]
    until = people.clock.now() + 3_600_000

    async def keep(unit: Unit) -> None:
        await set_relation(unit, SetRelation(user_id=bob, relation=relation, until=until))

    people.unit(keep, username="carl")
    topic = people.given.topic(by="mary").post.topic_id
    people.given.reply(topic, by="bob", raw="Hello @carl, come and look at this.")
    people.given.reply(topic, by="mary", raw="Hello @carl, do not mind bob at all.")
    assert told(people, "carl") == ["mentioned"]
    people.clock.advance(seconds=3601)
    people.given.reply(topic, by="bob", raw="Hello @carl, the time is over now.")
    assert told(people, "carl") == ["mentioned", "mentioned"]


SHUT: dict[str, Callable[[Forum, int], None]] = {
    "suspended": lambda forum, user_id: _put(forum, f"/admin/users/{user_id}/suspend.json", suspend_until="2121-01-01"),
    "inactive": lambda forum, user_id: _put(forum, f"/admin/users/{user_id}/deactivate.json"),
}


def _put(forum: Forum, path: str, **form: str) -> None:
    assert forum.put(path, headers=forum.keyed(), form={"reason": "spam", **form}).status == 200


@pytest.mark.parametrize("state", SHUT)
def test_accounts_that_nobody_can_use_are_told_nothing(people: Forum, state: str) -> None:
    SHUT[state](people, people.get("/u/carl.json", headers=people.keyed()).json["user"]["id"])
    people.given.topic(by="mary", raw="Hello @carl, come and look at this.")
    assert told(people, "carl") == []


def test_an_edit_tells_the_author_once_per_editor_and_those_whom_it_names_anew(people: Forum) -> None:
    people.given.user("sheriff", moderator=True)
    post = people.given.topic(by="mary", raw="Hello @bob, this is the text as it was.").post
    edit(people, post.id, "Hello @bob and @carl, this is the text as it is.", by="sheriff")
    edit(people, post.id, "Hello @bob and @carl, this is the text once more.", by="sheriff")
    assert (told(people, "mary"), told(people, "bob"), told(people, "carl")) == (
        ["edited"],
        ["mentioned"],
        ["mentioned"],
    )
    (edited,) = stored(people, "mary")
    assert edited.revision == 2
    assert stored(people, "carl")[0].actor_id != stored(people, "bob")[0].actor_id


def test_a_name_that_an_edit_takes_out_and_puts_back_tells_once(people: Forum) -> None:
    post = people.given.topic(by="mary", raw="Hello @bob, this is the text as it was.").post
    edit(people, post.id, "Hello everybody, this is the text as it was.", by="mary")
    edit(people, post.id, "Hello @bob, this is the text as it was before.", by="mary")
    assert told(people, "bob") == ["mentioned"]


def test_at_most_fifty_people_are_named_by_one_post(forum: Forum) -> None:
    names = [f"person{number}" for number in range(53)]
    for name in names:
        forum.given.user(name)
    raw = " ".join(f"@{name}" for name in names)
    forum.put(
        "/admin/site_settings/max_mentions_per_post.json", headers=forum.keyed(), form={"max_mentions_per_post": 60}
    )
    forum.given.topic(raw=f"Everybody should hear of this: {raw}")
    heard = [name for name in names if told(forum, name)]
    assert heard == names[:50]


def test_a_quiet_post_tells_nobody(people: Forum) -> None:
    form = {"title": "An import of an old topic", "raw": "Hello @carl, this is from long ago.", "import_mode": "true"}
    assert people.post("/posts.json", headers=people.keyed(), form=form).status == 200
    assert told(people, "carl") == []
