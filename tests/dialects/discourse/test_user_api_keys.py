"""User API keys: what each scope opens, revoking, and how profiles list them."""

from __future__ import annotations

import pytest

from tertulia.forum.keys.apps import list_apps
from tertulia.forum.keys.catalogue import PERSONAL_SCOPES
from tertulia.forum.keys.creating import create_key
from tertulia.forum.sites.sweeping import sweep
from tertulia.forum.unit import Unit
from tertulia.model.actor import CredentialKind
from tertulia.model.keys import CreateKey, KeyScope
from tertulia.testing.client import Response
from tertulia.testing.forum import Forum

INVALID = {
    "errors": ["You are not permitted to view the requested resource. The API username or key is invalid."],
    "error_type": "invalid_access",
}
LATEST, CURRENT, TAGS = ("GET", "/latest.json"), ("GET", "/session/current.json"), ("GET", "/tags.json")
LIKE = ("POST", "/post_actions.json")
NOTICES = (("GET", "/notifications.json"), ("GET", "/notifications/totals.json"))
WRITE_NOTICE = ("POST", "/notifications.json")
# Scope, what it opens, what it does not.
REACH: dict[str, tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]]] = {
    "read": ((LATEST, CURRENT, TAGS, *NOTICES), (LIKE, ("PUT", "/u/mary.json"), ("DELETE", "/t/1.json"))),
    "write": ((LATEST, CURRENT, TAGS, LIKE), ()),
    "message_bus": ((), (LATEST, CURRENT, LIKE)),
    "push": ((), (LATEST, CURRENT, LIKE)),
    "one_time_password": ((), (LATEST, CURRENT, LIKE)),
    "notifications": ((*NOTICES, ("PUT", "/notifications/mark-read.json")), (LATEST, CURRENT, LIKE, WRITE_NOTICE)),
    "session_info": ((CURRENT,), (LATEST, TAGS, LIKE, *NOTICES)),
    "bookmarks_calendar": ((), (LATEST, CURRENT, LIKE)),
    "user_status": ((), (LATEST, CURRENT, LIKE)),
}


@pytest.fixture
def member(forum: Forum) -> Forum:
    """A forum in which mary is a member."""
    forum.given.user("mary")
    return forum


def using(secret: str, **more: str) -> dict[str, str]:
    return {"User-Api-Key": secret, **{name.replace("_", "-"): value for name, value in more.items()}}


def apps_of(forum: Forum, headers: dict[str, str], username: str = "mary") -> object:
    return forum.get(f"/u/{username}.json", headers=headers).json["user"].get("user_api_keys", "left out")


def revoke(forum: Forum, headers: dict[str, str], **fields: object) -> Response:
    return forum.post("/user-api-key/revoke.json", json=fields, headers=headers)


def test_every_scope_is_tested() -> None:
    assert set(REACH) == set(PERSONAL_SCOPES)


@pytest.mark.parametrize("scope", list(REACH))
def test_a_scope_opens_its_routes_and_no_others(member: Forum, scope: str) -> None:
    post_id = member.given.topic().post.id
    headers = using(member.given.user_api_key("mary", scope))
    opened, closed = REACH[scope]
    for method, path in opened:
        body = {"id": post_id, "post_action_type_id": 2} if method == "POST" else None
        assert member.request(method, path, json=body, headers=headers).status == 200, path
    for method, path in closed:
        refused = member.request(method, path, json={"id": 1} if method != "GET" else None, headers=headers)
        assert (refused.status, refused.json, refused.reason) == (403, INVALID, "credential.scope_missing"), path


@pytest.mark.parametrize("scope", list(REACH))
def test_every_key_revokes_itself(member: Forum, scope: str) -> None:
    headers = using(member.given.user_api_key("mary", scope))
    answer = revoke(member, headers)
    assert (answer.status, answer.json) == (200, {"success": "OK"})
    again = member.get("/latest.json", headers=headers)
    assert (again.status, again.json, again.reason) == (403, INVALID, "credential.key_revoked")


def test_the_key_acts_for_its_owner_under_either_name_of_the_client_header(member: Forum) -> None:
    secret = member.given.user_api_key("mary")
    for headers in (using(secret), using(secret, User_Api_Client="a"), using(secret, User_Api_Client_Id="b")):
        answer = member.get("/session/current.json", headers=headers)
        assert answer.json["current_user"]["username"] == "mary"
        assert answer.headers["x-discourse-username"] == "mary"


