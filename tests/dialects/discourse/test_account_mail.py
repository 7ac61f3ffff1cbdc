"""Forgotten passwords and new accounts: the mails that are sent, and what their links do, once."""

from __future__ import annotations

import logging

import pytest

from tertulia.forum.sites.sweeping import sweep
from tertulia.store.schema.email_tokens import email_tokens
from tertulia.telemetry.logs import JsonFormatter
from tertulia.testing.forum import Forum

OLD, NEW = "sup3r-long-passphrase", "an0ther-long-passphrase"


def ask(forum: Forum, login: str = "mary"):  # type: ignore[no-untyped-def]
    return forum.post("/session/forgot_password.json", form={"login": login}, headers=forum.keyed("mary"))


def redeem(forum: Forum, path: str, password: str = NEW):  # type: ignore[no-untyped-def]
    return forum.put(path + ".json", json={"password": password}, headers=forum.keyed("mary"))


@pytest.fixture
def mary(forum: Forum) -> Forum:
    forum.given.user("mary", password=OLD)
    return forum


@pytest.mark.parametrize("login", ["mary", "@Mary", "MARY@example.org"])
def test_whoever_forgot_a_password_gets_a_link_that_sets_another(mary: Forum, login: str) -> None:
    session = mary.login("mary", OLD)
    answer = ask(mary, login)
    assert (answer.status, answer.json) == (200, {"success": "OK", "user_found": True})
    mail = mary.mail.last_to("mary@example.org")
    assert mail.subject == "A new password for Tertulia"
    assert "Hello mary," in mail.text
    path = mary.mail.path_to("mary@example.org")
    assert path.startswith("/u/password-reset/") and len(path.rpartition("/")[2]) == 64
    assert redeem(mary, path).json["success"] is True
    mary.login("mary", NEW)
    with pytest.raises(AssertionError, match="Incorrect"):
        mary.login("mary", OLD)
    assert mary.get("/session/current.json", headers=session).status == 404, "sessions of before have ended"


def test_both_spellings_of_the_address_work(mary: Forum) -> None:
    ask(mary)
    path = mary.mail.path_to("mary@example.org").replace("/u/", "/users/")
    assert redeem(mary, path).json["success"] is True


def test_a_link_works_once(mary: Forum) -> None:
    ask(mary)
    path = mary.mail.path_to("mary@example.org")
    redeem(mary, path)
    again = redeem(mary, path, "a-third-long-passphrase")
    assert (again.status, again.json["success"], again.reason) == (200, False, "email.token_invalid")
    mary.login("mary", NEW)


def test_a_link_works_for_two_days(mary: Forum) -> None:
    ask(mary)
    path = mary.mail.path_to("mary@example.org")
    mary.clock.advance(hours=48, seconds=1)
    assert redeem(mary, path).reason == "email.token_invalid"


def test_the_newest_password_closes_every_older_link(mary: Forum) -> None:
    ask(mary)
    ask(mary)
    first, second = ("/" + mail.text.split("http://")[1].split()[0].split("/", 1)[1] for mail in mary.mail)
    assert first != second
    assert redeem(mary, second).json["success"] is True
    assert redeem(mary, first).reason == "email.token_invalid"


def test_a_link_dies_with_the_address_that_it_was_sent_to(mary: Forum) -> None:
    ask(mary)
    path = mary.mail.path_to("mary@example.org")
    mary.put("/u/mary/preferences/email.json", form={"email": "new@example.org"}, headers=mary.keyed("admin"))
    assert redeem(mary, path).reason == "email.token_invalid"


@pytest.mark.parametrize("secret", ["0" * 64, "x", "%00", "f" * 5000, "..%2f..", "é" * 64])
def test_a_made_up_link_does_nothing(mary: Forum, secret: str) -> None:
    answer = redeem(mary, f"/u/password-reset/{secret}")
    assert answer.status in (200, 400, 404)
    assert answer.status != 200 or answer.json["success"] is False
    mary.login("mary", OLD)


def test_a_link_for_one_purpose_serves_no_other(mary: Forum) -> None:
    ask(mary)
    secret = mary.mail.path_to("mary@example.org").rpartition("/")[2]
    answer = mary.put(f"/u/activate-account/{secret}.json", headers=mary.keyed("mary"))
    assert (answer.status, answer.reason) == (422, "email.token_invalid")


