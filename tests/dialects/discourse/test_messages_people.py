"""Who is in a private message: invited, removed, leaving; topics turned into messages and back."""

from __future__ import annotations

import pytest

from tertulia.testing.client import Response
from tertulia.testing.forum import Forum
from tests.contract.shapes import validate_discourse
from tests.dialects.discourse.messages import group, listed, people, reply, sent


@pytest.fixture(autouse=True)
def everybody(forum: Forum) -> None:
    for name in ("mary", "bobby", "carla"):
        forum.given.user(name)


def notes(forum: Forum, topic_id: int) -> list[tuple[str, str | None, str]]:
    """(action, about whom, by whom) of the topic's small actions."""
    posts = forum.get(f"/t/{topic_id}.json", headers=forum.keyed()).json["post_stream"]["posts"]
    return [
        (post["action_code"], post.get("action_code_who"), post["username"]) for post in posts if post["post_type"] == 3
    ]


# -- inviting ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("fields", [{"user": "carla"}, {"user": "@Carla"}, {"username": "carla"}])
def test_whoever_is_in_a_message_lets_others_in(forum: Forum, fields: dict[str, str]) -> None:
    topic_id = sent(forum)
    answer = forum.post(f"/t/{topic_id}/invite.json", json=fields, headers=forum.keyed("bobby"))
    assert answer.status == 200, answer
    assert validate_discourse("inviteToTopic", answer.json) == []
    assert answer.json["user"]["username"] == "carla"
    assert people(forum, topic_id) == (["bobby", "carla", "mary"], [])
    assert notes(forum, topic_id) == [("invited_user", "carla", "bobby")]
    details = forum.get(f"/t/{topic_id}.json", headers=forum.keyed("carla")).json["details"]
    assert details["notification_level"] == 3
    assert listed(forum, "/carla", by="carla") == [topic_id]


def test_staff_invite_by_address(forum: Forum) -> None:
    topic_id = sent(forum)
    fields = {"email": "carla@example.org"}
    assert forum.post(f"/t/{topic_id}/invite", form=fields, headers=forum.keyed()).json["user"]["username"] == "carla"
    fields = {"email": "nobody@example.org"}
    for name in ("admin", "mary"):
        answer = forum.post(f"/t/{topic_id}/invite.json", json=fields, headers=forum.keyed(name))
        assert (answer.status, answer.reason) == (422, "message.recipients_unknown")


def test_a_public_topic_invites_nobody(forum: Forum) -> None:
    topic_id = forum.given.topic().post.topic_id
    for action, fields in (("invite", {"user": "carla"}), ("invite-group", {"group": "admins"})):
        answer = forum.post(f"/t/{topic_id}/{action}.json", json=fields, headers=forum.keyed("mary"))
        assert (answer.status, answer.reason) == (422, "message.not_a_message")
        assert answer.json == {"errors": ["People and groups can be invited to personal messages only."]}


@pytest.mark.parametrize(
    ("fields", "status", "reason"),
    [
        ({}, 400, "request.parameter_missing"),
        ({"user": "nobody"}, 422, "message.recipients_unknown"),
        ({"user": "system"}, 422, "message.recipients_unknown"),
        ({"user": "x\0y"}, 400, "request.parameter_invalid"),
        ({"user": "bobby"}, 422, "message.recipient_already"),
        ({"user": ["carla"]}, 400, "request.parameter_invalid"),
    ],
)
def test_an_invitation_of_nobody_in_particular_is_refused(
    forum: Forum, fields: dict[str, object], status: int, reason: str
) -> None:
    topic_id = sent(forum)
    answer = forum.post(f"/t/{topic_id}/invite.json", json=fields, headers=forum.keyed("mary"))
    assert (answer.status, answer.reason) == (status, reason)
    assert people(forum, topic_id)[0] == ["bobby", "mary"]
    assert notes(forum, topic_id) == []


def test_outsiders_invite_nobody_not_even_themselves(forum: Forum) -> None:
    forum.given.user("modesta", moderator=True)
    topic_id = sent(forum)
    for name in ("carla", "modesta"):
        for target in (topic_id, 99999):
            answer = forum.post(f"/t/{target}/invite.json", json={"user": name}, headers=forum.keyed(name))
            assert (answer.status, answer.reason) == (404, "not_found")
    assert forum.post(f"/t/{topic_id}/invite.json", json={"user": "carla"}).status == 403


