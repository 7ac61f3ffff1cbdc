"""What staff do with accounts."""

from __future__ import annotations

import pytest

from tertulia.testing.forum import Forum
from tests.contract.shapes import validate_discourse

UNTIL = "2121-02-22T10:00:00Z"


def usernames(forum: Forum, path: str) -> list[str]:
    answer = forum.get(path, headers=forum.keyed())
    assert answer.status == 200, answer
    assert validate_discourse("adminListUsersFlag", [drop(each) for each in answer.json]) == []
    return [user["username"] for user in answer.json]


def drop(user: dict[str, object]) -> dict[str, object]:
    """Without what is only there for suspended and silenced accounts."""
    return {name: value for name, value in user.items() if not name.startswith(("suspended", "silenced"))}


def test_accounts_are_listed_by_flag_name_and_address(forum: Forum) -> None:
    for name in ("mary", "martha"):
        forum.given.user(name)
    forum.given.user("mona", moderator=True)
    forum.put("/admin/users/martha/deactivate.json", headers=forum.keyed())
    assert set(usernames(forum, "/admin/users/list/all.json")) == {"admin", "mary", "martha", "mona"}
    assert usernames(forum, "/admin/users/list/active.json?order=username&asc=true") == ["admin", "mary", "mona"]
    assert set(usernames(forum, "/admin/users/list/staff.json")) == {"admin", "mona"}
    assert set(usernames(forum, "/admin/users.json?filter=ma")) == {"mary", "martha"}
    assert usernames(forum, "/admin/users/list/all.json?email=MARY@example.org") == ["mary"]
    assert usernames(forum, "/admin/users/list/all.json?page=2") == []
    assert usernames(forum, "/admin/users/list/all.json?page=1") == usernames(
        forum, "/admin/users/list/all.json?page=0"
    )


def test_addresses_are_in_the_list_only_when_asked_for(forum: Forum) -> None:
    listed = forum.get("/admin/users/list/all.json", headers=forum.keyed()).json
    assert "email" not in listed[0]
    shown = forum.get("/admin/users/list/all.json?show_emails=true", headers=forum.keyed()).json
    assert shown[0]["email"] == "admin@example.org"


@pytest.mark.parametrize(
    "path", ["/admin/users.json", "/admin/users/list/active.json", "/admin/users/1.json", "/admin/users/list/odd.json"]
)
def test_staff_routes_are_not_there_for_others(forum: Forum, path: str) -> None:
    forum.given.user("mary")
    for headers in (forum.keyed("mary"), {}):
        answer = forum.get(path, headers=headers)
        assert (answer.status, answer.json["error_type"], answer.reason) == (404, "not_found", "staff_only")


def test_an_unknown_flag_is_refused(forum: Forum) -> None:
    assert forum.get("/admin/users/list/odd.json", headers=forum.keyed()).status == 400


def test_an_account_is_read_by_id_and_by_username(forum: Forum) -> None:
    user = forum.given.user("mary")
    for path in (f"/admin/users/{user.id}.json", "/admin/users/mary.json", f"/admin/users/{user.id}/mary.json"):
        answer = forum.get(path, headers=forum.keyed())
        assert answer.json["id"] == user.id
        assert validate_discourse("adminGetUser", answer.json) == []
    for path in ("/admin/users/999999.json", "/admin/users/nobody.json", f"/admin/users/{2**70}.json"):
        assert forum.get(path, headers=forum.keyed()).status == 404


# -- suspending and silencing -----------------------------------------------------------------------
def test_a_suspended_user_can_do_nothing_until_it_is_taken_back(forum: Forum) -> None:
    user = forum.given.user("mary")
    path = f"/admin/users/{user.id}"
    body = {"suspend_until": UNTIL, "reason": "spam"}
    answer = forum.put(f"{path}/suspend.json", json=body, headers=forum.keyed())
    assert validate_discourse("suspendUser", answer.json) == []
    assert answer.json["suspension"]["suspended_till"] == "2121-02-22T10:00:00.000Z"
    assert answer.json["suspension"]["suspended_by"]["username"] == "admin"
    refused = forum.get("/session/current.json", headers=forum.keyed("mary"))
    assert (refused.status, refused.reason) == (403, "credential.user_suspended")
    again = forum.put(f"{path}/suspend.json", json=body, headers=forum.keyed())
    assert (again.status, again.json["failed"]) == (409, "FAILED")
    assert usernames(forum, "/admin/users/list/suspended.json") == ["mary"]
    back = forum.put(f"{path}/unsuspend", headers=forum.keyed())
    assert back.json["suspension"]["suspended_till"] is None
    assert forum.get("/session/current.json", headers=forum.keyed("mary")).status == 200


