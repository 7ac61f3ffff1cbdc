"""Mailed links in a browser: a new password, and an account that is confirmed, by pressing a button."""

from __future__ import annotations

import pytest

from tertulia.testing.forum import Forum
from tests.pages.browser import Browser

OLD, NEW = "sup3r-long-passphrase", "an0ther-long-passphrase"


def forgotten(visitor: Browser, login: str) -> str:
    page = visitor.open("/login")
    assert "/password-reset" in page.links()
    return visitor.send(visitor.open("/password-reset"), "/password-reset", login=login).words("//*[@role='status']")


def test_a_forgotten_password_is_replaced_through_the_mailed_link(visitor: Browser) -> None:
    forum = visitor.forum
    forum.given.user("mary", password=OLD)
    assert "on its way" in forgotten(visitor, "mary")
    path = forum.mail.path_to("mary@example.org")
    form = visitor.open(path)
    assert form.headers["referrer-policy"] == "no-referrer"
    assert form.headers["cache-control"] == "no-store"
    short = visitor.send(form, path, password="short")
    assert (short.status, "at least 10 characters" in short.words()) == (422, True)
    done = visitor.send(short, path, password=NEW)
    assert "Your password is changed" in done.words()
    assert "/u/mary" in visitor.log_in("mary", NEW).links()


def test_the_page_says_the_same_for_somebody_and_for_nobody(visitor: Browser) -> None:
    visitor.forum.given.user("mary", password=OLD)
    assert forgotten(visitor, "mary") == forgotten(visitor, "nobody")
    assert [mail.to for mail in visitor.forum.mail] == ["mary@example.org"]


@pytest.mark.parametrize("path", ["/u/password-reset/" + "0" * 64, "/u/activate-account/x"])
def test_a_link_that_is_over_says_so_and_offers_no_form(visitor: Browser, path: str) -> None:
    page = visitor.open(path)
    assert page.status == 422
    assert "no longer valid" in page.words()
    assert page.find("//main//button") == []


def test_a_used_link_offers_a_new_one(visitor: Browser) -> None:
    forum = visitor.forum
    forum.given.user("mary", password=OLD)
    forgotten(visitor, "mary")
    path = forum.mail.path_to("mary@example.org")
    form = visitor.open(path)
    visitor.send(form, path, password=NEW)
    again = visitor.send(form, path, password=OLD)
    assert again.status == 422
    assert "/password-reset" in again.links()


def test_a_link_is_not_followed_without_the_token_of_its_form(visitor: Browser) -> None:
    forum = visitor.forum
    forum.given.user("mary", password=OLD)
    forgotten(visitor, "mary")
    path = forum.mail.path_to("mary@example.org")
    assert visitor.post(path, {"password": NEW}).status == 403
    forum.login("mary", OLD)


def test_an_account_is_confirmed_by_a_button_and_not_by_opening_the_link(forum: Forum) -> None:
    from tertulia.forum.users.registering import create_user
    from tertulia.model.actor import Actor
    from tertulia.model.users import CreateUser

    async def register(unit):  # type: ignore[no-untyped-def]
        unit.actor = Actor()
        return await create_user(unit, CreateUser(username="newbie", email="newbie@example.org", password=OLD))

    forum.unit(register)
    forum.run_jobs()
    visitor = Browser(forum)
    path = forum.mail.path_to("newbie@example.org")
    page = visitor.open(path)
    with pytest.raises(AssertionError, match="activation"):
        forum.login("newbie", OLD)
    assert "Your account is ready" in visitor.send(page, path).words()
    forum.login("newbie", OLD)