@pytest.mark.parametrize("secret", ["", "0" * 32, "x" * 2000, "\u00e9"])
def test_an_unknown_key_is_refused_as_wrong(member: Forum, secret: str) -> None:
    refused = member.get("/latest.json", headers=using(secret))
    assert (refused.status, refused.json, refused.reason) == (403, INVALID, "credential.key_unknown")


def test_an_admin_key_is_no_user_key_and_the_other_way_round(member: Forum) -> None:
    assert member.get("/latest.json", headers=using(member.key)).status == 403
    headers = {"Api-Key": member.given.user_api_key("mary"), "Api-Username": "mary"}
    assert member.get("/latest.json", headers=headers).status == 403


def test_a_user_key_reaches_nothing_under_admin_unless_a_setting_says_so(forum: Forum) -> None:
    headers = using(forum.given.user_api_key("admin"))
    refused = forum.get("/admin/users/1.json", headers=headers)
    assert (refused.status, refused.json["error_type"], refused.reason) == (
        403, "invalid_access", "credential.kind_refused",
    )  # fmt: skip
    forum.put("/admin/site_settings/allow_user_api_keys_on_admin.json",
              form={"allow_user_api_keys_on_admin": "true"}, headers=forum.keyed())  # fmt: skip
    assert forum.get("/admin/users/1.json", headers=headers).status == 200
    forum.given.user("mary")
    assert forum.get("/admin/users/1.json", headers=using(forum.given.user_api_key("mary"))).status == 404
    reads = using(forum.given.user_api_key("admin", "read"))
    assert forum.put("/admin/users/1/suspend.json", json={}, headers=reads).status == 403


def test_a_program_that_calls_itself_otherwise_is_bound_to_the_key(member: Forum) -> None:
    secret = member.given.user_api_key("mary")

    async def client(unit: Unit) -> str:
        (app,) = await list_apps(unit, unit.actor.user_id or 0)
        return app.key.client_id

    for headers, bound in (
        (using(secret), ""),
        (using(secret, User_Api_Client_Id="my\tphone"), "myphone"),
        (using(secret), "myphone"),
        (using(secret, User_Api_Client="tablet" + "x" * 5000), "tablet" + "x" * 249),
    ):
        assert member.get("/latest.json", headers=headers).status == 200
        assert member.unit(client, username="mary") == bound
    (app,) = apps_of(member, member.keyed("mary"))
    assert app["application_name"] == "given"


def test_a_profile_lists_the_keys_of_its_owner_to_the_owner_and_to_admins(member: Forum) -> None:
    assert apps_of(member, member.keyed("mary")) is None
    first = member.given.user_api_key("mary", "read", "notifications")
    member.given.user_api_key("mary", "write")
    member.clock.advance(minutes=5)
    member.get("/latest.json", headers=using(first))
    member.given.user("bob")
    member.given.user("modesta", moderator=True)
    for who in ("mary", "admin"):
        found = apps_of(member, member.keyed(who))
        assert [app["scopes"] for app in found] == [
            ["Write and change everything that you can"],
            ["Read everything that you can", "Read notifications and mark them as read"],
        ]
        assert {frozenset(app) for app in found} == {
            frozenset(("id", "application_name", "scopes", "created_at", "last_used_at"))
        }
        assert first not in str(found)
    assert apps_of(member, member.keyed("modesta")) is None
    assert apps_of(member, member.keyed("bob")) == "left out"
    assert apps_of(member, {}) == "left out"


def test_the_owner_revokes_by_id_and_takes_it_back(member: Forum) -> None:
    secret = member.given.user_api_key("mary")
    (app,) = apps_of(member, member.keyed("mary"))
    member.given.user("bob")
    assert revoke(member, member.keyed("bob"), id=app["id"]).status == 404
    assert revoke(member, member.keyed("mary"), id=app["id"]).json == {"success": "OK"}
    assert member.get("/latest.json", headers=using(secret)).status == 403
    assert apps_of(member, member.keyed("mary")) is None
    undo = {"json": {"id": app["id"]}}
    assert member.post("/user-api-key/undo-revoke.json", **undo, headers=member.keyed("bob")).status == 404
    assert member.post("/user-api-key/undo-revoke.json", **undo, headers=member.keyed("mary")).json == {"success": "OK"}
    assert member.get("/latest.json", headers=using(secret)).status == 200


