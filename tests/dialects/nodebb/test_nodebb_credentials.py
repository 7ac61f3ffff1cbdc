"""Who asks: bearer tokens, signed tokens, cookie sessions with their token against forgery."""

from __future__ import annotations

import pytest

from tertulia.forum.keys.creating import create_key
from tertulia.forum.unit import Unit
from tertulia.model.actor import CredentialKind
from tertulia.model.keys import CreateKey, KeyScope, ScopeMode
from tertulia.testing.forum import Forum
from tests.dialects.nodebb.conftest import Browser, Headers
from tests.uploading import headers as sent_with
from tests.uploading import multipart

TOPIC = {"cid": 1, "title": "A topic by a client of the plugin", "content": "A text that is long enough for all."}
PASSWORD = "correct horse battery"


def test_the_quick_start_line_makes_a_topic(forum: Forum) -> None:
    answer = forum.post("/api/v1/topics", headers=forum.bearer(), form=TOPIC)
    assert answer.status == 200, answer
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    made = answer.json["payload"]["topicData"]
    assert (answer.json["code"], made["title"], made["uid"], made["cid"]) == ("ok", TOPIC["title"], 1, 1)
    page = forum.get(f"/api/topic/{made['slug']}").json
    assert page["posts"][0]["content"] == "<p>A text that is long enough for all.</p>"


@pytest.mark.parametrize("version", ["v1", "v2"])
@pytest.mark.parametrize("where", ["body", "query"])
def test_a_master_token_acts_for_the_named_user(forum: Forum, version: str, where: str) -> None:
    mary = forum.given.user("mary").id
    path = f"/api/{version}/topics" + (f"?_uid={mary}" if where == "query" else "")
    body = TOPIC | ({"_uid": mary} if where == "body" else {})
    answer = forum.post(path, headers=forum.bearer(forum.master_token), json=body)
    assert answer.json["payload"]["topicData"]["uid"] == mary


def test_a_master_token_has_the_rights_of_the_named_user_only(forum: Forum) -> None:
    mary = forum.given.user("mary").id
    body = {"_uid": mary, "username": "peter"}
    for path in ("/api/v1/users", "/api/v2/users", "/api/v3/users"):
        answer = forum.post(path, headers=forum.bearer(forum.master_token), json=body)
        assert (answer.status, answer.reason) == (403, "staff_only")


def test_a_user_token_ignores_the_named_user(forum: Forum, mary: Headers) -> None:
    answer = forum.post("/api/v3/ping", headers=mary, json={"_uid": 1})
    assert answer.json["response"]["uid"] != 1


def test_a_master_token_without_a_user_says_what_is_missing(forum: Forum) -> None:
    bearer = forum.bearer(forum.master_token)
    answer = forum.post("/api/v3/ping", headers=bearer)
    text = "A master token was received without a corresponding `_uid` in the request body"
    assert (answer.status, answer.json["status"]) == (400, {"code": "bad-request", "message": text})
    old = forum.post("/api/v1/ping", headers=bearer)
    assert (old.status, old.json["code"], old.json["params"]) == (400, "params-missing", {"0": "_uid"})


@pytest.mark.parametrize("named", ["abc", "", "-1", "99999999999999999999", "1 OR 1=1"])
def test_a_master_token_for_nobody_is_refused(forum: Forum, named: str) -> None:
    answer = forum.post("/api/v3/topics", headers=forum.bearer(forum.master_token), json=TOPIC | {"_uid": named})
    assert answer.status in (400, 401), answer


def test_a_master_token_for_an_unknown_user_is_refused(forum: Forum) -> None:
    answer = forum.post("/api/v3/ping?_uid=4711", headers=forum.bearer(forum.master_token))
    assert (answer.status, answer.reason) == (401, "credential.acting_user_unknown")


def test_ping_sends_back_what_it_got_and_the_user_as_it_was_written(forum: Forum) -> None:
    bearer = forum.bearer(forum.master_token)
    as_text = forum.post("/api/v3/ping", headers=bearer, form={"_uid": "1", "hello": "world"}).json["response"]
    assert as_text == {"uid": "1", "received": {"_uid": "1", "hello": "world"}}
    as_number = forum.post("/api/v3/ping", headers=bearer, json={"_uid": 1, "hello": "world"}).json["response"]
    assert as_number == {"uid": 1, "received": {"_uid": 1, "hello": "world"}}


def test_an_unknown_token_reads_as_a_guest_and_writes_nothing(forum: Forum) -> None:
    topic = forum.given.topic().post.topic_id
    unknown = forum.bearer("00000000-0000-4000-8000-000000000000")
    page = forum.get(f"/api/topic/{topic}", headers=unknown)
    assert (page.status, page.json["loggedIn"], page.json["loggedInUser"]["uid"]) == (200, False, 0)
    refused = forum.post("/api/v3/topics", headers=unknown, json=TOPIC)
    assert (refused.status, refused.json["status"]["code"]) == (401, "not-authorised")
    assert refused.reason == "credential.key_unknown"


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_the_plugin_refuses_an_unknown_token_everywhere(forum: Forum, version: str) -> None:
    answer = forum.get(f"/api/{version}/ping", headers=forum.bearer("nonsense"))
    assert (answer.status, answer.json["code"], answer.json["params"]) == (401, "not-authorised", {})


