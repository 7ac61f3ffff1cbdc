"""Making accounts: recipe 6 of the cookbook, what it refuses, and asking beforehand."""

from __future__ import annotations

import pytest

from tertulia.testing.forum import Forum
from tests.contract.shapes import validate_discourse

MARY = {
    "name": "Mary Contrary",
    "email": "mary@example.com",
    "password": "sup3r-long-passphrase",
    "username": "mary",
    "active": True,
    "approved": True,
}


@pytest.mark.parametrize("path", ["/users.json", "/users", "/u.json", "/u"])
def test_an_admin_makes_an_account_that_can_be_used_at_once(forum: Forum, path: str) -> None:
    answer = forum.post(path, json=MARY, headers=forum.keyed())
    assert answer.status == 200
    assert answer.json["success"] is True
    assert answer.json["active"] is True
    assert validate_discourse("createUser", answer.json) == []
    user = forum.get(f"/admin/users/{answer.json['user_id']}.json", headers=forum.keyed()).json
    assert (user["username"], user["active"], user["name"]) == ("mary", True, "Mary Contrary")


def test_forms_make_the_same_account_as_json(forum: Forum) -> None:
    answer = forum.post("/users", form={**MARY, "active": "true", "approved": "true"}, headers=forum.keyed())
    assert (answer.json["success"], answer.json["active"]) == (True, True)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"username": "admin"}, "username"),
        ({"username": "ab"}, "username"),
        ({"username": "mary .."}, "username"),
        ({"username": "m" * 61}, "username"),
        ({"username": "support"}, "username"),
        ({"email": "admin@example.org"}, "email"),
        ({"email": "no address"}, "email"),
        ({"email": "x@mailinator.com"}, "email"),
        ({"password": "short"}, "password"),
        ({"password": "mary"}, "password"),
        ({"password": "p" * 300}, "password"),
    ],
)
def test_a_refusal_is_200_with_the_field_that_is_wrong_and_makes_nobody(
    forum: Forum, changes: dict[str, object], field: str
) -> None:
    answer = forum.post("/users.json", json={**MARY, **changes}, headers=forum.keyed())
    assert answer.status == 200
    assert answer.json["success"] is False
    assert list(answer.json["errors"]) == [field]
    assert answer.json["message"]
    assert "password" not in answer.json["values"]
    assert answer.reason is not None
    assert len(forum.get("/admin/users/list/all.json", headers=forum.keyed()).json) == 1


def test_every_broken_rule_is_told_at_once(forum: Forum) -> None:
    bad = {**MARY, "username": "x", "email": "y", "password": "z"}
    assert set(forum.post("/users.json", json=bad, headers=forum.keyed()).json["errors"]) == {
        "username", "email", "password",
    }  # fmt: skip


@pytest.mark.parametrize("name", ["username", "email"])
def test_a_missing_field_is_named(forum: Forum, name: str) -> None:
    body = {key: value for key, value in MARY.items() if key != name}
    answer = forum.post("/users.json", json=body, headers=forum.keyed())
    assert (answer.status, answer.json) == (400, {"errors": [f"param is missing or the value is empty: {name}"]})


@pytest.mark.parametrize(
    "body", [b"{", b"[]", b'{"username":"\xff"}', b'{"username":["a"],"email":"a@b.co"}', b'"x"', b"\x00"]
)
def test_a_body_that_is_no_set_of_fields_is_refused(forum: Forum, body: bytes) -> None:
    headers = {**forum.keyed(), "content-type": "application/json"}
    assert forum.request("POST", "/users.json", body=body, headers=headers).status == 400


def test_members_make_no_accounts(forum: Forum) -> None:
    forum.given.user("bobby")
    assert forum.post("/users.json", json=MARY, headers=forum.keyed("bobby")).status == 403
    assert forum.get("/u/mary.json", headers=forum.keyed()).status == 404


def _browser(forum: Forum) -> tuple[dict[str, str], dict[str, str]]:
    """(headers with cookie and token, the two values against programs)."""
    answer = forum.get("/session/csrf.json")
    cookie = f"_forum_session={answer.cookies['_forum_session']}"
    headers = {"cookie": cookie, "x-csrf-token": answer.json["csrf"], "x-requested-with": "XMLHttpRequest"}
    marks = forum.get("/session/hp.json", headers={"cookie": cookie}).json
    return headers, {"password_confirmation": marks["value"], "challenge": marks["challenge"][::-1]}


def test_a_visitor_registers_an_account_that_waits_whatever_it_claims(forum: Forum) -> None:
    headers, marks = _browser(forum)
    answer = forum.post("/u.json", form={**MARY, **marks, "trust_level": 4, "admin": True}, headers=headers)
    assert (answer.json["success"], answer.json["active"]) == (True, False)
    user = forum.get("/admin/users/mary.json", headers=forum.keyed()).json
    assert (user["active"], user["admin"], user["trust_level"]) == (False, False, 0)


def test_a_visitor_without_token_or_marks_registers_nobody(forum: Forum) -> None:
    headers, marks = _browser(forum)
    assert forum.post("/u.json", form={**MARY, **marks}).body == b'["BAD CSRF"]'
    for wrong in ({}, {**marks, "challenge": marks["challenge"][::-1]}, {**marks, "password_confirmation": "x"}):
        assert forum.post("/u.json", form={**MARY, **wrong}, headers=headers).status == 403
    assert forum.get("/u/mary.json", headers=forum.keyed()).status == 404


# -- asking beforehand ------------------------------------------------------------------------------
@pytest.mark.parametrize("prefix", ["/u", "/users"])
def test_a_free_username_is_available_and_a_taken_one_gets_a_suggestion(forum: Forum, prefix: str) -> None:
    forum.given.user("mary")
    ask = f"{prefix}/check_username.json?username="
    assert forum.get(ask + "martha").json == {"available": True}
    taken = forum.get(ask + "Mary").json
    assert taken["available"] is False
    assert forum.get(ask + taken["suggestion"]).json == {"available": True}
    assert forum.get(ask + "a").json["errors"] == ["Username must be at least 3 characters"]
    assert forum.get(f"{prefix}/check_username.json").status == 400


def test_ones_own_name_counts_as_available(forum: Forum) -> None:
    forum.given.user("mary")
    ask = "/u/check_username.json?username=Mary"
    assert forum.get(ask, headers=forum.keyed("mary")).json == {"available": True}


def test_asking_about_an_address_does_not_tell_who_has_it(forum: Forum) -> None:
    ask = "/u/check_email.json?email="
    assert forum.get(ask + "admin@example.org").json == forum.get(ask + "free@example.org").json == {"success": "OK"}
    assert forum.get(ask + "nonsense").json["failed"] == "FAILED"
