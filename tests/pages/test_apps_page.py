"""Apps in the browser: what may act for somebody, and a way to end it; calls that no longer work, for admins."""

from __future__ import annotations

from tertulia.testing.forum import Forum
from tests.pages.browser import Browser

APPS = "/u/mary/preferences/apps"


def latest(forum: Forum, secret: str) -> int:
    return forum.get("/latest.json", headers={"User-Api-Key": secret}).status


def test_somebody_sees_what_may_act_for_them_and_ends_it(member: Browser) -> None:
    forum = member.forum
    assert "No program may act for you." in member.open(APPS).words()
    secret = forum.given.user_api_key("mary", "read", "push")
    assert latest(forum, secret) == 200
    assert APPS in member.open("/u/mary").links()
    page = member.open(APPS)
    assert page.heading == "Apps"
    assert secret not in page.text and f"{secret[:4]}…" in page.words("//table")
    assert "read everything that you can; send notifications elsewhere" in page.words("//table")
    assert "just now" in page.words("//table//td[@data-label='Last use']")
    (action,) = [each.get("action") for each in page.find("//td[@class='do']//form")]
    after = member.send(page, action, follow=True)
    assert (after.path, after.status) == (APPS, 200)
    assert "No program may act for you." in after.words()
    assert latest(forum, secret) == 403


def test_nobody_else_sees_or_ends_it_but_admins(member: Browser, admin: Browser, visitor: Browser) -> None:
    forum = member.forum
    secret = forum.given.user_api_key("mary")
    action = member.open(APPS).find("//td[@class='do']//form/@action")[0]
    forum.given.user("bob", password="a long enough password")
    bob = Browser(forum)
    bob.log_in("bob", "a long enough password")
    assert bob.open(APPS).status == 404
    assert bob.post(action, {"authenticity_token": "wrong"}).status == 403
    assert visitor.open(APPS, follow=False).status == 302
    assert latest(forum, secret) == 200
    assert "These programs may act for mary." in admin.open(APPS).words()
    admin.send(admin.open(APPS), action)
    assert latest(forum, secret) == 403


def test_a_key_of_somebody_else_is_not_ended_through_ones_own_page(member: Browser) -> None:
    forum = member.forum
    mine, theirs = forum.given.user_api_key("mary"), forum.given.user_api_key("admin")
    page = member.open(APPS)
    (action,) = page.find("//td[@class='do']//form/@action")
    number = int(str(action).split("/")[-2])
    form = page.form(action)
    token = form.fields["authenticity_token"]
    answer = member.post(f"{APPS}/{number + 1}/revoke", {"authenticity_token": token})
    assert answer.status == 404
    assert latest(forum, theirs) == latest(forum, mine) == 200


def test_admins_see_apps_and_calls_that_no_longer_work_beside_their_keys(admin: Browser) -> None:
    forum = admin.forum
    forum.given.user("peter")
    secret = forum.given.user_api_key("peter", "read")
    assert "Calls that no longer work" not in admin.open("/admin/api/keys").text
    forum.get(f"/latest.json?api_key={forum.key}", headers={"User-Agent": "<b>old</b>"})
    page = admin.open("/admin/api/keys")
    apps = page.words("//section[@aria-labelledby='apps']")
    assert "peter" in apps and secret[:4] in apps and secret not in page.text
    calls = page.words("//section[@aria-labelledby='deprecated']")
    assert "GET /latest" in calls and "<b>old</b>" in calls and f"golden {forum.key[:4]}…" in calls
    (action,) = page.find("//section[@aria-labelledby='apps']//form/@action")
    admin.send(page, action)
    assert latest(forum, secret) == 403