def test_a_password_that_breaks_a_rule_is_refused_and_the_link_stays(mary: Forum) -> None:
    ask(mary)
    path = mary.mail.path_to("mary@example.org")
    short = redeem(mary, path, "short")
    assert (short.status, short.json["success"], short.reason) == (200, False, "user.password_too_short")
    assert short.json["errors"] == {"password": ["is too short (minimum is 10 characters)"]}
    assert redeem(mary, path).json["success"] is True


def test_only_the_hash_of_a_link_is_kept(mary: Forum) -> None:
    ask(mary)
    secret = mary.mail.path_to("mary@example.org").rpartition("/")[2]

    async def rows(unit):  # type: ignore[no-untyped-def]
        kept = await unit.tx.text(f"SELECT token_hash FROM {email_tokens.name}")
        jobs = await unit.tx.text("SELECT arguments FROM jobs")
        return [row[0] for row in kept], [row[0] for row in jobs]

    kept, jobs = mary.unit(rows)
    assert len(kept) == 1 and secret not in kept and jobs == []


def test_the_log_does_not_keep_the_secret_of_a_link(mary: Forum, caplog: pytest.LogCaptureFixture) -> None:
    ask(mary)
    path = mary.mail.path_to("mary@example.org")
    with caplog.at_level(logging.INFO):
        mary.get(path, headers={"accept": "text/html"})
        redeem(mary, path, "short")
    lines = [JsonFormatter().format(record) for record in caplog.records]
    assert sum("/password-reset/{token}" in line for line in lines) == 2
    assert not any(path.rpartition("/")[2] in line for line in lines)


def test_links_that_are_over_are_swept_away(mary: Forum) -> None:
    async def count(unit):  # type: ignore[no-untyped-def]
        return (await unit.tx.text(f"SELECT count(*) FROM {email_tokens.name}"))[0][0]

    ask(mary)
    mary.clock.advance(hours=47)
    mary.unit(sweep)
    assert mary.unit(count) == 1
    mary.clock.advance(hours=2)
    mary.unit(sweep)
    assert mary.unit(count) == 0


def test_visitors_without_a_key_are_counted_by_their_address(mary: Forum) -> None:
    first = mary.get("/session/csrf.json", headers={"accept": "application/json"})
    browser = {
        "cookie": "; ".join(f"{name}={value}" for name, value in first.cookies.items()),
        "x-csrf-token": first.json["csrf"],
        "accept": "application/json",
    }
    answers = [mary.post("/session/forgot_password.json", form={"login": f"no{i}"}, headers=browser) for i in range(4)]
    assert [answer.status for answer in answers] == [200, 200, 200, 422]


def test_an_unknown_login_is_told_apart_unless_the_site_hides_it(mary: Forum) -> None:
    assert ask(mary, "nobody").json == {"success": "OK", "user_found": False}
    mary.put(
        "/admin/site_settings/hide_email_address_taken",
        form={"hide_email_address_taken": "true"},
        headers=mary.keyed(),
    )
    assert ask(mary, "nobody").json == ask(mary, "mary").json == {"success": "OK"}
    assert [mail.to for mail in mary.mail] == ["mary@example.org"]


def test_the_system_user_and_the_staged_get_no_mail(mary: Forum) -> None:
    assert ask(mary, "system").json["user_found"] is False
    assert len(mary.mail) == 0


def test_a_fourth_mail_in_a_minute_has_to_wait_and_a_seventh_in_a_day(mary: Forum) -> None:
    assert [ask(mary).status for _ in range(4)] == [200, 200, 200, 422]
    refused = ask(mary)
    assert refused.json["errors"][0].startswith("You’ve performed this action too many times")
    assert refused.reason == "email.too_many"
    for _ in range(3):
        mary.clock.advance(hours=2)
        assert ask(mary).status == 200
    mary.clock.advance(hours=2)
    assert ask(mary).status == 422, "six a day for one account, from wherever it is asked"
    assert len(mary.mail) == 6
    mary.clock.advance(days=1)
    assert ask(mary).status == 200


