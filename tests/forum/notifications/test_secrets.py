"""Nobody is told of what they cannot see, whatever names them, and nothing stays told of what was deleted."""

from __future__ import annotations

import pytest

from tertulia.testing.forum import Forum
from tests.forum.notifications.given import stored, told
from tests.forum.notifications.test_naming import edit, follow

NAMING = {
    "mention": "Hello @carl, this is a secret between us.",
    "quote": '[quote="carl, post:{number}, topic:{topic}"]\nwords\n[/quote]\n\nThis is a secret.',
}


@pytest.fixture
def people(forum: Forum) -> Forum:
    for name in ("mary", "bob", "carl"):
        forum.given.user(name, trust_level=2)
    forum.given.user("sheriff", moderator=True)
    return forum


@pytest.mark.parametrize("named", NAMING)
def test_a_private_category_tells_those_only_who_may_look_into_it(people: Forum, named: str) -> None:
    category = people.given.category("Staff only", bundles={"staff": 1}).category.id
    public = people.given.topic(by="carl").post.topic_id
    follow(people, "carl", "category", 1, 3)
    raw = NAMING[named].replace("{topic}", str(public)).replace("{number}", "1")
    topic = people.given.topic(by="sheriff", raw=raw, category_id=category).post
    people.given.reply(topic.topic_id, by="sheriff", raw=f"@mary and @carl: {raw} once more")
    edit(people, topic.id, f"{raw} And @bob hears nothing either.", by="sheriff")
    assert (told(people, "carl"), told(people, "mary"), told(people, "bob")) == ([], [], [])


def test_who_watches_a_category_that_was_closed_to_them_hears_no_more(people: Forum) -> None:
    category = people.given.category("For a while")
    follow(people, "carl", "category", category.category.id, 3)
    form = {"permissions[staff]": 1, "name": "For a while"}
    people.put(f"/categories/{category.category.id}.json", headers=people.keyed(), form=form)
    people.given.topic(by="sheriff", category_id=category.category.id)
    assert told(people, "carl") == []


def test_a_whisper_tells_staff_only(people: Forum) -> None:
    topic = people.given.topic(by="carl").post.topic_id
    form = {"topic_id": topic, "raw": "A whisper to @mary, @carl and @admin about this.", "whisper": "true"}
    assert people.post("/posts.json", headers=people.keyed("sheriff"), form=form).status == 200
    assert (told(people, "carl"), told(people, "mary"), told(people, "admin")) == ([], [], ["mentioned"])


def test_a_message_tells_nobody_who_is_not_in_it(people: Forum) -> None:
    form = {
        "archetype": "private_message",
        "target_recipients": "bob",
        "title": "Something about the others",
        "raw": "What do you think of @carl and of @admin, who are not here?",
    }
    assert people.post("/posts.json", headers=people.keyed("mary"), form=form).status == 200
    assert (told(people, "bob"), told(people, "carl"), told(people, "admin")) == (["private_message"], [], [])


def test_what_somebody_may_see_no_longer_is_not_listed_and_not_counted(people: Forum) -> None:
    category = people.given.category("Soon closed").category.id
    people.given.topic(by="mary", category_id=category, raw="Hello @carl, come and look at this.")
    path, headers = "/notifications.json", people.keyed("carl")
    assert people.get(path, headers=headers).json["total_rows_notifications"] == 1
    form = {"permissions[staff]": 1, "name": "Soon closed"}
    people.put(f"/categories/{category}.json", headers=people.keyed(), form=form)
    body = people.get(path, headers=headers).json
    assert (body["notifications"], body["total_rows_notifications"]) == ([], 0)
    assert people.get(f"{path}?recent=true", headers=headers).json["notifications"] == []
    assert people.get("/session/current.json", headers=headers).json["current_user"]["unread_notifications"] == 0


def test_a_deleted_post_is_untold_for_good(people: Forum) -> None:
    topic = people.given.topic(by="mary").post.topic_id
    post = people.given.reply(topic, by="bob", raw="Hello @carl, come and look at this.").post
    assert (told(people, "carl"), told(people, "mary")) == (["mentioned"], ["posted"])
    people.delete(f"/posts/{post.id}.json", headers=people.keyed())
    assert (told(people, "carl"), told(people, "mary")) == ([], [])
    people.put(f"/posts/{post.id}/recover.json", headers=people.keyed())
    assert (told(people, "carl"), told(people, "mary")) == ([], [])


def test_a_deleted_topic_hides_what_it_told_until_it_is_back(people: Forum) -> None:
    topic = people.given.topic(by="mary").post.topic_id
    people.given.reply(topic, by="bob", raw="Hello @carl, come and look at this.")
    people.delete(f"/t/{topic}.json", headers=people.keyed())
    for name in ("carl", "admin"):
        assert people.get("/notifications.json", headers=people.keyed(name)).json["notifications"] == []
    people.put(f"/t/{topic}/recover.json", headers=people.keyed())
    assert len(people.get("/notifications.json", headers=people.keyed("carl")).json["notifications"]) == 1


def test_a_purged_topic_takes_its_notifications_along(people: Forum) -> None:
    topic = people.given.topic(by="mary", raw="Hello @carl, come and look at this.").post.topic_id
    people.given.reply(topic, by="bob")
    assert stored(people, "carl") and stored(people, "mary")
    assert people.delete(f"/api/v3/topics/{topic}", headers=people.bearer()).status == 200
    assert (stored(people, "carl"), stored(people, "mary")) == ([], [])


def test_a_deleted_account_leaves_no_notification(people: Forum) -> None:
    topic = people.given.topic(by="mary").post
    people.post("/post_actions.json", headers=people.keyed("bob"), form={"id": topic.id, "post_action_type_id": 2})
    assert told(people, "mary") == ["liked"]
    bob = people.get("/u/bob.json", headers=people.keyed()).json["user"]["id"]
    assert people.delete(f"/admin/users/{bob}.json", headers=people.keyed()).status == 200
    assert told(people, "mary") == []
