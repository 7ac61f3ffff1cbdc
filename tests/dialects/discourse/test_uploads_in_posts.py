"""Uploads in posts, profiles and pages: what they become, what is remembered, and avatars."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from tertulia.store.uploads.usage import list_post_uploads
from tests.contract.shapes import validate_discourse
from tests.dialects.discourse.test_uploads import settings
from tests.uploading import BOUNDARY, PDF, headers, multipart, picture, send, upload

if TYPE_CHECKING:
    from tertulia.forum.unit import Unit
    from tertulia.testing.forum import Forum

WORDS = "Some words before the file, so that it is long enough.\n\n"


def write(forum: Forum, raw: str, *, by: str = "admin") -> Any:
    sent = {"title": f"A topic about a file {len(raw)}", "raw": WORDS + raw}
    answer = forum.post("/posts.json", json={**sent, "category": 1}, headers=forum.keyed(by))
    assert answer.status == 200, answer
    return answer.json


def used(forum: Forum, post_id: int) -> list[int]:
    async def ask(unit: Unit) -> list[int]:
        return await list_post_uploads(unit.tx, post_id)

    return forum.unit(ask)


def test_a_small_picture_stands_in_the_post_with_its_size(forum: Forum) -> None:
    made = upload(forum, picture())
    post = write(forum, f"![cat|40x30]({made['short_url']})")
    letters = made["short_url"].removeprefix("upload://").partition(".")[0]
    assert (
        f'<p><img src="{made["url"]}" data-base62-sha1="{letters}" alt="cat" width="40" height="30"'
        ' data-dominant-color="C8102E"></p>'
    ) in post["cooked"]
    assert used(forum, post["id"]) == [made["id"]]


def test_a_large_picture_stands_in_a_lightbox(forum: Forum) -> None:
    made = upload(forum, picture(size=(1400, 1000)))
    cooked = write(forum, f"![big cat]({made['short_url']})")["cooked"]
    small = made["thumbnail"]["url"]
    assert f'<div class="lightbox-wrapper"><a class="lightbox" href="{made["url"]}"' in cooked
    assert f'data-download-href="{made["short_path"]}?dl=1" title="big cat"><img src="{small}"' in cooked
    assert f'width="690" height="492" srcset="{small}, ' in cooked and " 1.5x, " in cooked
    assert '<span class="filename">big cat</span><span class="informations">1400×1000 ' in cooked


def test_a_picture_in_a_link_stays_in_its_link(forum: Forum) -> None:
    made = upload(forum, picture(size=(1400, 1000)))
    cooked = write(forum, f"[![x]({made['short_url']})](https://example.org/)")["cooked"]
    assert "lightbox" not in cooked and '<a href="https://example.org/"' in cooked


def test_files_are_attached_by_their_short_address(forum: Forum) -> None:
    settings(forum, authorized_extensions="pdf|mp4|mp3")
    made = upload(forum, PDF, name="plan.pdf")
    cooked = write(forum, f"[plan.pdf|attachment]({made['short_url']})")["cooked"]
    assert f'<a class="attachment" href="{made["short_path"]}">plan.pdf</a> (45 Bytes)' in cooked
    film = upload(forum, b"\0\0\0\x18ftypmp42" + b"\0" * 40, name="a.mp4")
    cooked = write(forum, f"![a film|video]({film['short_url']})")["cooked"]
    assert f'<video controls="" preload="metadata"><source src="{film["url"]}"></video>' in cooked
    sound = upload(forum, b"ID3" + b"\0" * 40, name="a.mp3")
    assert f'<source src="{sound["url"]}"></audio>' in write(forum, f"![s|audio]({sound['short_url']})")["cooked"]


def test_unknown_uploads_show_a_placeholder(forum: Forum) -> None:
    post = write(forum, "![a](upload://unknown.png) [b|attachment](upload://unknown.pdf)")
    assert '<img src="/images/transparent.png" alt="a" data-orig-src="upload://unknown.png">' in post["cooked"]
    assert '<a class="attachment" href="/404" data-orig-href="upload://unknown.pdf">b</a>' in post["cooked"]
    assert used(forum, post["id"]) == []


def test_code_uses_no_upload_and_full_addresses_do(forum: Forum) -> None:
    made = upload(forum, picture())
    assert used(forum, write(forum, f"`![a]({made['short_url']})`")["id"]) == []
    assert used(forum, write(forum, f"![a]({made['url']}) and more")["id"]) == [made["id"]]


def test_an_edit_changes_what_a_post_uses_and_the_topics_picture(forum: Forum) -> None:
    first, second = upload(forum, picture(size=(10, 10))), upload(forum, picture(size=(1400, 900)))
    post = write(forum, f"![a]({first['short_url']})")
    path = f"/t/{post['topic_id']}.json"
    assert forum.get(path).json["image_url"].endswith(first["url"])
    raw = f"{WORDS}![a]({second['short_url']})"
    assert forum.put(f"/posts/{post['id']}.json", json={"post": {"raw": raw}}, headers=forum.keyed()).status == 200
    assert used(forum, post["id"]) == [second["id"]]
    assert forum.get(path).json["image_url"].endswith(second["url"])


def test_a_purged_post_uses_nothing(forum: Forum) -> None:
    settings(forum, can_permanently_delete="true")
    made = upload(forum, picture())
    topic = write(forum, "nothing here")
    sent = {"topic_id": topic["topic_id"], "raw": f"{WORDS}![a]({made['short_url']})"}
    reply = forum.post("/posts.json", json=sent, headers=forum.keyed()).json
    forum.delete(f"/posts/{reply['id']}.json", headers=forum.keyed())
    forum.clock.advance(hours=1)
    gone = forum.delete(f"/posts/{reply['id']}.json", form={"force_destroy": "true"}, headers=forum.keyed())
    assert gone.status == 200 and used(forum, reply["id"]) == []


def test_new_users_may_attach_nothing_and_show_one_picture(forum: Forum) -> None:
    settings(forum, authorized_extensions="pdf|png")
    forum.given.user("mary", trust_level=0)
    file, one, two = upload(forum, PDF, name="a.pdf"), upload(forum, picture()), upload(forum, picture(size=(9, 9)))
    topic = {"title": "A topic by somebody new", "category": 1}

    def say(raw: str) -> Any:
        return forum.post("/posts.json", json={**topic, "raw": WORDS + raw}, headers=forum.keyed("mary"))

    refused = say(f"[a|attachment]({file['short_url']})")
    assert (refused.status, refused.reason) == (422, "post.attachments_too_many_new_user")
    refused = say(f"![a]({one['short_url']}) ![b]({two['short_url']})")
    assert (refused.status, refused.reason) == (422, "post.media_too_many_new_user")
    assert say(f"![a]({one['short_url']})").status == 200


# -- avatars ----------------------------------------------------------------------------------------
def pick(forum: Forum, username: str, *, by: str | None = None, old: bool = False, **sent: object) -> Any:
    path = f"/{'users' if old else 'u'}/{username}/preferences/avatar/pick"
    return forum.put(path, form=sent, headers=forum.keyed(by or username))


def test_an_avatar_is_picked_and_served_in_every_size(forum: Forum) -> None:
    mary = forum.given.user("mary")
    made = upload(forum, picture(size=(300, 200)), by="mary", upload_type="avatar", user_id=mary.id)
    answer = pick(forum, "mary", upload_id=made["id"], type="uploaded")
    assert (answer.status, answer.json) == (200, {"success": "OK"})
    template = forum.get("/u/mary.json").json["user"]["avatar_template"]
    assert template == f"/user_avatar/forum/mary/{{size}}/{made['id']}_2.png"
    for size, side in ((48, 48), (90, 96), (20, 24), (5000, 480)):
        shown = forum.get(template.replace("{size}", str(size)))
        assert (shown.status, shown.headers["content-type"]) == (200, "image/png")
        assert Image.open(io.BytesIO(shown.body)).size == (side, side)
        assert "immutable" in shown.headers["cache-control"]


@pytest.mark.parametrize("sent", [{}, {"type": "system"}, {"type": "system", "upload_id": 1}])
def test_without_an_upload_it_is_the_letter_again(forum: Forum, sent: dict[str, object]) -> None:
    forum.given.user("mary")
    made = upload(forum, picture(), by="mary", upload_type="avatar")
    assert pick(forum, "mary", old=True, upload_id=made["id"], type="avatar").status == 200
    template = forum.get("/u/mary.json").json["user"]["avatar_template"]
    assert pick(forum, "mary", **sent).status == 200
    assert "letter_avatar" in forum.get("/u/mary.json").json["user"]["avatar_template"]
    assert forum.get(template.replace("{size}", "48")).headers["content-type"].startswith("image/svg")


def test_only_uploads_of_ones_own_can_be_picked(forum: Forum) -> None:
    forum.given.user("mary")
    forum.given.user("john")
    made = upload(forum, picture(), by="john", upload_type="avatar")
    for upload_id in (made["id"], 999_999):
        refused = pick(forum, "mary", upload_id=upload_id, type="uploaded")
        assert (refused.status, refused.reason) == (422, "upload.avatar_missing")
    assert pick(forum, "mary", by="john", upload_id=made["id"], type="uploaded").status == 403
    # The same picture, uploaded again by mary, is hers as well.
    assert upload(forum, picture(), by="mary", upload_type="avatar")["id"] == made["id"]
    assert pick(forum, "mary", upload_id=made["id"], type="uploaded").status == 200
    assert pick(forum, "mary", upload_id="x", type="uploaded").status == 400
    assert pick(forum, "mary", upload_id=1, type="gravatar").status == 400
    assert pick(forum, "nobody", by="admin", upload_id=1, type="uploaded").status == 404


def test_only_some_groups_may_have_uploaded_avatars(forum: Forum) -> None:
    forum.given.user("mary", trust_level=1)
    settings(forum, uploaded_avatars_allowed_groups="12")
    assert send(forum, picture(), by="mary", upload_type="avatar").status == 403
    assert send(forum, picture(), by="mary").status == 200


def test_a_picture_that_is_nobodys_avatar_is_not_served_as_one(forum: Forum) -> None:
    made = upload(forum, picture())
    shown = forum.get(f"/user_avatar/forum/admin/48/{made['id']}_2.png")
    assert shown.headers["content-type"].startswith("image/svg")


# -- pages and the other dialect --------------------------------------------------------------------
def browser(forum: Forum) -> tuple[dict[str, str], str]:
    session = forum.login("admin", forum.admin_password)
    return {"Cookie": session["Cookie"], "Accept": "text/html"}, session["X-CSRF-Token"]


def post_form(forum: Forum, path: str, content: bytes | None, *, name: str = "my cat.png", **fields: object) -> Any:
    session, token = browser(forum)
    body = multipart(content, name=name, authenticity_token=token, **fields)
    return forum.post(path, body=body, headers=headers(session))


def test_a_form_takes_a_file_without_scripts(forum: Forum) -> None:
    answer = post_form(forum, "/new-topic", picture(), title="A topic made in a form", raw=WORDS, category=1)
    assert answer.status == 303, answer
    page = forum.get(answer.headers["location"].removeprefix("http://forum.test"), headers={"Accept": "text/html"})
    assert 'alt="my cat"' in page.text and 'loading="lazy"' in page.text


def test_a_text_that_is_refused_comes_back_with_its_file(forum: Forum) -> None:
    answer = post_form(forum, "/new-topic", picture(), title="", raw=WORDS, category=1)
    assert answer.status == 422
    assert "![my cat|40x30](upload://" in answer.text
    assert 'enctype="multipart/form-data"' in answer.text and 'type="file"' in answer.text


def test_a_file_that_is_refused_is_said_beside_its_field(forum: Forum) -> None:
    answer = post_form(forum, "/new-topic", b"x", name="a.exe", title="A topic made in a form", raw=WORDS, category=1)
    assert (
        answer.status == 422 and "Such files cannot be uploaded here." in answer.text and WORDS.strip() in answer.text
    )
    forum.blobs.problem = "full"
    answer = post_form(forum, "/new-topic", picture(), title="A topic made in a form", raw=WORDS, category=1)
    assert (
        answer.status == 503 and "Files cannot be stored at the moment." in answer.text and WORDS.strip() in answer.text
    )


def test_a_reply_takes_a_file_too(forum: Forum) -> None:
    topic = write(forum, "first")
    path = f"/t/{topic['topic_slug']}/{topic['topic_id']}/reply"
    assert post_form(forum, path, picture(), raw=WORDS).status == 303
    assert post_form(forum, path, None, raw="Another reply, and this one is without a file.").status == 303
    posts = forum.get(f"/t/{topic['topic_id']}.json").json["post_stream"]["posts"]
    assert ["<img " in each["cooked"] for each in posts] == [False, True, False]


@pytest.mark.parametrize("path", ["/api/post/upload", "/api/v2/util/upload", "/api/v1/util/upload"])
def test_the_other_dialects_composer_uploads_too(forum: Forum, path: str) -> None:
    body = multipart(picture(), field="files[]")
    answer = forum.post(path, body=body, headers=headers(forum.bearer()))
    assert answer.status == 200, answer
    image = answer.json["response"]["images"][0]
    assert answer.json["status"] == {"code": "ok", "message": "OK"} and image["name"] == "cat.png"
    assert forum.get(image["url"]).status == 200
    assert forum.post(path, body=body, headers=headers({})).status in (401, 403)
    assert forum.post(path, body=multipart(None), headers=headers(forum.bearer())).status == 400
    assert BOUNDARY.encode() in body


# -- what older clients send ------------------------------------------------------------------------
@pytest.mark.parametrize("people", ["u", "users"])
def test_a_file_sent_for_a_picture_is_the_picture_at_once(forum: Forum, people: str) -> None:
    forum.given.user("mary")
    path = f"/{people}/mary/preferences/avatar"
    answer = forum.post(path, body=multipart(picture()), headers=headers(forum.keyed()))
    assert answer.status == 200 and answer.headers["deprecation"] == "true"
    template = forum.get("/u/mary.json").json["user"]["avatar_template"]
    assert template == f"/user_avatar/forum/mary/{{size}}/{answer.json['id']}_2.png"


def test_the_address_of_a_file_is_fetched_for_a_picture(forum: Forum) -> None:
    forum.given.user("mary")
    forum.outgoing.answer("https://pictures.example.org/me.png", body=picture())
    path, sent = "/users/mary/preferences/avatar", {"file": "https://pictures.example.org/me.png"}
    answer = forum.post(path, form=sent, headers=forum.keyed())
    assert answer.status == 200 and answer.json["extension"] == "png"
    assert str(answer.json["id"]) in forum.get("/u/mary.json").json["user"]["avatar_template"]
    assert forum.post(path, form={}, headers=forum.keyed()).status == 400


def test_a_picture_of_somebody_else_is_for_staff(forum: Forum) -> None:
    forum.given.user("mary"), forum.given.user("john")
    path = "/users/mary/preferences/avatar"
    body = multipart(picture())
    assert forum.post(path, body=body, headers=headers(forum.keyed("john"))).status == 403
    assert forum.post("/users/nobody/preferences/avatar", body=body, headers=headers(forum.keyed())).status == 404
    assert forum.put(f"{path}/toggle", form={"use_uploaded_avatar": "false"}, headers=forum.keyed("john")).status == 403
    assert forum.post("/user_avatar/mary/refresh_gravatar.json", headers=forum.keyed("john")).status == 403
    assert forum.post(path, body=body, headers=headers({})).status == 403
    assert "letter_avatar" in forum.get("/u/mary.json").json["user"]["avatar_template"]


def test_the_uploaded_picture_is_switched_off_and_stays_when_switched_on(forum: Forum) -> None:
    forum.given.user("mary")
    path = "/users/mary/preferences/avatar"
    assert forum.post(path, body=multipart(picture()), headers=headers(forum.keyed("mary"))).status == 200

    def toggle(**sent: str) -> int:
        return forum.put(f"{path}/toggle", form=sent, headers=forum.keyed("mary")).status

    assert toggle(use_uploaded_avatar="true") == 200
    assert "/user_avatar/" in forum.get("/u/mary.json").json["user"]["avatar_template"]
    assert toggle(use_uploaded_avatar="false") == 200
    assert "letter_avatar" in forum.get("/u/mary.json").json["user"]["avatar_template"]
    assert toggle() == 400


def test_no_service_is_asked_for_a_picture_of_an_address(forum: Forum) -> None:
    forum.given.user("mary")
    answer = forum.post("/user_avatar/mary/refresh_gravatar.json", headers=forum.keyed("mary"))
    assert answer.json == {"gravatar_upload_id": None, "gravatar_avatar_template": None}
    assert validate_discourse("refreshGravatar", answer.json) == []
    assert forum.outgoing.requests == []