def test_nobody_can_have_their_own_host_mailed_to_others(mary: Forum) -> None:
    evil = {**mary.keyed("mary"), "Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    mary.post("/session/forgot_password.json", form={"login": "mary"}, headers=evil)
    assert "evil" not in mary.mail.last_to("mary@example.org").text


def test_a_name_of_the_site_cannot_smuggle_a_header_into_a_mail(mary: Forum) -> None:
    title = "Bcc: eve@example.org <b>&"
    mary.put("/admin/site_settings/title", form={"title": title}, headers=mary.keyed())
    ask(mary)
    mail = mary.mail.last_to("mary@example.org")
    assert (mail.subject, mail.sender_name) == (f"A new password for {title}", title)


def test_mail_that_could_not_be_sent_is_tried_again_with_a_link_that_works(mary: Forum) -> None:
    mary.mail.fail_next()
    ask(mary)
    assert len(mary.mail) == 0
    mary.clock.advance(minutes=1)
    assert mary.run_jobs() == 1
    assert redeem(mary, mary.mail.path_to("mary@example.org")).json["success"] is True


def test_mail_that_a_server_refuses_for_good_is_not_tried_again(mary: Forum) -> None:
    from tertulia.backends.mail.base import MailRefused

    mary.mail.fail_next(MailRefused("550 no such mailbox"))
    ask(mary)
    mary.clock.advance(days=1)
    assert mary.run_jobs() == 0
    assert len(mary.mail) == 0


def test_where_nobody_logs_in_by_password_there_is_none_to_forget(mary: Forum) -> None:
    mary.put("/admin/site_settings/enable_local_logins", form={"enable_local_logins": "false"}, headers=mary.keyed())
    assert ask(mary).status == 403
    assert ask(mary).reason == "not_allowed"


def test_a_request_without_a_login_is_malformed(mary: Forum) -> None:
    assert mary.post("/session/forgot_password.json", headers=mary.keyed("mary")).status == 400


# -- new accounts -----------------------------------------------------------------------------------
def register(forum: Forum) -> None:
    """As a visitor's browser does."""
    first = forum.get("/session/csrf.json", headers={"accept": "application/json"})
    headers = {
        "cookie": "; ".join(f"{name}={value}" for name, value in first.cookies.items()),
        "x-csrf-token": first.json["csrf"],
        "accept": "application/json",
    }
    trap = forum.get("/session/hp.json", headers=headers).json
    form = {
        "username": "newbie",
        "email": "newbie@example.org",
        "password": OLD,
        "password_confirmation": trap["value"],
        "challenge": trap["challenge"][::-1],
    }
    answer = forum.post("/u.json", form=form, headers=headers)
    assert answer.json["success"] is True, answer.json


def test_a_visitor_who_registers_gets_a_link_that_activates_the_account(forum: Forum) -> None:
    register(forum)
    with pytest.raises(AssertionError, match="activation email"):
        forum.login("newbie", OLD)
    path = forum.mail.path_to("newbie@example.org")
    assert path.startswith("/u/activate-account/")
    assert forum.put(path + ".json", headers=forum.keyed()).json["success"] is True
    forum.login("newbie", OLD)
    assert forum.put(path + ".json", headers=forum.keyed()).status == 422


def test_opening_the_link_activates_nothing_as_mail_programs_open_links_too(forum: Forum) -> None:
    register(forum)
    path = forum.mail.path_to("newbie@example.org")
    assert forum.get(path, headers={"accept": "text/html"}).status == 200
    with pytest.raises(AssertionError, match="activation email"):
        forum.login("newbie", OLD)


def test_an_account_that_staff_closed_is_not_opened_by_its_old_link(forum: Forum) -> None:
    register(forum)
    path = forum.mail.path_to("newbie@example.org")
    user_id = forum.get("/admin/users/newbie.json", headers=forum.keyed()).json["id"]
    for action in ("activate", "deactivate"):
        assert forum.put(f"/admin/users/{user_id}/{action}.json", headers=forum.keyed()).status == 200
    assert forum.put(path + ".json", headers=forum.keyed()).status == 422


def test_accounts_that_an_admin_makes_active_get_no_mail(forum: Forum) -> None:
    form = {"username": "made", "email": "made@example.org", "password": OLD, "active": "true"}
    forum.post("/users.json", form=form, headers=forum.keyed())
    assert len(forum.mail) == 0
