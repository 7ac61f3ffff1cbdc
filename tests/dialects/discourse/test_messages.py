"""Private messages on Discourse's wire: written, listed, put away."""

from __future__ import annotations

import pytest

from tertulia.testing.forum import Forum
from tests.contract.shapes import validate_discourse
from tests.dialects.discourse.messages import group, listed, people, reply, send, sent


@pytest.fixture(autouse=True)
def everybody(forum: Forum) -> None:
    for name in ("mary", "bobby", "carla"):
        forum.given.user(name)


# -- writing ----------------------------------------------------------------------------------------
def test_the_cookbook_s_message_names_people_and_a_group(forum: Forum) -> None:
    answer = send(forum, by="admin", to="mary, bobby,@admins")
    topic = answer.json["topic"]
    assert sorted(user["username"] for user in topic["allowed_users"]) == ["admin", "bobby", "mary"]
    assert topic["allowed_groups"] == [{"id": 1, "name": "admins"}]
    assert topic["id"] == answer.json["topic_id"]


@pytest.mark.parametrize("field", ["target_recipients", "target_usernames"])
@pytest.mark.parametrize("to", ["bobby", "@BOBBY", "bobby,,"])
def test_older_names_of_the_field_and_any_spelling_work(forum: Forum, field: str, to: str) -> None:
    topic_id = sent(forum, to="", **{field: to})
    assert people(forum, topic_id) == (["bobby", "mary"], [])


def test_a_list_of_names_works_as_well(forum: Forum) -> None:
    assert people(forum, sent(forum, to=["bobby", "carla"]))[0] == ["bobby", "carla", "mary"]  # type: ignore[arg-type]


def test_an_address_finds_people_for_staff_and_nobody_for_others(forum: Forum) -> None:
    assert people(forum, sent(forum, by="admin", to="Bobby@example.org"))[0] == ["admin", "bobby"]
    topic_id = sent(forum, by="admin", to="mary", title="Another word", target_emails="carla@example.org")
    assert people(forum, topic_id)[0] == ["admin", "carla", "mary"]
    refused = send(forum, to="bobby@example.org")
    assert (refused.status, refused.reason) == (422, "message.recipients_unknown")
    assert refused.json == {
        "action": "create_post",
        "errors": ["These people or groups could not be found: bobby@example.org"],
    }


def test_unknown_recipients_are_all_named_and_nothing_is_sent(forum: Forum) -> None:
    answer = send(forum, to="bobby,nobody,@ghosts")
    assert (answer.status, answer.reason) == (422, "message.recipients_unknown")
    assert "nobody, ghosts" in answer.json["errors"][0]
    assert listed(forum, "/bobby", by="bobby") == []


def test_new_users_write_to_staff_only(forum: Forum) -> None:
    forum.given.user("newbie", trust_level=0)
    forum.given.user("modesta", moderator=True)
    answer = send(forum, by="newbie", to="modesta,bobby")
    assert (answer.status, answer.reason) == (422, "message.recipients_refused")
    assert answer.json["errors"] == ["Sorry, you cannot send a personal message to: bobby"]
    assert people(forum, sent(forum, by="newbie", to="modesta"))[0] == ["modesta", "newbie"]
    assert reply(forum, sent(forum, by="mary", to="newbie"), by="newbie").status == 200


def test_the_groups_that_may_begin_messages_are_a_setting(forum: Forum) -> None:
    forum.put(
        "/admin/site_settings/personal_message_enabled_groups.json",
        json={"personal_message_enabled_groups": f"{group(forum, usernames='mary')}|odd"},
        headers=forum.keyed(),
    )
    assert send(forum, by="mary", to="bobby").status == 200
    assert send(forum, by="bobby", to="mary").reason == "message.recipients_refused"


def test_nobody_but_staff_writes_to_suspended_people_and_the_silenced_write_to_nobody(forum: Forum) -> None:
    bobby = forum.get("/u/bobby.json", headers=forum.keyed()).json["user"]["id"]
    carla = forum.get("/u/carla.json", headers=forum.keyed()).json["user"]["id"]
    until = {"suspend_until": "2099-01-01", "silenced_till": "2099-01-01", "reason": "rest"}
    assert forum.put(f"/admin/users/{bobby}/suspend.json", json=until, headers=forum.keyed()).status == 200
    assert forum.put(f"/admin/users/{carla}/silence.json", json=until, headers=forum.keyed()).status == 200
    assert send(forum, by="mary", to="bobby").reason == "message.recipients_refused"
    assert send(forum, by="admin", to="bobby").status == 200
    assert (send(forum, by="carla", to="mary").status, send(forum, by="carla", to="mary").reason) == (
        403,
        "user.silenced",
    )