def test_what_an_admin_revoked_only_an_admin_gives_back(member: Forum) -> None:
    secret = member.given.user_api_key("mary")
    (app,) = apps_of(member, member.keyed("mary"))
    undo = {"json": {"id": app["id"]}}
    assert revoke(member, member.keyed(), id=app["id"]).status == 200
    assert revoke(member, member.keyed("mary"), id=app["id"]).status == 200
    assert member.post("/user-api-key/undo-revoke.json", **undo, headers=member.keyed("mary")).status == 403
    assert member.get("/latest.json", headers=using(secret)).status == 403
    assert member.post("/user-api-key/undo-revoke.json", **undo, headers=member.keyed()).status == 200
    assert member.get("/latest.json", headers=using(secret)).status == 200


def test_a_key_that_may_not_write_revokes_no_other(member: Forum) -> None:
    narrow, wide = member.given.user_api_key("mary", "read"), member.given.user_api_key("mary", "read", "write")
    second = max(app["id"] for app in apps_of(member, member.keyed("mary")))
    for each in (second, 999_999):
        answer = revoke(member, using(narrow), id=each)
        assert (answer.status, answer.reason) == (403, "credential.scope_missing")
    other = member.given.user_api_key("mary", "read")
    newest = max(app["id"] for app in apps_of(member, member.keyed("mary")))
    assert revoke(member, using(wide), id=newest).status == 200
    assert member.get("/latest.json", headers=using(other)).status == 403


@pytest.mark.parametrize("wrong", [{}, {"id": ""}, {"id": "x"}, {"id": 0}, {"id": 2**70}, {"id": [1]}, {"id": 999_999}])
def test_what_is_no_id_is_refused(member: Forum, wrong: dict[str, object]) -> None:
    for path in ("/user-api-key/revoke.json", "/user-api-key/undo-revoke.json"):
        status = member.post(path, json=wrong, headers=member.keyed("mary")).status
        missing = wrong.get("id") == 999_999 or (path.endswith("/revoke.json") and wrong.get("id") in (None, ""))
        assert status == (404 if missing else 400)


def test_keys_of_other_kinds_are_not_revoked_here(member: Forum) -> None:
    member.given.key("mary")
    found = member.get("/admin/api/keys.json", headers=member.keyed()).json["keys"]
    for key in found:
        assert revoke(member, member.keyed(), id=key["id"]).status == 404


def test_visitors_and_browsers_without_a_token_revoke_nothing(member: Forum) -> None:
    assert revoke(member, {}, id=1).json == ["BAD CSRF"]


def test_a_key_ends_when_it_was_said_to(member: Forum) -> None:
    mary = member.given.user("mary2")

    async def make(unit: Unit) -> str:
        command = CreateKey(
            kind=CredentialKind.USER_KEY, user_id=mary.id, scopes=(KeyScope("read"),), expires_at=unit.now + 60_000
        )
        return (await create_key(unit, command)).secret or ""

    headers = using(member.unit(make))
    assert member.get("/latest.json", headers=headers).status == 200
    member.clock.advance(seconds=61)
    refused = member.get("/latest.json", headers=headers)
    assert (refused.status, refused.json, refused.reason) == (403, INVALID, "credential.key_expired")


def test_keys_that_nobody_uses_are_revoked_after_half_a_year(member: Forum) -> None:
    unused, used = member.given.user_api_key("mary"), member.given.user_api_key("mary")
    member.clock.advance(days=100)
    assert member.get("/latest.json", headers=using(used)).status == 200
    member.clock.advance(days=100)
    member.unit(sweep)
    refused = member.get("/latest.json", headers=using(unused))
    assert (refused.status, refused.reason) == (403, "credential.key_revoked")
    assert member.get("/latest.json", headers=using(used)).status == 200


def test_a_suspended_owners_key_opens_nothing(member: Forum) -> None:
    headers = using(member.given.user_api_key("mary"))
    user_id = member.get("/u/mary.json", headers=member.keyed()).json["user"]["id"]
    body = {"suspend_until": "2090-01-01", "reason": "for this test"}
    assert member.put(f"/admin/users/{user_id}/suspend.json", json=body, headers=member.keyed()).status == 200
    refused = member.get("/latest.json", headers=headers)
    assert (refused.status, refused.json["error_type"]) == (403, "invalid_access")
