"""Profiles in Discourse's words: what whom is shown, and what a change keeps."""

from __future__ import annotations

import pytest

from tertulia.testing.forum import Forum
from tests.contract.shapes import validate_discourse


@pytest.mark.parametrize("path", ["/u/mary.json", "/users/mary.json", "/u/MARY.json", "/u/mary"])
def test_a_profile_is_found_under_every_spelling_of_its_address(forum: Forum, path: str) -> None:
    forum.given.user("mary")
    answer = forum.get(path, headers=forum.keyed())
    assert answer.status == 200
    assert answer.json["user"]["username"] == "mary"
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    assert validate_discourse("getUser", answer.json) == []


def test_usernames_may_hold_dots_and_end_like_a_file_is_not_confused_with_the_suffix(forum: Forum) -> None:
    forum.given.user("john.doe")
    assert forum.get("/u/john.doe.json").json["user"]["username"] == "john.doe"
    assert forum.get("/u/john.doe", headers={"accept": "application/json"}).json["user"]["username"] == "john.doe"


def test_a_visitor_sees_a_profile_without_what_is_private(forum: Forum) -> None:
    forum.given.user("mary")
    user = forum.get("/u/mary.json").json["user"]
    assert not {"email", "user_option", "muted_category_ids", "post_count", "locale"} & user.keys()
    assert user["can_edit"] is False


def test_only_the_owner_finds_an_address_in_a_profile(forum: Forum) -> None:
    forum.given.user("mary")
    forum.given.user("bobby")
    assert forum.get("/u/mary.json", headers=forum.keyed("mary")).json["user"]["email"] == "mary@example.org"
    for reader in ("admin", "bobby"):
        assert "email" not in forum.get("/u/mary.json", headers=forum.keyed(reader)).json["user"]


def test_addresses_are_told_to_staff_and_their_owner_only(forum: Forum) -> None:
    forum.given.user("mary")
    forum.given.user("bobby")
    for reader in ("admin", "mary"):
        answer = forum.get("/u/mary/emails.json", headers=forum.keyed(reader))
        assert answer.json["email"] == "mary@example.org"
        assert validate_discourse("getUserEmails", answer.json) == []
    refused = forum.get("/u/mary/emails.json", headers=forum.keyed("bobby"))
    assert refused.status == 403
    assert refused.json["error_type"] == "invalid_access"
    assert forum.get("/u/mary/emails.json").json["error_type"] == "not_logged_in"


@pytest.mark.parametrize("path", ["/u/nobody.json", "/u/nobody/card.json", "/u/nobody/summary.json"])
def test_an_unknown_username_is_not_found(forum: Forum, path: str) -> None:
    answer = forum.get(path)
    assert (answer.status, answer.json["error_type"], answer.reason) == (404, "not_found", "not_found")


def test_an_inactive_account_is_as_absent_for_members_as_an_unknown_one(forum: Forum) -> None:
    user = forum.given.user("mary")
    assert forum.put(f"/admin/users/{user.id}/deactivate.json", headers=forum.keyed()).status == 200
    hidden, absent = forum.get("/u/mary.json"), forum.get("/u/marx.json")
    assert (hidden.status, hidden.body, hidden.reason) == (absent.status, absent.body, absent.reason)
    assert forum.get("/u/mary.json", headers=forum.keyed()).status == 200


@pytest.mark.parametrize("name", ["%2e%2e", "..%2fadmin", "%00", "%ff", "a" * 300])
def test_tricks_with_a_username_in_the_path_find_nobody(forum: Forum, name: str) -> None:
    assert forum.get(f"/u/{name}.json").status == 404


def test_a_user_is_found_by_external_id(forum: Forum) -> None:
    body = {
        "username": "mary", "email": "mary@example.org", "name": "Mary", "password": "correct-horse-9",
        "external_ids": {"discourse_connect": "x7"}, "active": True,
    }  # fmt: skip
    assert forum.post("/users.json", json=body, headers=forum.keyed()).json["success"] is True
    for path in ("/u/by-external/x7.json", "/users/by-external/x7"):
        answer = forum.get(path, headers=forum.keyed())
        assert answer.json["user"]["username"] == "mary"
        assert validate_discourse("getUserExternalId", answer.json) == []
    assert forum.get("/u/by-external/x8.json", headers=forum.keyed()).status == 404