def test_who_may_not_begin_messages_may_not_invite(forum: Forum) -> None:
    forum.given.user("newbie", trust_level=0)
    topic_id = sent(forum, to="newbie")
    answer = forum.post(f"/t/{topic_id}/invite.json", json={"user": "carla"}, headers=forum.keyed("newbie"))
    assert (answer.status, answer.reason) == (403, "not_allowed")
    details = forum.get(f"/t/{topic_id}.json", headers=forum.keyed("newbie")).json["details"]
    assert "can_invite_to" not in details
    assert forum.get(f"/t/{topic_id}.json", headers=forum.keyed("mary")).json["details"]["can_invite_to"] is True


def test_a_message_that_is_full_takes_nobody_more_but_from_staff(forum: Forum) -> None:
    topic_id = sent(forum)
    forum.put(
        "/admin/site_settings/max_allowed_message_recipients.json",
        json={"max_allowed_message_recipients": 2},
        headers=forum.keyed(),
    )
    path = f"/t/{topic_id}/invite.json"
    answer = forum.post(path, json={"user": "carla"}, headers=forum.keyed("mary"))
    assert (answer.status, answer.reason) == (422, "message.recipients_too_many")
    assert forum.post(path, json={"user": "carla"}, headers=forum.keyed()).status == 200


def test_a_group_is_let_in_by_those_who_may_write_to_it(forum: Forum) -> None:
    group(forum, messageable_level=3, usernames="mary,carla")
    topic_id = sent(forum)
    path = f"/t/{topic_id}/invite-group.json"
    refused = forum.post(path, json={"group": "cooks"}, headers=forum.keyed("bobby"))
    assert (refused.status, refused.reason) == (403, "not_allowed")
    assert forum.post(path, json={"group": "ghosts"}, headers=forum.keyed("mary")).status == 404
    answer = forum.post(path, json={"group": "@Cooks"}, headers=forum.keyed("mary"))
    assert answer.json["group"]["name"] == "cooks"
    assert validate_discourse("inviteGroupToTopic", answer.json) == []
    assert people(forum, topic_id) == (["bobby", "mary"], ["cooks"])
    assert notes(forum, topic_id) == [("invited_group", "cooks", "mary")]
    assert forum.get(f"/t/{topic_id}.json", headers=forum.keyed("carla")).status == 200
    again = forum.post(path, json={"group": "cooks"}, headers=forum.keyed("mary"))
    assert (again.status, again.reason) == (422, "message.recipient_already")


def test_who_is_let_in_by_name_beside_the_own_group_makes_no_noise(forum: Forum) -> None:
    group(forum, messageable_level=99, usernames="carla")
    topic_id = sent(forum, to="bobby,cooks")
    assert forum.post(f"/t/{topic_id}/invite.json", json={"user": "carla"}, headers=forum.keyed("mary")).status == 200
    assert notes(forum, topic_id) == []


# -- removing ---------------------------------------------------------------------------------------
def test_the_author_and_staff_take_people_out_and_everybody_leaves(forum: Forum) -> None:
    forum.given.user("dora")
    topic_id = sent(forum, to="bobby,carla,dora,admin")
    path = f"/t/{topic_id}/remove-allowed-user.json"
    assert forum.put(path, json={"username": "bobby"}, headers=forum.keyed("mary")).json == {"success": "OK"}
    assert forum.put(path, json={"username": "carla"}, headers=forum.keyed("carla")).json == {"success": "OK"}
    assert forum.put(path, form={"username": "@Dora"}, headers=forum.keyed()).json == {"success": "OK"}
    assert people(forum, topic_id)[0] == ["admin", "mary"]
    assert notes(forum, topic_id) == [
        ("removed_user", "bobby", "mary"),
        ("user_left", "carla", "carla"),
        ("removed_user", "dora", "admin"),
    ]
    for name in ("bobby", "carla", "dora"):
        assert forum.get(f"/t/{topic_id}.json", headers=forum.keyed(name)).status == 404
        assert listed(forum, f"/{name}", by=name) == []
        assert reply(forum, topic_id, by=name).status == 404


