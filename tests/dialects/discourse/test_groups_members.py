"""Groups: mentions per person, requests to be let in, the log, joining by oneself, what members wrote."""

from __future__ import annotations

import pytest

from tertulia.testing.forum import Forum
from tests.dialects.discourse.messages import group, listed, people


@pytest.fixture(autouse=True)
def everybody(forum: Forum) -> None:
    for name in ("mary", "bobby", "carla"):
        forum.given.user(name)


def cooked(forum: Forum, *, by: str, raw: str) -> str:
    return str(forum.given.topic(by=by, raw=raw).post.cooked)


# -- mentions ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("level", "may"),
    [
        (0, set()),
        (1, {"admin"}),
        (2, {"admin", "modesta"}),
        (3, {"admin", "modesta", "mary", "bobby"}),
        (4, {"admin", "modesta", "bobby"}),
        (99, {"admin", "modesta", "mary", "bobby", "carla"}),
    ],
)
def test_only_those_whom_the_level_lets_mention_a_group(forum: Forum, level: int, may: set[str]) -> None:
    forum.given.user("modesta", moderator=True)
    group(forum, mentionable_level=level, usernames="mary", owner_usernames="bobby")
    for name in ("admin", "modesta", "mary", "bobby", "carla"):
        html = cooked(forum, by=name, raw=f"Here is {name}, who calls @cooks to the kitchen.")
        assert ("mention-group" in html) is (name in may), (name, html)
        told = forum.get("/g/cooks/mentionable.json", headers=forum.keyed(name)).json
        assert told == {"mentionable": name in may}
    mentions = forum.get("/g/cooks/mentions.json", headers=forum.keyed()).json
    assert {post["username"] for post in mentions} == may


def test_an_edit_changes_which_groups_a_post_mentions(forum: Forum) -> None:
    group(forum, mentionable_level=99)
    post = forum.given.topic(by="mary", raw="The kitchen is quiet, and nobody is called.").post
    for raw, count in (("Now the @cooks are called to the kitchen.", 1), ("And now nobody is called any more.", 0)):
        forum.put(f"/posts/{post.id}.json", json={"post": {"raw": raw}}, headers=forum.keyed("mary"))
        assert len(forum.get("/g/cooks/mentions.json").json) == count


# -- requests ---------------------------------------------------------------------------------------
def ask(forum: Forum, *, by: str = "mary", reason: str = "I cook every day.") -> object:
    return forum.post("/groups/cooks/request_membership.json", json={"reason": reason}, headers=forum.keyed(by))


def test_a_request_reaches_the_owners_as_a_message_and_waits(forum: Forum) -> None:
    group(forum, allow_membership_requests=True, owner_usernames="bobby")
    answer = forum.post("/g/cooks/request_membership", form={"reason": "I cook."}, headers=forum.keyed("mary"))
    assert answer.json["success"] == "OK"
    topic_id = listed(forum, "/bobby", by="bobby")[0]
    assert answer.json["relative_url"] == f"/t/membership-request-for-cooks/{topic_id}"
    assert people(forum, topic_id) == (["bobby", "mary"], [])
    again = forum.post("/g/cooks/request_membership.json", json={"reason": "Please."}, headers=forum.keyed("mary"))
    assert (again.status, again.reason) == (409, "group.requested_already")
    waiting = forum.get("/groups/cooks/members.json?requesters=true", headers=forum.keyed("bobby")).json
    assert waiting["meta"] == {"total": 1, "limit": 50, "offset": 0}
    assert [(each["username"], each["reason"]) for each in waiting["members"]] == [("mary", "I cook.")]
    for name in ("mary", "carla"):
        path = "/groups/cooks/members.json?requesters=true"
        assert forum.get(path, headers=forum.keyed(name)).status == 403


@pytest.mark.parametrize("accept", [True, False])
def test_an_owner_says_yes_or_no(forum: Forum, accept: bool) -> None:
    group_id = group(forum, allow_membership_requests=True, owner_usernames="bobby")
    ask(forum)
    mary = forum.get("/u/mary.json", headers=forum.keyed()).json["user"]["id"]
    path = f"/groups/{group_id}/handle_membership_request.json"
    body = {"user_id": mary, "accept": str(accept).lower()}
    for name in ("mary", "carla"):
        assert forum.put(path, json=body, headers=forum.keyed(name)).status == 403
    assert forum.put(path, json=body, headers=forum.keyed("bobby")).json == {"success": "OK"}
    names = [each["username"] for each in forum.get("/g/cooks/members.json").json["members"]]
    assert ("mary" in names) is accept
    assert len(listed(forum, "/mary", by="mary")) == int(accept)
    waiting = forum.get("/groups/cooks/members.json?requesters=true", headers=forum.keyed()).json
    assert waiting["members"] == []
    again = forum.put(path, json=body, headers=forum.keyed("bobby"))
    assert (again.status, again.reason) == (400, "request.parameter_invalid")


