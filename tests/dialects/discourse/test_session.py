"""Logging in and out of Discourse's way: cookie, token, and who one is."""

from __future__ import annotations

import pytest

from tertulia.testing.forum import Forum


class Browser:
    """Keeps cookies and the token, as a browser does."""

    def __init__(self, forum: Forum) -> None:
        self.forum = forum
        self.cookies: dict[str, str] = {}
        self.token = ""

    def headers(self) -> dict[str, str]:
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items() if value)
        return {"cookie": cookie, "x-csrf-token": self.token, "accept": "application/json"}

    def ask(self, method: str, path: str, **options: object):  # type: ignore[no-untyped-def]
        answer = self.forum.request(method, path, headers=self.headers(), **options)  # type: ignore[arg-type]
        self.cookies.update(answer.cookies)
        return answer

    def fetch_token(self) -> None:
        self.token = self.ask("GET", "/session/csrf.json").json["csrf"]

    def log_in(self, login: str, password: str):  # type: ignore[no-untyped-def]
        self.fetch_token()
        return self.ask("POST", "/session.json", form={"login": login, "password": password})


PASSWORD = "sup3r-long-passphrase"


@pytest.mark.parametrize("login", ["mary", "MARY", "mary@example.org", "@mary"])
def test_somebody_logs_in_by_name_or_address_and_out_again(forum: Forum, login: str) -> None:
    forum.given.user("mary", password=PASSWORD)
    browser = Browser(forum)
    answer = browser.log_in(login, PASSWORD)
    assert answer.json["user"]["username"] == "mary"
    assert answer.json["user"]["email"] == "mary@example.org"
    assert browser.ask("GET", "/session/current.json").json["current_user"]["username"] == "mary"
    browser.fetch_token()
    assert browser.ask("DELETE", "/session/mary").json["success"] == "OK"
    assert browser.ask("GET", "/session/current.json").status == 404


def test_a_session_reads_and_writes_with_the_token_only(forum: Forum) -> None:
    forum.given.user("mary", password=PASSWORD)
    browser = Browser(forum)
    browser.log_in("mary", PASSWORD)
    old = browser.ask("PUT", "/u/mary.json", json={"name": "M"})
    assert (old.status, old.body) == (403, b'["BAD CSRF"]')
    browser.fetch_token()
    assert browser.ask("PUT", "/u/mary.json", json={"name": "M"}).json["user"]["name"] == "M"


@pytest.mark.parametrize(
    ("login", "password"),
    [("mary", "wrong-password-1"), ("nobody", PASSWORD), ("mary", PASSWORD + "x" * 300), ("ma\x7fry", "x")],
)
def test_a_wrong_name_and_a_wrong_password_say_the_same(forum: Forum, login: str, password: str) -> None:
    forum.given.user("mary", password=PASSWORD)
    browser = Browser(forum)
    answer = browser.log_in(login, password)
    assert (answer.status, answer.json) == (200, {"error": "Incorrect username, email or password"})
    assert "_t" not in answer.cookies


def test_accounts_that_may_not_enter_are_told_why_after_the_right_password_only(forum: Forum) -> None:
    user = forum.given.user("mary", password=PASSWORD)
    body = {"suspend_until": "2121-02-22", "reason": "spam"}
    forum.put(f"/admin/users/{user.id}/suspend.json", json=body, headers=forum.keyed())
    assert Browser(forum).log_in("mary", PASSWORD).json["reason"] == "suspended"
    assert "reason" not in Browser(forum).log_in("mary", "wrong-password-1").json
    forum.put(f"/admin/users/{user.id}/unsuspend.json", headers=forum.keyed())
    forum.put(f"/admin/users/{user.id}/deactivate.json", headers=forum.keyed())
    assert Browser(forum).log_in("mary", PASSWORD).json["reason"] == "not_activated"


@pytest.mark.parametrize(
    "body", [{}, {"login": "mary"}, {"login": "", "password": "x"}, {"login": ["a"], "password": "x"}]
)
def test_a_log_in_needs_both_words(forum: Forum, body: dict[str, object]) -> None:
    browser = Browser(forum)
    browser.fetch_token()
    assert browser.ask("POST", "/session.json", json=body).status == 400


def test_logging_in_needs_the_token(forum: Forum) -> None:
    answer = forum.post("/session.json", form={"login": "admin", "password": forum.admin_password})
    assert (answer.status, answer.body) == (403, b'["BAD CSRF"]')


def test_nobody_logs_somebody_else_out(forum: Forum) -> None:
    forum.given.user("mary", password=PASSWORD)
    browser = Browser(forum)
    browser.log_in("mary", PASSWORD)
    browser.fetch_token()
    assert browser.ask("DELETE", "/session/admin").status == 403
    assert browser.ask("GET", "/session/current.json").status == 200


def test_a_session_that_is_none_is_taken_away(forum: Forum) -> None:
    answer = forum.get("/session/current.json", headers={"cookie": "_t=" + "0" * 64})
    assert (answer.status, answer.body, answer.headers["discourse-logged-out"]) == (404, b"", "1")
    assert answer.cookies["_t"] == ""


def test_a_key_tells_who_it_acts_for(forum: Forum) -> None:
    forum.given.user("mary")
    user = forum.get("/session/current.json", headers=forum.keyed("mary")).json["current_user"]
    assert (user["username"], user["admin"], user["can_create_topic"]) == ("mary", False, True)
    assert "trust_level_1" in [group["name"] for group in user["groups"]]


def test_guessing_passwords_is_slowed_down_for_scripts_and_browsers(forum: Forum) -> None:
    fresh = forum.get("/session/csrf.json")
    visitor = {"Cookie": f"_forum_session={fresh.cookies['_forum_session']}", "X-CSRF-Token": fresh.json["csrf"]}
    guess = {"login": "admin", "password": "a wrong password"}
    for _ in range(6):
        assert forum.post("/session.json", form=guess, headers=visitor).reason == "session.login_failed"
    answer = forum.post("/session.json", form=guess | {"password": forum.admin_password}, headers=visitor)
    assert answer.status == 429 and answer.json["error_type"] == "rate_limit"
    assert answer.json["extras"]["wait_seconds"] == int(answer.headers["retry-after"])
    form = guess | {"authenticity_token": fresh.json["csrf"]}
    page = forum.post("/login", form=form, headers={"Cookie": visitor["Cookie"], "Accept": "text/html"})
    assert page.status == 429 and int(page.headers["retry-after"]) > 0
    forum.clock.advance(minutes=2)
    assert "user" in forum.post("/session.json", form=guess | {"password": forum.admin_password}, headers=visitor).json