@pytest.mark.parametrize(
    ("level", "writers"),
    [
        (0, {"admin"}),
        (1, {"admin"}),
        (2, {"admin", "modesta"}),
        (3, {"admin", "modesta", "mary", "bobby"}),
        (4, {"admin", "modesta", "bobby"}),
        (99, {"admin", "modesta", "mary", "bobby", "carla"}),
    ],
)
def test_a_group_s_level_says_who_writes_to_it(forum: Forum, level: int, writers: set[str]) -> None:
    forum.given.user("modesta", moderator=True)
    group(forum, messageable_level=level, usernames="mary", owner_usernames="bobby")
    everybody = ("admin", "modesta", "mary", "bobby", "carla")
    assert {name for name in everybody if send(forum, by=name, to="cooks").status == 200} == writers
    for name in everybody:
        told = forum.get("/g/cooks/messageable.json", headers=forum.keyed(name)).json["messageable"]
        assert told is (name in writers and level != 0)


def test_a_built_in_group_becomes_messageable_by_its_level(forum: Forum) -> None:
    assert send(forum, to="admins").reason == "message.recipients_unknown"
    answer = forum.put("/groups/1.json", json={"group": {"messageable_level": 99}}, headers=forum.keyed())
    assert answer.status == 200
    assert people(forum, sent(forum, to="@admins")) == (["mary"], ["admins"])


def test_a_message_has_at_most_so_many_recipients_unless_staff_writes_it(forum: Forum) -> None:
    names = ",".join(f"p{number:02}" for number in range(31))
    for name in names.split(","):
        forum.given.user(name)
    answer = send(forum, to=names)
    assert (answer.status, answer.reason) == (422, "message.recipients_too_many")
    assert len(people(forum, sent(forum, by="admin", to=names))[0]) == 32


def test_a_user_begins_only_so_many_messages_a_day(forum: Forum) -> None:
    forum.put(
        "/admin/site_settings/max_personal_messages_per_day.json",
        json={"max_personal_messages_per_day": 2},
        headers=forum.keyed(),
    )
    for number in range(2):
        sent(forum, raw=f"A message that is the number {number} of today.")
        forum.clock.advance(hours=1)
    refused = send(forum, raw="A message too many, which must wait.")
    assert (refused.status, refused.reason) == (429, "rate_limited")
    assert refused.headers["discourse-rate-limit-error-code"] == "pms_per_day"
    assert refused.headers["retry-after"] == str(22 * 3600)
    assert refused.json["extras"]["wait_seconds"] == 22 * 3600
    for number in range(3):
        sent(forum, by="admin", raw=f"Staff may write, and this is number {number}.")
    forum.clock.advance(hours=22)
    sent(forum, raw="A message too many, which had to wait.")


# -- lists ------------------------------------------------------------------------------------------
def test_lists_have_the_official_shape_and_name_who_takes_part(forum: Forum) -> None:
    topic_id = sent(forum, to="bobby,carla")
    for path, operation in (
        ("/topics/private-messages/bobby.json", "listUserPrivateMessages"),
        ("/topics/private-messages-sent/mary.json", "getUserSentPrivateMessages"),
    ):
        reader = path.split("/")[-1].removesuffix(".json")
        body = forum.get(path, headers=forum.keyed(reader)).json
        assert validate_discourse(operation, body) == [], path
        topic = body["topic_list"]["topics"][0]
        assert (topic["id"], topic["archetype"], topic["category_id"]) == (topic_id, "private_message", None)
        assert topic["allowed_user_count"] == 3
        names = {user["id"]: user["username"] for user in body["users"]}
        assert [names[face["user_id"]] for face in topic["participants"]] == [
            name for name in ("mary", "bobby", "carla") if name != reader
        ]
        assert "more_topics_url" not in body["topic_list"]


def test_a_message_is_in_the_inbox_of_its_recipients_and_in_what_its_author_sent(forum: Forum) -> None:
    topic_id = sent(forum)
    assert listed(forum, "/bobby", by="bobby") == listed(forum, "-new/bobby", by="bobby") == [topic_id]
    assert listed(forum, "-sent/mary", by="mary") == [topic_id]
    assert listed(forum, "/mary", by="mary") == listed(forum, "-sent/bobby", by="bobby") == []
    reply(forum, topic_id, by="bobby")
    assert listed(forum, "/mary", by="mary") == listed(forum, "-sent/bobby", by="bobby") == [topic_id]
    assert listed(forum, "-unread/mary", by="mary") == [topic_id]
    assert listed(forum, "-new/bobby", by="bobby") == listed(forum, "-unread/bobby", by="bobby") == []
    assert listed(forum, "/carla", by="carla") == []