def test_requests_that_make_no_sense_are_refused(forum: Forum) -> None:
    group_id = group(forum, usernames="mary")
    path = "/groups/cooks/request_membership.json"
    closed = forum.post(path, json={"reason": "Please."}, headers=forum.keyed("carla"))
    assert (closed.status, closed.reason) == (400, "group.requests_closed")
    fields = {"group": {"allow_membership_requests": True}}
    forum.put(f"/groups/{group_id}.json", json=fields, headers=forum.keyed())
    assert forum.post(path, json={"reason": " "}, headers=forum.keyed("carla")).status == 400
    assert forum.post(path, json={"reason": "x" * 5001}, headers=forum.keyed("carla")).status == 422
    member = forum.post(path, json={"reason": "Please."}, headers=forum.keyed("mary"))
    assert (member.status, member.reason) == (422, "group.member_already")
    assert forum.post(path, json={"reason": "Please."}).status == 403
    absent = forum.post("/groups/ghosts/request_membership.json", json={"reason": "x"}, headers=forum.keyed("mary"))
    assert absent.status == 404


def test_without_owners_the_admins_are_asked(forum: Forum) -> None:
    group(forum, allow_membership_requests=True)
    ask(forum)
    assert people(forum, listed(forum, "-sent/mary", by="mary")[0]) == (["mary"], ["admins"])


# -- joining by oneself -----------------------------------------------------------------------------
def test_whoever_names_only_themselves_joins_an_open_group_and_leaves_it(forum: Forum) -> None:
    group_id = group(forum, public_admission=True, public_exit=True)
    path = f"/groups/{group_id}/members.json"
    assert forum.put(path, json={"usernames": "mary"}, headers=forum.keyed("mary")).json["usernames"] == ["mary"]
    for names in ("mary,carla", "carla", ""):
        refused = forum.put(path, json={"usernames": names}, headers=forum.keyed("bobby"))
        assert refused.status == (400 if not names else 403)
    assert forum.delete(path, json={"usernames": "mary"}, headers=forum.keyed("bobby")).status == 403
    assert forum.delete(path, json={"usernames": "mary"}, headers=forum.keyed("mary")).json["usernames"] == ["mary"]
    shut = group(forum, "bakers")
    answer = forum.put(f"/groups/{shut}/members.json", json={"usernames": "mary"}, headers=forum.keyed("mary"))
    assert (answer.status, answer.reason) == (403, "group.closed")


# -- the log ----------------------------------------------------------------------------------------
def test_owners_read_what_changed(forum: Forum) -> None:
    group_id = group(forum, owner_usernames="bobby")
    forum.put(f"/groups/{group_id}/members.json", json={"usernames": "mary"}, headers=forum.keyed("bobby"))
    forum.put(f"/groups/{group_id}/owners.json", json={"usernames": "mary"}, headers=forum.keyed())
    forum.put(f"/groups/{group_id}.json", json={"group": {"public_exit": True}}, headers=forum.keyed("bobby"))
    forum.delete(f"/groups/{group_id}/members.json", json={"usernames": "mary"}, headers=forum.keyed())
    answer = forum.get("/g/cooks/logs.json", headers=forum.keyed("bobby")).json
    told = [
        (line["action"], line["acting_user"]["username"], (line["target_user"] or {}).get("username"), line["subject"])
        for line in answer["logs"]
    ]
    assert told == [
        ("remove_user_from_group", "admin", "mary", None),
        ("change_group_setting", "bobby", None, "public_exit"),
        ("make_user_group_owner", "admin", "mary", None),
        ("add_user_to_group", "bobby", "mary", None),
        ("make_user_group_owner", "admin", "bobby", None),
        ("add_user_to_group", "admin", "bobby", None),
    ]
    assert answer["all_loaded"] is True
    assert (answer["logs"][1]["prev_value"], answer["logs"][1]["new_value"]) == ("false", "true")
    narrowed = forum.get("/g/cooks/logs.json?filters[acting_user]=bobby", headers=forum.keyed()).json["logs"]
    assert len(narrowed) == 2
    nobody = forum.get("/g/cooks/logs.json?filters[target_user]=nobody", headers=forum.keyed()).json["logs"]
    assert nobody == []
    for name in ("mary", "carla"):
        assert forum.get("/g/cooks/logs.json", headers=forum.keyed(name)).status == 403