def test_others_take_nobody_out(forum: Forum) -> None:
    forum.given.user("modesta", moderator=True)
    topic_id = sent(forum, to="bobby,carla")
    path = f"/t/{topic_id}/remove-allowed-user.json"
    for target in ("carla", "mary"):
        answer = forum.put(path, json={"username": target}, headers=forum.keyed("bobby"))
        assert (answer.status, answer.reason) == (403, "not_allowed")
    stays = forum.put(path, json={"username": "mary"}, headers=forum.keyed("mary"))
    assert (stays.status, stays.reason) == (403, "not_allowed")
    assert forum.put(path, json={"username": "bobby"}, headers=forum.keyed("modesta")).status == 404
    assert forum.put(path, json={"username": "nobody"}, headers=forum.keyed("mary")).status == 404
    assert forum.put(path, json={}, headers=forum.keyed("mary")).status == 400
    absent = forum.put(path, json={"username": "admin"}, headers=forum.keyed("mary"))
    assert (absent.status, absent.reason) == (422, "message.recipient_missing")
    assert people(forum, topic_id)[0] == ["bobby", "carla", "mary"]
    may = {
        name: forum.get(f"/t/{topic_id}.json", headers=forum.keyed(name)).json["details"]["can_remove_allowed_users"]
        for name in ("mary", "bobby", "admin")
    }
    assert may == {"mary": True, "bobby": False, "admin": True}


def test_a_group_is_taken_out_by_the_author_and_staff(forum: Forum) -> None:
    group(forum, messageable_level=99, usernames="carla")
    topic_id = sent(forum, to="bobby,cooks")
    path = f"/t/{topic_id}/remove-allowed-group.json"
    for name in ("bobby", "carla"):
        assert forum.put(path, json={"name": "cooks"}, headers=forum.keyed(name)).status == 403
    assert forum.put(path, json={"name": "ghosts"}, headers=forum.keyed("mary")).status == 404
    assert forum.put(path, json={"name": "cooks"}, headers=forum.keyed("mary")).json == {"success": "OK"}
    assert notes(forum, topic_id) == [("removed_group", "cooks", "mary")]
    assert forum.get(f"/t/{topic_id}.json", headers=forum.keyed("carla")).status == 404
    again = forum.put(path, json={"name": "cooks"}, headers=forum.keyed("mary"))
    assert (again.status, again.reason) == (422, "message.recipient_missing")


# -- topics become messages, and back ---------------------------------------------------------------
def numbers(forum: Forum, name: str) -> tuple[int, int]:
    user = forum.get(f"/u/{name}/summary.json", headers=forum.keyed()).json["user_summary"]
    return user["topic_count"], user["post_count"]


def test_staff_turn_a_topic_into_a_message_and_back(forum: Forum) -> None:
    topic_id = forum.given.topic(by="mary", tags=()).post.topic_id
    forum.given.reply(topic_id, by="bobby")
    before = (numbers(forum, "mary"), numbers(forum, "bobby"))
    counted = forum.get("/categories.json").json["category_list"]["categories"][0]["topic_count"]
    answer = forum.put(f"/t/{topic_id}/convert-topic/private.json", headers=forum.keyed())
    assert answer.json["success"] == "OK" and answer.json["url"].endswith(f"/{topic_id}")
    assert people(forum, topic_id) == (["admin", "bobby", "mary"], [])
    assert notes(forum, topic_id) == [("private_topic", None, "admin")]
    assert forum.get(f"/t/{topic_id}.json", headers=forum.keyed("carla")).status == 404
    assert (numbers(forum, "mary"), numbers(forum, "bobby")) == ((before[0][0] - 1, before[0][1] - 1), (0, 0))
    assert forum.get("/categories.json").json["category_list"]["categories"][0]["topic_count"] == counted - 1
    back = forum.put(f"/t/{topic_id}/convert-topic/public.json", json={"category_id": 1}, headers=forum.keyed())
    assert back.status == 200, back
    shown = forum.get(f"/t/{topic_id}.json", headers=forum.keyed("carla")).json
    assert (shown["archetype"], shown["category_id"]) == ("regular", 1)
    assert (numbers(forum, "mary"), numbers(forum, "bobby")) == before
    assert forum.get("/categories.json").json["category_list"]["categories"][0]["topic_count"] == counted