def test_pages_of_messages_follow_each_other(forum: Forum) -> None:
    made = [
        sent(forum, by="admin", to="bobby", title=f"Word number {number}", raw=f"Sentence number {number} of many.")
        for number in range(32)
    ]
    first = forum.get("/topics/private-messages/bobby.json", headers=forum.keyed("bobby")).json
    more = first["topic_list"]["more_topics_url"]
    assert more == "/topics/private-messages/bobby?page=1"
    second = forum.get(more.replace("?", ".json?"), headers=forum.keyed("bobby")).json
    seen = [topic["id"] for body in (first, second) for topic in body["topic_list"]["topics"]]
    assert seen == made[::-1]
    assert "more_topics_url" not in second["topic_list"]
    few = forum.get("/topics/private-messages/bobby.json?per_page=5&page=1", headers=forum.keyed("bobby")).json
    assert [topic["id"] for topic in few["topic_list"]["topics"]] == made[::-1][5:10]


@pytest.mark.parametrize("kind", ["", "-sent", "-archive", "-new", "-unread"])
def test_lists_of_others_are_absent_but_for_admins(forum: Forum, kind: str) -> None:
    forum.given.user("modesta", moderator=True)
    sent(forum)
    path = f"/topics/private-messages{kind}/mary.json"
    absent = forum.get(f"/topics/private-messages{kind}/nobody.json", headers=forum.keyed("carla"))
    for name in ("carla", "modesta"):
        answer = forum.get(path, headers=forum.keyed(name))
        assert (answer.status, answer.body, answer.reason) == (404, absent.body, "not_found")
    own_only = kind in ("-new", "-unread")
    assert forum.get(path, headers=forum.keyed("admin")).status == (404 if own_only else 200)
    assert (forum.get(path).status, forum.get(path).reason) == (403, "not_logged_in")


@pytest.mark.parametrize("query", ["page=x", "page=-1", "per_page=0", "page=999999999999999999999"])
def test_a_page_that_is_none_is_refused(forum: Forum, query: str) -> None:
    assert forum.get(f"/topics/private-messages/mary.json?{query}", headers=forum.keyed("mary")).status == 400


def test_official_warnings_do_not_exist(forum: Forum) -> None:
    assert forum.get("/topics/private-messages-warnings/mary.json", headers=forum.keyed("mary")).status == 404


# -- archive ----------------------------------------------------------------------------------------
def test_an_archived_message_leaves_one_inbox_until_somebody_writes(forum: Forum) -> None:
    topic_id = sent(forum)
    reply(forum, topic_id, by="bobby")
    for _ in range(2):
        answer = forum.put(f"/t/{topic_id}/archive-message.json", headers=forum.keyed("mary"))
        assert (answer.status, answer.body) == (200, b"")
    assert listed(forum, "/mary", by="mary") == listed(forum, "-sent/mary", by="mary") == []
    assert listed(forum, "-archive/mary", by="mary") == [topic_id]
    assert listed(forum, "/bobby", by="bobby") == [topic_id]
    assert forum.get(f"/t/{topic_id}.json", headers=forum.keyed("mary")).json["message_archived"] is True
    assert forum.get(f"/t/{topic_id}.json", headers=forum.keyed("bobby")).json["message_archived"] is False
    assert forum.put(f"/t/{topic_id}/move-to-inbox.json", headers=forum.keyed("mary")).body == b""
    assert listed(forum, "/mary", by="mary") == [topic_id]
    forum.put(f"/t/{topic_id}/archive-message.json", headers=forum.keyed("mary"))
    reply(forum, topic_id, by="bobby", raw="And one more answer to it.")
    assert listed(forum, "/mary", by="mary") == [topic_id]
    assert listed(forum, "-archive/mary", by="mary") == []


def test_a_muted_message_stays_archived(forum: Forum) -> None:
    topic_id = sent(forum)
    forum.post(f"/t/{topic_id}/notifications.json", json={"notification_level": 0}, headers=forum.keyed("bobby"))
    forum.put(f"/t/{topic_id}/archive-message.json", headers=forum.keyed("bobby"))
    reply(forum, topic_id, by="mary", raw="Are you there at all?")
    assert listed(forum, "-archive/bobby", by="bobby") == [topic_id]


@pytest.mark.parametrize("action", ["archive-message", "move-to-inbox"])
def test_only_messages_that_one_sees_are_archived(forum: Forum, action: str) -> None:
    message, topic = sent(forum), forum.given.topic().post.topic_id
    assert forum.put(f"/t/{message}/{action}.json", headers=forum.keyed("carla")).status == 404
    assert forum.put(f"/t/99999/{action}.json", headers=forum.keyed("carla")).status == 404
    answer = forum.put(f"/t/{topic}/{action}.json", headers=forum.keyed("carla"))
    assert (answer.status, answer.reason) == (422, "message.not_a_message")
    assert forum.put(f"/t/{message}/{action}.json").status == 403