# -- changing ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("how", ["json", "form"])
def test_a_profile_is_changed_by_its_owner_in_either_encoding(forum: Forum, how: str) -> None:
    forum.given.user("mary")
    fields = {"name": "Mary Shelley", "bio_raw": "I **write**.", "location": "Geneva", "website": "https://a.example/x"}
    answer = forum.put("/u/mary.json", headers=forum.keyed("mary"), **{how: fields})
    assert answer.json["success"] == "OK"
    assert validate_discourse("updateUser", answer.json) == []
    user = forum.get("/u/mary.json").json["user"]
    assert {name: user[name] for name in ("name", "bio_raw", "location", "website", "website_name")} == {
        **fields, "website_name": "a.example",
    }  # fmt: skip
    assert "<strong>write</strong>" in user["bio_cooked"]


def test_a_change_leaves_alone_what_it_does_not_name(forum: Forum) -> None:
    forum.given.user("mary")
    forum.put("/u/mary.json", json={"bio_raw": "First."}, headers=forum.keyed("mary"))
    forum.put("/users/mary", json={"location": "Bath", "email_digests": True}, headers=forum.keyed("mary"))
    user = forum.get("/u/mary.json").json["user"]
    assert (user["bio_raw"], user["location"]) == ("First.", "Bath")


def test_nobody_changes_the_profile_of_somebody_else(forum: Forum) -> None:
    forum.given.user("mary")
    forum.given.user("bobby")
    for headers, status in ((forum.keyed("bobby"), 403), ({}, 403)):
        answer = forum.put("/u/mary.json", json={"name": "Stolen"}, headers=headers)
        assert answer.status == status
    assert forum.get("/u/mary.json").json["user"]["name"] == ""


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"name": "x" * 300}, 422),
        ({"website": "javascript:alert(1)"}, 422),
        ({"name": {"a": 1}}, 400),
        ({"name": ["a"]}, 400),
        ({"bio_raw": "x" * 100_000}, 422),
        ({"name": "a\x00b"}, 400),
    ],
)
def test_a_bad_field_is_refused_and_the_good_ones_beside_it_are_not_written(
    forum: Forum, fields: dict[str, object], status: int
) -> None:
    forum.given.user("mary")
    answer = forum.put("/u/mary.json", json={"location": "Bath", **fields}, headers=forum.keyed("mary"))
    assert answer.status == status
    assert answer.json["errors"]
    assert "location" not in forum.get("/u/mary.json").json["user"]


def test_staff_rename_anybody_and_members_themselves_only(forum: Forum) -> None:
    forum.given.user("mary")
    forum.given.user("bobby")
    path = "/u/mary/preferences/username.json"
    assert forum.put(path, json={"new_username": "stolen"}, headers=forum.keyed("bobby")).status == 403
    answer = forum.put(path, json={"new_username": "maria"}, headers=forum.keyed())
    assert answer.json["username"] == "maria"
    assert forum.get("/u/mary.json").status == 404
    taken = forum.put("/u/maria/preferences/username", form={"new_username": "BOBBY"}, headers=forum.keyed())
    assert (taken.status, taken.json["errors"]) == (422, ["Username must be unique"])
    missing = forum.put("/u/maria/preferences/username.json", json={}, headers=forum.keyed())
    assert (missing.status, missing.json) == (
        400, {"errors": ["param is missing or the value is empty: new_username"]},
    )  # fmt: skip


def test_a_changed_address_is_answered_with_nothing_but_a_content_type(forum: Forum) -> None:
    forum.given.user("mary")
    answer = forum.put("/u/mary/preferences/email.json", json={"email": "m@example.org"}, headers=forum.keyed())
    assert (answer.status, answer.body) == (200, b"")
    # pydiscourse fails without a content type, and on an empty body that claims to be JSON.
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert forum.get("/u/mary/emails.json", headers=forum.keyed()).json["email"] == "m@example.org"
    moderator = forum.given.user("mona", moderator=True)
    refused = forum.put(
        "/u/mary/preferences/email.json", json={"email": "x@example.org"}, headers=forum.keyed(moderator.username)
    )
    assert refused.status == 403