def test_a_silenced_user_reads_and_writes_nothing(forum: Forum) -> None:
    user = forum.given.user("mary")
    topic_id = forum.given.topic().post.topic_id
    body = {"silenced_till": UNTIL, "reason": "noise"}
    answer = forum.put(f"/admin/users/{user.id}/silence.json", json=body, headers=forum.keyed())
    assert validate_discourse("silenceUser", answer.json) == []
    reply = {"topic_id": topic_id, "raw": "This is what I wanted to say here."}
    assert forum.post("/posts.json", json=reply, headers=forum.keyed("mary")).status == 403
    assert forum.put(f"/admin/users/{user.id}/silence.json", json=body, headers=forum.keyed()).status == 409
    back = forum.put(f"/admin/users/{user.id}/unsilence.json", headers=forum.keyed())
    assert back.json["unsilence"]["silenced"] is False
    assert forum.post("/posts.json", json=reply, headers=forum.keyed("mary")).status == 200


@pytest.mark.parametrize(
    "body",
    [{}, {"reason": "spam"}, {"suspend_until": UNTIL}, {"suspend_until": UNTIL, "reason": " "},
     {"suspend_until": "someday", "reason": "spam"}, {"suspend_until": "1999-01-01", "reason": "spam"},
     {"suspend_until": [UNTIL], "reason": "spam"}, {"suspend_until": UNTIL, "reason": {"a": 1}},
     {"suspend_until": "99999999999999999999", "reason": "spam"}],
)  # fmt: skip
def test_a_suspension_needs_a_time_to_come_and_a_reason(forum: Forum, body: dict[str, object]) -> None:
    user = forum.given.user("mary")
    answer = forum.put(f"/admin/users/{user.id}/suspend.json", json=body, headers=forum.keyed())
    assert answer.status == 400, answer
    assert forum.get("/session/current.json", headers=forum.keyed("mary")).status == 200


def test_staff_are_not_suspended(forum: Forum) -> None:
    forum.given.user("mona", moderator=True)
    body = {"suspend_until": UNTIL, "reason": "spam"}
    for name in ("mona", "1", "-1"):
        assert forum.put(f"/admin/users/{name}/suspend.json", json=body, headers=forum.keyed()).status == 403


def test_older_clients_block_for_ever(forum: Forum) -> None:
    user = forum.given.user("mary")
    answer = forum.put(f"/admin/users/{user.id}/block", headers=forum.keyed())
    assert (answer.status, answer.headers["deprecation"]) == (200, "true")
    assert answer.json["silence"]["silenced"] is True


# -- what an account is -----------------------------------------------------------------------------
def test_accounts_are_deactivated_and_activated_by_username_too(forum: Forum) -> None:
    forum.given.user("mary")
    assert forum.put("/admin/users/mary/deactivate.json", json={}, headers=forum.keyed()).json == {"success": "OK"}
    assert forum.get("/session/current.json", headers=forum.keyed("mary")).reason == "credential.user_inactive"
    assert forum.put("/admin/users/mary/activate.json", headers=forum.keyed()).json == {"success": "OK"}
    assert forum.get("/session/current.json", headers=forum.keyed("mary")).status == 200


def test_approval_by_reading_is_for_keys_only(forum: Forum) -> None:
    user = forum.given.user("mary")
    path = f"/admin/users/{user.id}/approve.json"
    assert forum.get(path, headers=forum.keyed()).status == 200
    assert forum.put(path, headers=forum.keyed()).body == b""
    cookie = log_in(forum)
    assert forum.get(path, headers={"cookie": cookie}).status == 404


def log_in(forum: Forum) -> str:
    token = forum.get("/session/csrf.json")
    headers = {"cookie": f"_forum_session={token.cookies['_forum_session']}", "x-csrf-token": token.json["csrf"]}
    answer = forum.post("/session.json", json={"login": "admin", "password": forum.admin_password}, headers=headers)
    return f"_t={answer.cookies['_t']}; _forum_session={answer.cookies['_forum_session']}"


def test_admins_give_and_take_roles_and_moderators_do_not(forum: Forum) -> None:
    user = forum.given.user("mary")
    forum.given.user("mona", moderator=True)
    path = f"/admin/users/{user.id}"
    assert forum.put(f"{path}/grant_admin.json", headers=forum.keyed("mona")).status == 404
    assert forum.put(f"{path}/grant_admin", headers=forum.keyed()).json == {"success": "OK"}
    assert forum.get(f"{path}.json", headers=forum.keyed()).json["admin"] is True
    assert forum.put(f"{path}/revoke_admin", headers=forum.keyed()).json["admin"] is False
    assert forum.put(f"{path}/grant_moderation", headers=forum.keyed()).json["moderator"] is True
    assert forum.put(f"{path}/revoke_moderation", headers=forum.keyed()).json["moderator"] is False
    assert forum.put("/admin/users/1/revoke_admin", headers=forum.keyed()).status == 403