def test_nobody_else_converts_topics(forum: Forum) -> None:
    topic_id, message = forum.given.topic(by="mary").post.topic_id, sent(forum)
    for kind in ("private", "public"):
        assert forum.put(f"/t/{topic_id}/convert-topic/{kind}.json", headers=forum.keyed("mary")).status == 403
        assert forum.put(f"/t/{message}/convert-topic/{kind}.json", headers=forum.keyed("carla")).status == 404
    assert forum.put(f"/t/{topic_id}/convert-topic/odd.json", headers=forum.keyed()).status == 404
    assert (
        forum.put(f"/t/{topic_id}/convert-topic/public.json", headers=forum.keyed()).reason == "message.not_a_message"
    )
    answer = forum.put(f"/t/{message}/convert-topic/public.json", json={"category_id": 999}, headers=forum.keyed())
    assert answer.status == 422
    assert people(forum, message)[0] == ["bobby", "mary"]


def test_a_topic_of_very_many_authors_does_not_become_a_message(forum: Forum, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tertulia.forum.messages.converting.MOST_POSTERS", 1)
    topic_id = forum.given.topic(by="mary").post.topic_id
    forum.given.reply(topic_id, by="bobby")
    answer = forum.put(f"/t/{topic_id}/convert-topic/private.json", headers=forum.keyed())
    assert (answer.status, answer.reason) == (422, "message.conversion_refused")
    assert forum.get(f"/t/{topic_id}.json").json["archetype"] == "regular"


# -- who may not be known -----------------------------------------------------------------------------
def same(first: Response, second: Response, *, names: tuple[str, str]) -> bool:
    """Whether two answers differ in nothing but the name that was asked for."""
    left, right = ((answer.status, answer.reason, answer.text) for answer in (first, second))
    return left == (*right[:2], right[2].replace(names[1], names[0]))


def test_a_group_that_nobody_may_see_cannot_be_told_from_none(forum: Forum) -> None:
    group(forum, "conclave", members="bobby", visibility_level=4)
    topic_id, names = sent(forum), ("conclave", "absentee")
    for action, field in (("remove-allowed-group", "name"), ("invite-group", "group")):
        ask = forum.put if action.startswith("remove") else forum.post
        found = [ask(f"/t/{topic_id}/{action}.json", json={field: name}, headers=forum.keyed("mary")) for name in names]
        assert found[0].status == 404 and same(*found, names=names), found


def test_an_account_that_is_not_activated_cannot_be_told_from_none(forum: Forum) -> None:
    forum.given.user("ghost")
    user_id = forum.get("/u/ghost.json", headers=forum.keyed()).json["user"]["id"]
    assert forum.put(f"/admin/users/{user_id}/deactivate.json", headers=forum.keyed()).status == 200
    topic_id, names, mary = sent(forum), ("ghost", "nosuc"), forum.keyed("mary")
    message = {"title": "A word between us, again", "raw": "A text that nobody reads.", "archetype": "private_message"}
    found = [forum.post(f"/t/{topic_id}/invite.json", json={"user": name}, headers=mary) for name in names]
    assert found[0].status == 422 and same(*found, names=names), found
    found = [
        forum.put(f"/t/{topic_id}/remove-allowed-user.json", json={"username": name}, headers=mary) for name in names
    ]
    assert found[0].status == 404 and same(*found, names=names), found
    found = [forum.post("/posts.json", json={**message, "target_recipients": name}, headers=mary) for name in names]
    assert found[0].status == 422 and same(*found, names=names), found
    assert forum.post(f"/t/{topic_id}/invite.json", json={"user": "ghost"}, headers=forum.keyed()).status == 200
    removed = forum.put(f"/t/{topic_id}/remove-allowed-user.json", json={"username": "ghost"}, headers=mary)
    assert removed.status == 200