# -- finding ----------------------------------------------------------------------------------------
def test_people_are_found_by_the_beginning_of_their_name(forum: Forum) -> None:
    forum.given.user("mary")
    forum.given.user("martha")
    forum.given.user("bobby")
    found = forum.get("/u/search/users.json?term=mar").json["users"]
    assert {user["username"] for user in found} == {"mary", "martha"}
    assert found[0].keys() == {"id", "username", "name", "avatar_template"}
    assert len(forum.get("/u/search/users.json?term=mar&limit=1").json["users"]) == 1
    assert forum.get("/u/search/users.json").json == {"users": []}


def test_cards_of_several_people_are_asked_for_by_id(forum: Forum) -> None:
    mary = forum.given.user("mary")
    users = forum.get(f"/user-cards.json?user_ids={mary.id},1,999999").json["users"]
    assert [user["username"] for user in users] == ["mary", "admin"]


def test_what_somebody_did_is_listed_by_kind(forum: Forum) -> None:
    forum.given.user("mary")
    post = forum.given.topic("A topic that Mary has made herself", by="mary").post
    forum.given.reply(post.topic_id, by="mary")
    forum.given.reply(post.topic_id, by="admin")

    def kinds(query: str) -> list[int]:
        answer = forum.get(f"/user_actions.json?username=mary{query}")
        assert validate_discourse("listUserActions", answer.json) == []
        return [action["action_type"] for action in answer.json["user_actions"]]

    assert kinds("&filter=4") == [4]
    assert kinds("&filter=5") == [5]
    assert kinds("&filter=4,5") == kinds("") == [5, 4]
    assert kinds("&offset=1") == [4]
    assert kinds("&filter=1") == []
    assert forum.get("/user_actions.json").status == 400
    assert forum.get("/user_actions.json?username=nobody").status == 404


def test_the_newest_posts_of_somebody_are_an_array(forum: Forum) -> None:
    forum.given.user("mary")
    post = forum.given.topic("A topic that Mary has made herself", by="mary").post
    reply = forum.given.reply(post.topic_id, by="mary").post
    forum.given.reply(post.topic_id)
    assert [each["id"] for each in forum.get("/u/mary/activity.json").json] == [reply.id, post.id]


def test_a_summary_has_the_numbers_and_the_best_topics(forum: Forum) -> None:
    forum.given.user("mary")
    post = forum.given.topic("A topic that Mary has made herself", by="mary").post
    forum.given.reply(post.topic_id, by="mary")
    answer = forum.get("/u/mary/summary.json").json
    assert answer["user_summary"]["topic_count"] == 1
    assert [topic["id"] for topic in answer["topics"]] == [post.topic_id]
    assert [reply["post_number"] for reply in answer["user_summary"]["replies"]] == [2]


def test_the_directory_needs_a_period_and_pages_to_ten(forum: Forum) -> None:
    forum.given.user("mary")
    answer = forum.get("/directory_items.json?period=all&order=username&asc=true")
    assert validate_discourse("listUsersPublic", answer.json) == []
    assert [item["user"]["username"] for item in answer.json["directory_items"]] == ["admin", "mary"]
    for query in ("", "?period=aeon", "?period=all&page=11", "?period=all&order=shoe_size", "?period=all&limit=51"):
        assert forum.get(f"/directory_items.json{query}").status == 400


def numbers(forum: Forum, query: str) -> dict[str, dict[str, int]]:
    answer = forum.get(f"/directory_items.json?{query}", headers=forum.keyed())
    assert answer.status == 200 and validate_discourse("listUsersPublic", answer.json) == []
    return {item["user"]["username"]: item for item in answer.json["directory_items"]}


PERIODS = ("daily", "weekly", "monthly", "quarterly", "yearly")


def test_the_directory_of_a_period_counts_what_happened_in_it(forum: Forum) -> None:
    forum.given.user("mary"), forum.given.user("john")
    old = forum.given.topic("A topic from long ago, half forgotten", by="mary").post
    forum.clock.advance(days=40)
    new = forum.given.topic("A topic of these days, quite new", by="mary").post
    forum.given.reply(new.topic_id, by="john")
    for post in (old, new):
        like = forum.post(
            "/post_actions.json", json={"id": post.id, "post_action_type_id": 2}, headers=forum.keyed("john")
        )
        assert like.status == 200
    forum.get(f"/t/{new.topic_id}.json?track_visit=true", headers=forum.keyed("john"))
    forum.clock.advance(days=3)
    names = ("likes_received", "likes_given", "topic_count", "post_count")
    found = {period: numbers(forum, f"period={period}") for period in (*PERIODS, "all")}
    shown = {period: {who: tuple(of[who][name] for name in names) for who in of} for period, of in found.items()}
    nothing = {"admin": (0, 0, 0, 0), "mary": (0, 0, 0, 0), "john": (0, 0, 0, 0)}
    assert shown["daily"] == nothing
    assert shown["weekly"] == shown["monthly"] == {**nothing, "mary": (2, 0, 1, 0), "john": (0, 2, 0, 1)}
    assert shown["quarterly"] == shown["yearly"] == {**nothing, "mary": (2, 0, 2, 0), "john": (0, 2, 0, 1)}