def test_a_long_log_comes_in_pages_of_25(forum: Forum) -> None:
    group_id = group(forum)
    for number in range(13):
        for method in ("PUT", "DELETE"):
            path = f"/groups/{group_id}/members.json"
            forum.request(method, path, json={"usernames": "mary"}, headers=forum.keyed())
        assert number < 13
    first = forum.get("/g/cooks/logs.json", headers=forum.keyed()).json
    second = forum.get("/g/cooks/logs.json?offset=1", headers=forum.keyed()).json
    assert (len(first["logs"]), first["all_loaded"]) == (25, False)
    assert (len(second["logs"]), second["all_loaded"]) == (1, True)


# -- what members wrote -----------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["cooks", "trust_level_1"])
def test_posts_and_topics_of_members_are_listed_as_the_reader_sees_them(forum: Forum, name: str) -> None:
    group(forum, usernames="mary,bobby")
    hidden = forum.given.category("Kitchen", bundles={"staff": 1}).category.id
    topic = forum.given.topic(by="mary").post
    answer = forum.given.reply(topic.topic_id, by="bobby").post
    forum.given.topic(by="admin", category_id=hidden)
    forum.given.reply(topic.topic_id, by="admin")
    posts = forum.get(f"/g/{name}/posts.json").json
    ours = [post["id"] for post in posts if post["username"] in ("mary", "bobby")]
    assert ours == [answer.id, topic.id]
    assert (posts[-1]["user"]["username"], posts[-1]["topic"]["id"]) == ("mary", topic.topic_id)
    earlier = forum.get(f"/g/{name}/posts.json?before_post_id={answer.id}").json
    assert [post["id"] for post in earlier if post["username"] == "mary"] == [topic.id]
    elsewhere = forum.get(f"/g/{name}/posts.json?category_id={hidden}").json
    assert elsewhere == []
    found = forum.get(f"/topics/groups/{name}.json").json["topic_list"]["topics"]
    assert topic.topic_id in [each["id"] for each in found]
    assert all(each["category_id"] != hidden for each in found)


def test_what_members_wrote_is_not_told_to_those_who_may_not_know_them(forum: Forum) -> None:
    group(forum, usernames="mary", members_visibility_level=2)
    group(forum, "ghosts", usernames="mary", visibility_level=2)
    for path in ("/g/{}/posts.json", "/g/{}/mentions.json", "/topics/groups/{}.json"):
        assert forum.get(path.format("cooks"), headers=forum.keyed("carla")).status == 403
        assert forum.get(path.format("ghosts"), headers=forum.keyed("carla")).status == 404
        assert forum.get(path.format("cooks"), headers=forum.keyed("mary")).status == 200
        assert forum.get(path.format("ghosts"), headers=forum.keyed("mary")).status == 200


# -- the rest ---------------------------------------------------------------------------------------
def test_what_a_group_may_do_in_categories_is_told(forum: Forum) -> None:
    group(forum)
    made = forum.given.category("Kitchen", bundles={"cooks": 2, "everyone": 3}).category
    answer = forum.get("/g/cooks/permissions.json", headers=forum.keyed("mary")).json
    assert [(each["permission_type"], each["category"]["id"]) for each in answer] == [(2, made.id)]
    assert forum.get("/g/ghosts/permissions.json", headers=forum.keyed("mary")).status == 404


def test_a_name_for_a_group_is_checked(forum: Forum) -> None:
    group(forum)

    def check(name: str) -> object:
        return forum.get(f"/groups/check-name.json?group_name={name}", headers=forum.keyed("mary")).json

    assert check("bakers") == {"available": True}
    assert check("cooks")["available"] is False  # type: ignore[index]
    assert "errors" in check("a%20b")  # type: ignore[operator]
    assert forum.get("/groups/check-name.json", headers=forum.keyed("mary")).status == 400


def test_a_deleted_group_leaves_messages_to_its_people_and_nothing_else(forum: Forum) -> None:
    group_id = group(forum, mentionable_level=99, messageable_level=99, allow_membership_requests=True)
    ask(forum)
    forum.given.topic(by="mary", raw="The @cooks are called to the kitchen once more.")
    assert forum.delete(f"/admin/groups/{group_id}.json", headers=forum.keyed()).status == 200
    again = group(forum, mentionable_level=99, allow_membership_requests=True)
    assert again != group_id
    assert forum.get("/g/cooks/mentions.json").json == []
    assert forum.get("/groups/cooks/members.json?requesters=true", headers=forum.keyed()).json["members"] == []
    assert len(forum.get("/g/cooks/logs.json", headers=forum.keyed()).json["logs"]) == 0