def test_a_trust_level_is_set_and_kept(forum: Forum) -> None:
    user = forum.given.user("mary")
    path = f"/admin/users/{user.id}"
    answer = forum.put(f"{path}/trust_level", form={"level": "3"}, headers=forum.keyed())
    assert answer.json["admin_user"]["trust_level"] == 3
    assert forum.put(f"{path}/trust_level_lock", form={"locked": "true"}, headers=forum.keyed()).body == b""
    assert forum.get(f"{path}.json", headers=forum.keyed()).json["manual_locked_trust_level"] == 3
    forum.put(f"{path}/trust_level_lock", form={"locked": "false"}, headers=forum.keyed())
    assert forum.get(f"{path}.json", headers=forum.keyed()).json["manual_locked_trust_level"] is None
    for form, status in (({"level": "9"}, 422), ({"level": "x"}, 400), ({}, 400)):
        assert forum.put(f"{path}/trust_level", form=form, headers=forum.keyed()).status == status
    assert forum.put(f"{path}/trust_level_lock", form={}, headers=forum.keyed()).status == 400


def test_admins_put_accounts_into_groups_and_take_them_out(forum: Forum) -> None:
    user = forum.given.user("mary")
    group = {"group": {"name": "cooks"}}
    group_id = forum.post("/admin/groups.json", json=group, headers=forum.keyed()).json["basic_group"]["id"]
    path = f"/admin/users/{user.id}"
    assert forum.post(f"{path}/groups", form={"group_id": group_id}, headers=forum.keyed()).body == b""
    assert "cooks" in [each["name"] for each in forum.get(f"{path}.json", headers=forum.keyed()).json["groups"]]
    primary = forum.put(f"{path}/primary_group", form={"primary_group_id": group_id}, headers=forum.keyed())
    assert primary.status == 200
    assert forum.get("/u/mary.json").json["user"]["primary_group_name"] == "cooks"
    assert forum.delete(f"{path}/groups/{group_id}.json", headers=forum.keyed()).status == 200
    assert forum.post(f"{path}/groups", form={"group_id": 3}, headers=forum.keyed()).status == 403
    assert forum.post(f"{path}/groups", form={}, headers=forum.keyed()).status == 400


# -- ending an account ------------------------------------------------------------------------------
def test_an_account_with_posts_is_deleted_only_with_them(forum: Forum) -> None:
    user = forum.given.user("mary")
    topic_id = forum.given.topic(by="mary").post.topic_id
    path = f"/admin/users/{user.id}.json"
    refused = forum.delete(path, headers=forum.keyed())
    assert (refused.status, refused.json["deleted"]) == (403, False)
    assert forum.delete(f"{path}?delete_posts=true", headers=forum.keyed()).json == {"deleted": True}
    assert forum.get(path, headers=forum.keyed()).status == 404
    assert forum.get(f"/t/{topic_id}.json").status == 404


def test_several_accounts_are_deleted_at_once_or_none(forum: Forum) -> None:
    mary, bobby = forum.given.user("mary"), forum.given.user("bobby")
    path = "/admin/users/destroy-bulk.json"
    refused = forum.delete(path, json={"user_ids": [mary.id, 1]}, headers=forum.keyed())
    assert refused.status == 403
    assert forum.get("/u/mary.json").status == 200
    assert forum.delete(path, json={"user_ids": [mary.id, bobby.id]}, headers=forum.keyed()).json == {"deleted": True}
    assert forum.get("/u/mary.json").status == 404
    assert forum.delete(path, json={}, headers=forum.keyed()).status == 400


def test_an_anonymous_account_keeps_its_posts_and_nothing_else(forum: Forum) -> None:
    user = forum.given.user("mary")
    post_id = forum.given.topic(by="mary").post.id
    answer = forum.put(f"/admin/users/{user.id}/anonymize.json", headers=forum.keyed())
    assert validate_discourse("anonymizeUser", answer.json) == []
    assert forum.get("/u/mary.json").status == 404
    assert forum.get(f"/posts/{post_id}.json").json["username"] == answer.json["username"]
    assert forum.get(f"/u/{answer.json['username']}/emails.json", headers=forum.keyed()).json["email"] == ""


def test_logging_somebody_out_ends_their_sessions(forum: Forum) -> None:
    cookie = log_in(forum)
    assert forum.get("/session/current.json", headers={"cookie": cookie}).status == 200
    assert forum.post("/admin/users/1/log_out", form={}, headers=forum.keyed()).json == {"success": "OK"}
    assert forum.get("/session/current.json", headers={"cookie": cookie}).status == 404