def test_the_directory_of_a_period_is_sorted_and_paged(forum: Forum) -> None:
    for name in ("mary", "john", "anna"):
        forum.given.user(name)
    topic = forum.given.topic("A topic that many people answer", by="mary").post.topic_id
    for _ in range(2):
        forum.given.reply(topic, by="john")
    forum.given.reply(topic, by="anna")
    assert list(numbers(forum, "period=weekly&order=post_count")) == ["john", "anna", "admin", "mary"]
    assert list(numbers(forum, "period=weekly&order=post_count&asc=true")) == ["admin", "mary", "anna", "john"]
    assert list(numbers(forum, "period=weekly&order=post_count&limit=1&page=1")) == ["anna"]
    assert list(numbers(forum, "period=weekly&name=NN")) == ["anna"]
    assert next(iter(numbers(forum, "period=all&order=topic_count"))) == "mary"
    meta = forum.get("/directory_items.json?period=weekly&order=post_count&limit=1").json["meta"]
    assert meta["total_rows_directory_items"] == 4
    more = "/directory_items.json?period=weekly&order=post_count&limit=1&page=1"
    assert meta["load_more_directory_items"] == more
    for query in ("period=weekly&order=username", "period=weekly&order=shoe_size", "period=weekly&page=11"):
        assert forum.get(f"/directory_items.json?{query}").status == 400


@pytest.mark.parametrize("period", ["all", "weekly"])
def test_the_directory_is_narrowed_to_people_and_groups(forum: Forum, period: str) -> None:
    for name in ("mary", "john", "anna"):
        forum.given.user(name)
    for group in (
        {"name": "cooks", "usernames": "mary,john"},
        {"name": "hidden", "usernames": "anna", "visibility_level": 4},
    ):
        assert forum.post("/admin/groups.json", json={"group": group}, headers=forum.keyed()).status == 200
    topic = forum.given.topic("A topic that many people answer", by="mary").post.topic_id
    forum.given.reply(topic, by="john")

    def shown(query: str) -> list[str]:
        return list(numbers(forum, f"period={period}&order=topic_count&{query}"))

    assert shown("group=cooks") == ["mary", "john"]
    assert shown("group=staff") == ["admin"]
    assert shown("username=MARY") == ["mary"] and shown("username=nobody") == []
    assert shown("exclude_usernames=mary,john") == ["admin", "anna"]
    assert shown("exclude_groups=cooks,nothing&name=a") == ["admin", "anna"]
    for group in ("nothing", "hidden"):
        assert forum.get(f"/directory_items.json?period={period}&group={group}").status == 400
    assert (
        forum.get(f"/directory_items.json?period={period}&exclude_groups=hidden").json["meta"][
            "total_rows_directory_items"
        ]
        == 4
    )


def test_the_directory_of_a_period_is_counted_again_after_five_minutes(forum: Forum) -> None:
    forum.given.user("mary")
    assert numbers(forum, "period=daily")["mary"]["topic_count"] == 0
    forum.given.topic("A topic that comes after counting", by="mary")
    assert numbers(forum, "period=daily")["mary"]["topic_count"] == 0
    forum.clock.advance(minutes=5)
    assert numbers(forum, "period=daily")["mary"]["topic_count"] == 1


def test_the_directory_of_a_period_does_not_count_messages(forum: Forum) -> None:
    forum.given.user("mary")
    body = {
        "title": "A word between us",
        "raw": "This is for you alone, dear friend.",
        "archetype": "private_message",
        "target_recipients": "mary",
    }
    assert forum.post("/posts.json", json=body, headers=forum.keyed()).status == 200
    found = numbers(forum, "period=daily")["admin"]
    assert (found["topic_count"], found["post_count"]) == (0, 0)