def test_a_key_of_the_other_api_means_nothing_here(forum: Forum) -> None:
    for secret in (forum.key,):
        assert forum.post("/api/v3/ping", headers=forum.bearer(secret)).status == 401
    assert forum.post("/api/v1/topics", headers=forum.keyed(), json=TOPIC).status == 401
    assert forum.get("/api/self", headers=forum.keyed()).status == 401


def test_a_wrong_path_with_a_key_of_the_other_api_names_the_right_one(forum: Forum) -> None:
    answer = forum.get("/api/v3/latest.json", headers=forum.keyed())
    assert answer.status == 404 and "/v3/latest.json" in answer.json["status"]["message"]


# -- cookie sessions ----------------------------------------------------------------------------------
def test_a_write_without_the_sessions_token_is_forbidden_even_for_guests(forum: Forum, browser: Browser) -> None:
    for path in ("/api/v3/topics", "/api/v3/ping"):
        guest = forum.post(path, json=TOPIC)
        assert (guest.status, guest.text, guest.reason) == (403, "Forbidden", "request.csrf_failed")
    forum.given.user("mary", password=PASSWORD)
    assert browser.log_in("mary", PASSWORD).status == 200
    refused = browser.request("POST", "/api/v3/topics", json=TOPIC)
    assert (refused.status, refused.headers["content-type"]) == (403, "text/plain; charset=utf-8")


def test_a_browser_logs_in_and_writes_with_its_token(forum: Forum, browser: Browser) -> None:
    mary = forum.given.user("mary", password=PASSWORD)
    answer = browser.log_in("mary", PASSWORD)
    assert (answer.json["response"]["uid"], answer.json["response"]["username"]) == (mary.id, "mary")
    assert browser.request("GET", "/api/config").json["uid"] == mary.id
    made = browser.request("POST", "/api/v3/topics", csrf=True, json=TOPIC)
    assert (made.status, made.json["response"]["uid"]) == (200, mary.id)
    token = browser.request("GET", "/api/config").json["csrf_token"]
    by_body = browser.request("POST", "/api/v3/ping", json={"_csrf": token})
    assert by_body.status == 200


def test_log_in_ends_the_guests_token(forum: Forum, browser: Browser) -> None:
    forum.given.user("mary", password=PASSWORD)
    before = browser.request("GET", "/api/config").json["csrf_token"]
    browser.log_in("mary", PASSWORD)
    refused = browser.request("POST", "/api/v3/topics", json=TOPIC, headers={"X-CSRF-Token": before})
    assert refused.status == 403


@pytest.mark.parametrize(("username", "password"), [("mary", "wrong"), ("nobody", PASSWORD), ("mary", "x" * 5000)])
def test_a_wrong_password_is_refused_in_the_same_words(
    forum: Forum, browser: Browser, username: str, password: str
) -> None:
    forum.given.user("mary", password=PASSWORD)
    answer = browser.log_in(username, password)
    assert (answer.status, answer.json["status"]["message"]) == (403, "Invalid login credentials")
    assert "_t" not in browser.cookies


def test_the_first_version_does_not_look_at_cookies(forum: Forum, browser: Browser) -> None:
    forum.given.user("mary", password=PASSWORD)
    browser.log_in("mary", PASSWORD)
    assert browser.request("POST", "/api/v1/topics", csrf=True, json=TOPIC).status == 401
    assert browser.request("POST", "/api/v2/topics", json=TOPIC).status == 403
    assert browser.request("POST", "/api/v2/topics", csrf=True, json=TOPIC).status == 200


# -- what a token must not do -------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "/api/v3/users/1/password", {"newPassword": "another password 1"}),
        ("POST", "/api/v3/users/1/tokens", {}),
        ("POST", "/api/v3/users/1/emails", {"email": "new@example.org"}),
        ("POST", "/api/v3/admin/tokens", {"uid": 0}),
        ("PUT", "/api/v3/groups/administrators/membership/1", {}),
    ],
)
def test_a_token_cannot_do_what_needs_a_fresh_log_in(forum: Forum, method: str, path: str, body: object) -> None:
    answer = forum.request(method, path, headers=forum.bearer(), json=body)
    assert (answer.status, answer.reason) == (401, "credential.kind_refused"), answer


def test_a_fresh_log_in_makes_a_token_and_answers_it(forum: Forum, browser: Browser) -> None:
    mary = forum.given.user("mary", password=PASSWORD).id
    browser.log_in("mary", PASSWORD)
    made = browser.request("POST", f"/api/v3/users/{mary}/tokens", csrf=True)
    token = made.json["response"]["token"]
    assert forum.post("/api/v3/ping", headers=forum.bearer(token)).json["response"]["uid"] == mary
    gone = browser.request("DELETE", f"/api/v3/users/{mary}/tokens/{token}", csrf=True)
    assert gone.status == 200
    assert forum.post("/api/v3/ping", headers=forum.bearer(token)).status == 401


