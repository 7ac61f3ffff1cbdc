"""Webhooks in the browser, without scripts: made, changed, pinged, sent again, deleted."""

from __future__ import annotations

from tests.pages.browser import Browser, Page

PATH = "/admin/api/web_hooks"
URL = "https://hooks.example/forum"


def create(admin: Browser, **typed: str) -> Page:
    fields = {"payload_url": URL, "which": "all", **typed}
    return admin.send(admin.open(f"{PATH}/new"), f"{PATH}/create", **fields)


def test_a_webhook_is_made_pinged_changed_and_deleted(admin: Browser) -> None:
    forum = admin.forum
    forum.outgoing.answer("https://hooks.example/", body="<b>thanks</b>")
    assert "No webhooks yet" in admin.open(PATH).words()
    page = create(admin, secret="a secret with a <tag>")
    assert page.status == 200 and "Nothing was sent yet" in page.words()
    assert page.headers["cache-control"] == "no-store"
    page = admin.send(page, f"{PATH}/1/ping-hook")
    assert "ping 1" in page.words("//table") and "<b>thanks</b>" in page.words("//table")
    assert "X-Discourse-Event-Signature: sha256=" in page.words("//table")
    page = admin.send(page, f"{PATH}/1/events/1/send-again")
    assert len(forum.outgoing.requests) == 2 and forum.outgoing.requests[0].body == forum.outgoing.requests[1].body
    page = admin.send(page, f"{PATH}/1/change", payload_url="https://hooks.example/other")
    assert "https://hooks.example/other" in page.words("//p[@class='lead']")
    assert "https://hooks.example/other" in admin.open(PATH).words("//table")
    page = admin.send(page, f"{PATH}/1/delete")
    assert "No webhooks yet" in page.words()


def test_what_was_typed_stays_after_a_mistake(admin: Browser) -> None:
    page = create(admin, payload_url="http://10.0.0.1/", secret="short")
    assert page.status == 422
    assert "at least 12 characters" in page.words("//form[@class='compose']")
    assert page.find("//input[@name='payload_url']/@value") == ["http://10.0.0.1/"]
    page = create(admin, payload_url="http://10.0.0.1/")
    assert page.status == 422 and "not on the public internet" in page.words()
    page = create(admin, payload_url='"><script>alert(1)</script>')
    assert page.status == 422 and "<script>alert" not in page.text


def test_the_page_is_for_admins(member: Browser, visitor: Browser) -> None:
    for path in (PATH, f"{PATH}/new", f"{PATH}/1"):
        assert member.open(path).status == 404
        assert "hooks" not in visitor.open(path, follow=False).text.lower() or visitor.open(path).status in (403, 404)


def test_a_webhook_that_is_not_there_is_missing(admin: Browser) -> None:
    assert admin.open(f"{PATH}/4711").status == 404


def test_the_page_of_keys_leads_there(admin: Browser) -> None:
    assert PATH in admin.open("/admin/api/keys").links()
