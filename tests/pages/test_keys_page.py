"""Keys to the API in the browser: made, shown once, used, revoked, restored."""

from __future__ import annotations

from tests.pages.browser import Browser, Page

CREATE = "/admin/api/keys/create"


def create(admin: Browser, **typed: str) -> Page:
    return admin.send(admin.open("/admin/api/keys"), CREATE, follow=True, **typed)


def secret_of(page: Page) -> str:
    return str(page.find("//input[@id='secret']/@value")[0])


def actions(page: Page) -> list[str]:
    return [each.get("action") for each in page.find("//td[@class='do']//form")]


def test_a_key_is_shown_once_and_works(admin: Browser) -> None:
    page = create(admin, description="For the tests")
    secret = secret_of(page)
    assert page.find("//input[@id='secret']/@readonly")
    assert page.headers["cache-control"] == "no-store"
    answer = admin.forum.get("/admin/api/keys.json", headers={"Api-Key": secret, "Api-Username": "admin"})
    assert answer.status == 200
    again = admin.open("/admin/api/keys")
    assert secret not in again.text
    assert "For the tests" in again.words("//table") and f"{secret[:4]}…" in again.words("//table")


def test_the_last_use_of_a_key_is_shown(admin: Browser) -> None:
    secret = secret_of(create(admin, description="For the tests"))
    assert "never" in admin.open("/admin/api/keys").words("//tr[th[contains(., 'For the tests')]]")
    admin.forum.get("/latest.json", headers={"Api-Key": secret, "Api-Username": "admin"})
    assert "just now" in admin.open("/admin/api/keys").words("//tr[th[contains(., 'For the tests')]]/td[4]")


def test_a_revoked_key_stops_working_until_it_is_restored(admin: Browser) -> None:
    forum = admin.forum
    secret = secret_of(create(admin, description="For the tests"))
    headers = {"Api-Key": secret, "Api-Username": "admin"}
    revoke = actions(admin.open("/admin/api/keys"))[0]
    page = admin.send(admin.open("/admin/api/keys"), revoke)
    assert forum.get("/latest.json", headers=headers).status == 403
    restore = next(action for action in actions(page) if action.endswith("restore-key"))
    admin.send(page, restore)
    assert forum.get("/latest.json", headers=headers).status == 200


def test_a_key_for_one_person_acts_as_nobody_else(admin: Browser) -> None:
    admin.forum.given.user("mary")
    page = create(admin, description="For mary", who="one", username="mary")
    secret = secret_of(page)
    get = admin.forum.get
    assert get("/latest.json", headers={"Api-Key": secret, "Api-Username": "mary"}).status == 200
    assert get("/latest.json", headers={"Api-Key": secret, "Api-Username": "admin"}).status == 403


def test_a_key_for_reading_does_not_write(admin: Browser) -> None:
    secret = secret_of(create(admin, description="Reader", mode="read_only"))
    headers = {"Api-Key": secret, "Api-Username": "admin"}
    assert admin.forum.get("/latest.json", headers=headers).status == 200
    body = {"title": "A title that is long enough", "raw": "A body that is long enough for it.", "category": 1}
    assert admin.forum.post("/posts.json", form=body, headers=headers).status == 403


def test_a_key_for_somebody_who_is_not_there_is_refused_beside_the_field(admin: Browser) -> None:
    page = create(admin, description="For a ghost", who="one", username="ghost")
    assert page.status == 422
    assert page.words("//p[@id='wrong-username']") == "Nobody here has this username."
    assert page.find("//input[@id='description']/@value") == ["For a ghost"]
    assert not page.find("//input[@id='secret']")


def test_a_narrow_key_needs_a_scope(admin: Browser) -> None:
    page = create(admin, description="Narrow", mode="granular")
    assert page.status == 422
    assert "Choose at least one scope" in page.words("//p[@id='wrong-scopes']")


def test_members_can_neither_make_nor_revoke_keys(member: Browser, admin: Browser) -> None:
    create(admin, description="For the tests")
    token = member.open("/").find("//input[@name='authenticity_token']/@value")[0]
    for path in (CREATE, actions(admin.open("/admin/api/keys"))[0]):
        assert member.post(path, {"authenticity_token": token, "description": "mine"}).status == 404
    assert "mine" not in admin.open("/admin/api/keys").words("//table")


def test_the_page_says_which_call_does_the_same(admin: Browser) -> None:
    assert "POST /admin/api/keys.json" in admin.open("/admin/api/keys").words("//section[@class='calls']")