# -- groups -----------------------------------------------------------------------------------------
def test_a_group_s_message_is_in_the_group_s_inbox_and_archive(forum: Forum) -> None:
    group(forum, messageable_level=99, usernames="bobby,carla")
    topic_id = sent(forum, to="cooks")
    for name in ("bobby", "carla"):
        assert listed(forum, f"-group/{name}/cooks", by=name) == [topic_id]
        assert listed(forum, f"-group/{name}/COOKS/new", by=name) == [topic_id]
        assert listed(forum, f"/{name}", by=name) == []
    assert forum.get("/g/cooks.json", headers=forum.keyed()).json["group"]["has_messages"] is True
    answer = forum.put(f"/t/{topic_id}/archive-message.json", headers=forum.keyed("bobby"))
    assert answer.json == {"group_name": "cooks"}
    assert listed(forum, "-group/carla/cooks", by="carla") == []
    assert listed(forum, "-group/carla/cooks/archive", by="carla") == [topic_id]
    reply(forum, topic_id, by="mary", raw="Is anybody there, please?")
    assert listed(forum, "-group/carla/cooks", by="carla") == [topic_id]
    assert listed(forum, "-group/admin/cooks", by="admin") == [topic_id]


def test_a_member_who_answers_for_the_group_does_not_join_by_name(forum: Forum) -> None:
    group(forum, messageable_level=99, usernames="bobby")
    topic_id = sent(forum, to="cooks")
    assert reply(forum, topic_id, by="bobby").status == 200
    assert people(forum, topic_id) == (["mary"], ["cooks"])
    assert reply(forum, topic_id, by="admin", raw="An admin joins by answering.").status == 200
    assert people(forum, topic_id) == (["admin", "mary"], ["cooks"])


@pytest.mark.parametrize("tail", ["", "/archive", "/new", "/unread"])
def test_a_group_s_messages_are_for_its_members(forum: Forum, tail: str) -> None:
    forum.given.user("modesta", moderator=True)
    group(forum, messageable_level=99, usernames="bobby")
    sent(forum, to="cooks")
    for name in ("carla", "modesta"):
        path = f"/topics/private-messages-group/{name}/cooks{tail}.json"
        assert forum.get(path, headers=forum.keyed(name)).status == 404
    path = f"/topics/private-messages-group/bobby/cooks{tail}.json"
    assert forum.get(path, headers=forum.keyed("carla")).status == 404
    assert forum.get("/topics/private-messages-group/bobby/ghosts.json", headers=forum.keyed("bobby")).status == 404


@pytest.mark.parametrize(("level", "shown"), [(0, 0), (1, 1), (2, 2), (3, 3), (4, 3)])
def test_members_follow_messages_to_their_group_as_it_says(forum: Forum, level: int, shown: int) -> None:
    group(forum, messageable_level=99, usernames="bobby", default_notification_level=level)
    topic_id = sent(forum, to="cooks")
    details = forum.get(f"/t/{topic_id}.json", headers=forum.keyed("bobby")).json["details"]
    assert details["notification_level"] == shown


def test_a_member_s_own_level_for_a_group_counts_more(forum: Forum) -> None:
    group(forum, messageable_level=99, usernames="bobby,carla", default_notification_level=3)
    forum.post("/groups/cooks/notifications.json", json={"notification_level": 1}, headers=forum.keyed("bobby"))
    topic_id = sent(forum, to="cooks")
    for name, level in (("bobby", 1), ("carla", 3)):
        details = forum.get(f"/t/{topic_id}.json", headers=forum.keyed(name)).json["details"]
        assert details["notification_level"] == level
    refused = forum.post(
        "/groups/cooks/notifications.json", json={"notification_level": 1}, headers=forum.keyed("mary")
    )
    assert (refused.status, refused.reason) == (403, "not_allowed")


# -- tags -------------------------------------------------------------------------------------------
def test_tags_on_messages_are_for_the_groups_that_the_site_names(forum: Forum) -> None:
    path = "/topics/private-messages-tags/admin/walnut.json"
    untagged = sent(forum, by="admin", to="mary", tags=["walnut"])
    assert forum.get(f"/t/{untagged}.json", headers=forum.keyed()).json["tags"] == []
    assert forum.get(path, headers=forum.keyed()).status == 404
    forum.put(
        "/admin/site_settings/pm_tags_allowed_for_groups.json",
        json={"pm_tags_allowed_for_groups": "1"},
        headers=forum.keyed(),
    )
    tagged = sent(forum, by="admin", to="mary", title="A tagged word", tags=["walnut"])
    assert listed(forum, "-tags/admin/walnut", by="admin") == [tagged]
    assert forum.get("/topics/private-messages-tags/mary/walnut.json", headers=forum.keyed("mary")).status == 404
    assert forum.get("/tag/walnut.json", headers=forum.keyed()).json["topic_list"]["topics"] == []