def test_an_old_log_in_must_be_proved_again(forum: Forum, browser: Browser) -> None:
    mary = forum.given.user("mary", password=PASSWORD).id
    browser.log_in("mary", PASSWORD)
    forum.clock.advance(minutes=3)
    change = {"newPassword": "a wholly new password", "currentPassword": PASSWORD}
    path = f"/api/v3/users/{mary}/password"
    assert browser.request("PUT", path, csrf=True, json=change).status == 401
    wrong = browser.request("POST", "/api/v3/users/reauth/verify", csrf=True, json={"password": "wrong"})
    assert wrong.status == 403
    assert browser.request("PUT", path, csrf=True, json=change).status == 401
    proved = browser.request("POST", "/api/v3/users/reauth/verify", csrf=True, json={"password": PASSWORD})
    assert proved.json == {"verified": True}
    assert browser.request("PUT", path, csrf=True, json=change).status == 200
    assert Browser(forum).log_in("mary", "a wholly new password").status == 200


def test_nobody_makes_tokens_for_somebody_else(forum: Forum, browser: Browser) -> None:
    mary = forum.given.user("mary").id
    browser.log_in("admin", forum.admin_password)
    assert browser.request("POST", f"/api/v3/users/{mary}/tokens", csrf=True).status == 403


def test_an_administrator_makes_a_master_token(forum: Forum, browser: Browser) -> None:
    browser.log_in("admin", forum.admin_password)
    made = browser.request("POST", "/api/v3/admin/tokens", csrf=True, json={"uid": 0, "description": "Sync"})
    shown = made.json["response"]
    assert (shown["uid"], shown["description"]) == (0, "Sync")
    assert forum.post("/api/v3/ping?_uid=1", headers=forum.bearer(shown["secret"])).status == 200
    path = f"/api/v3/admin/tokens/{shown['tokenId']}"
    assert "secret" not in forum.get(path, headers=forum.bearer()).json["response"]
    assert forum.delete(path, headers=forum.bearer()).status == 200
    assert forum.post("/api/v3/ping?_uid=1", headers=forum.bearer(shown["secret"])).status == 401


def test_a_rolled_token_means_nothing_any_more(forum: Forum, browser: Browser) -> None:
    browser.log_in("admin", forum.admin_password)
    made = browser.request("POST", "/api/v3/admin/tokens", csrf=True, json={"uid": 1}).json["response"]
    path = f"/api/v3/admin/tokens/{made['tokenId']}/roll"
    assert forum.post(path, headers=forum.bearer()).status == 401
    rolled = browser.request("POST", path, csrf=True).json["response"]["secret"]
    assert forum.post("/api/v3/ping", headers=forum.bearer(rolled)).status == 200
    assert forum.post("/api/v3/ping", headers=forum.bearer(made["secret"])).status == 401


def test_a_read_only_token_reads(forum: Forum) -> None:
    async def create(unit: Unit) -> str:
        command = CreateKey(kind=CredentialKind.USER_TOKEN, user_id=1, scope_mode=int(ScopeMode.READ_ONLY))
        return (await create_key(unit, command)).secret or ""

    bearer = forum.bearer(forum.unit(create))
    assert forum.get("/api/self", headers=bearer).json["uid"] == 1
    for path in ("/api/v1/topics", "/api/v2/topics", "/api/v3/topics"):
        refused = forum.post(path, headers=bearer, json=TOPIC)
        assert (refused.status, refused.reason) == (401, "credential.scope_missing")


def test_a_key_with_scopes_opens_nothing_here(forum: Forum) -> None:
    async def create(unit: Unit) -> str:
        command = CreateKey(
            kind=CredentialKind.USER_TOKEN,
            user_id=1,
            scope_mode=int(ScopeMode.GRANULAR),
            scopes=(KeyScope(scope="topics:read"),),
        )
        return (await create_key(unit, command)).secret or ""

    answer = forum.get("/api/self", headers=forum.bearer(forum.unit(create)))
    assert (answer.status, answer.reason) == (401, "credential.scope_missing")


def test_the_ping_leaves_out_files_of_what_was_sent(forum: Forum) -> None:
    body = multipart(b"content", name="a.txt", field="files[]", said="words")
    answer = forum.post("/api/v3/ping", headers=sent_with(forum.bearer()), body=body)
    assert answer.status == 200 and answer.json["response"]["received"] == {"files": [], "said": "words"}
    body = multipart(b"content", name="a.txt", field="file", said="words")
    answer = forum.post("/api/v3/ping", headers=sent_with(forum.bearer()), body=body)
    assert answer.json["response"]["received"] == {"said": "words"}
