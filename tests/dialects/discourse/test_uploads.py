"""Keeping files over HTTP: what is asked, what is answered, what is refused."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

import pytest

from tests.uploading import PDF, animated, bomb, headers, multipart, picture, send, upload, with_exif

if TYPE_CHECKING:
    from tertulia.testing.forum import Forum

KEYS = {
    "id", "url", "original_filename", "filesize", "width", "height", "thumbnail_width", "thumbnail_height", "extension",
    "short_url", "short_path", "retain_hours", "human_filesize", "dominant_color", "thumbnail",
}  # fmt: skip


def settings(forum: Forum, **values: object) -> None:
    for name, value in values.items():
        answer = forum.put(f"/admin/site_settings/{name}", json={name: value}, headers=forum.keyed())
        assert answer.status == 200, answer


def test_a_picture_is_kept_and_answered_with_its_addresses(forum: Forum) -> None:
    made = upload(forum, picture(size=(40, 30)), name="my cat.png")
    assert set(made) == KEYS
    sha1 = re.search(r"([0-9a-f]{40})", made["url"])[1]
    assert made["url"] == f"/uploads/default/original/3X/{sha1[0]}/{sha1[1]}/{sha1}.png"
    stored = forum.get(made["url"])
    assert stored.status == 200 and hashlib.sha1(stored.body).hexdigest() == sha1
    assert made["filesize"] == len(stored.body)
    assert (made["width"], made["height"], made["thumbnail_width"], made["thumbnail_height"]) == (40, 30, 40, 30)
    assert made["original_filename"] == "my cat.png" and made["extension"] == "png"
    assert re.fullmatch(r"upload://[0-9A-Za-z]{20,27}\.png", made["short_url"])
    assert made["short_path"] == made["short_url"].replace("upload://", "/uploads/short-url/")
    assert made["human_filesize"] == f"{len(stored.body)} Bytes"
    assert (made["retain_hours"], made["dominant_color"], made["thumbnail"]) == (None, "C8102E", None)


def test_a_large_picture_gets_smaller_ones_for_posts(forum: Forum) -> None:
    made = upload(forum, picture(size=(1600, 1000)))
    assert (made["thumbnail_width"], made["thumbnail_height"]) == (690, 431)
    thumbnail = made["thumbnail"]
    assert (thumbnail["width"], thumbnail["height"], thumbnail["upload_id"]) == (690, 431, made["id"])
    assert thumbnail["url"].startswith("/uploads/default/optimized/3X/") and thumbnail["url"].endswith("_2_690x431.png")
    answer = forum.get(thumbnail["url"])
    assert (answer.status, answer.headers["content-type"]) == (200, "image/png")
    assert len(answer.body) == thumbnail["filesize"]
    assert forum.get(thumbnail["url"].replace("690x431", "691x431")).status == 404


@pytest.mark.parametrize("old", [True, False])
def test_the_type_may_have_its_old_name(forum: Forum, old: bool) -> None:
    names = {"upload_type": None, "type": "composer"} if old else {}
    assert send(forum, picture(), **names).status == 200


def test_a_file_without_a_type_is_refused_with_both_names(forum: Forum) -> None:
    answer = send(forum, picture(), upload_type=None)
    assert answer.status == 400 and answer.reason == "request.parameter_missing"
    assert "upload_type" in answer.json["errors"][0] and "type" in answer.json["errors"][0].replace("upload_type", "")


def test_an_unknown_type_is_refused(forum: Forum) -> None:
    assert send(forum, picture(), upload_type="malware").status == 400


def test_files_may_come_as_a_list(forum: Forum) -> None:
    assert send(forum, picture(), field="files[]").status == 200


def test_a_request_without_a_file_is_refused(forum: Forum) -> None:
    assert send(forum, None).status == 400
    answer = forum.post("/uploads.json", json={"upload_type": "composer", "file": "text"}, headers=forum.keyed())
    assert answer.status == 400
    answer = forum.post("/uploads.json", json={"upload_type": "composer", "file": {"a": 1}}, headers=forum.keyed())
    assert answer.status == 400


def test_visitors_may_not_upload(forum: Forum) -> None:
    answer = forum.post("/uploads.json", body=multipart(picture(), upload_type="composer"), headers=headers({}))
    assert answer.status == 403 and not forum.blobs.kept


def test_members_upload_and_pictures_of_the_site_are_for_staff(forum: Forum) -> None:
    forum.given.user("mary")
    assert send(forum, picture(), by="mary").status == 200
    assert send(forum, picture(), by="mary", upload_type="category_logo").status == 403
    assert send(forum, picture(), upload_type="category_logo").status == 200


def test_an_avatar_of_somebody_else_is_for_staff(forum: Forum) -> None:
    mary, john = forum.given.user("mary"), forum.given.user("john")
    assert send(forum, picture(), by="mary", upload_type="avatar", user_id=mary.id).status == 200
    assert send(forum, picture(), by="mary", upload_type="avatar", user_id=john.id).status == 403
    assert send(forum, picture(), upload_type="avatar", user_id=john.id).status == 200
    assert send(forum, picture(), upload_type="avatar", user_id=999_999).status == 404


def test_a_narrow_key_needs_the_scope(forum: Forum) -> None:
    def key(scope: dict[str, object]) -> dict[str, str]:
        body = {"key": {"description": "narrow", "username": "admin", "scopes": [scope]}}
        made = forum.post("/admin/api/keys", json=body, headers=forum.keyed())
        return {"Api-Key": made.json["key"]["key"], "Api-Username": "admin"}

    body = multipart(picture(), upload_type="composer")
    right = key({"scope_id": "uploads:create"})
    assert forum.post("/uploads.json", body=body, headers=headers(right)).status == 200
    wrong = key({"scope_id": "topics:read"})
    assert forum.post("/uploads.json", body=body, headers=headers(wrong)).status == 403


def test_the_same_file_is_the_same_upload_whoever_brings_it(forum: Forum) -> None:
    forum.given.user("mary")
    first, again = upload(forum, with_exif()), upload(forum, with_exif(), by="mary", name="other.jpg")
    assert first["id"] == again["id"]
    # What it became is known as well: without the camera's notes it is the same picture.
    stripped = forum.get(first["url"]).body
    assert upload(forum, stripped, name="third.jpg")["id"] == first["id"]
    assert len(forum.blobs.kept) == 1


# -- what is refused --------------------------------------------------------------------------------
def refused(forum: Forum, content: bytes, code: str, *, status: int = 422, **options: object) -> str:
    answer = send(forum, content, **options)
    assert (answer.status, answer.reason) == (status, code), answer
    assert not forum.blobs.kept
    return answer.json["errors"][0]


def test_a_bomb_is_refused_by_its_header(forum: Forum) -> None:
    sentence = refused(forum, bomb(), "upload.too_many_pixels")
    assert "40 megapixels" in sentence
    refused(forum, bomb(1, 40_000), "upload.too_many_pixels")


def test_an_animation_with_too_many_frames_is_refused(forum: Forum) -> None:
    settings(forum, max_image_megapixels=5)
    frame = animated(1, (2000, 2000))
    start = frame.index(b"\x2c", 13)
    refused(forum, frame[:-1] + frame[start:-1] * 60 + b";", "upload.too_many_pixels", name="a.gif")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
def test_half_a_picture_is_refused(forum: Forum, kind: str) -> None:
    whole = picture(kind, (300, 300), colour=None) if kind != "JPEG" else picture(kind, (300, 300))
    refused(forum, whole[: len(whole) // 2], "upload.unreadable", name=f"half.{kind.lower()}")


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"<html><script>alert(1)</script>", "cat.png"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "cat.png"),
        (b"GIF89a<script>alert(1)</script>", "cat.gif"),
        (b"\xff\xd8\xff\xe0" + b"\xff" * 50, "cat.jpg"),
        (b"\0\0\0\x18ftypheic" + b"\0" * 50, "photo.heic"),
        (b"RIFF\0\0\0\0WEBP", "a.webp"),
    ],
)
def test_what_is_no_picture_is_refused(forum: Forum, content: bytes, name: str) -> None:
    refused(forum, content, "upload.unreadable", name=name)


@pytest.mark.parametrize("name", ["a.exe", "a.html", "a.svg", "a", "a.png.exe", "a.PHP", "noend."])
def test_endings_that_are_not_authorized_are_refused(forum: Forum, name: str) -> None:
    sentence = refused(forum, PDF, "upload.extension_refused", name=name)
    assert "jpg, jpeg, png, gif" in sentence


def test_an_empty_file_is_refused(forum: Forum) -> None:
    refused(forum, b"", "upload.empty")


def test_files_that_are_too_large_are_refused(forum: Forum) -> None:
    settings(forum, max_image_size_kb=1, max_attachment_size_kb=2, authorized_extensions="png|pdf")
    sentence = refused(forum, picture(colour=None) + b"x" * 2000, "upload.too_large")
    assert "1 KB" in sentence
    refused(forum, PDF + b"x" * 3000, "upload.too_large", name="a.pdf")


def test_a_body_that_is_absurd_is_refused_as_such(forum: Forum) -> None:
    answer = send(forum, b"x" * 11_000_000)
    assert (answer.status, answer.reason) == (413, "request.body_too_large")


def test_staff_may_have_further_endings(forum: Forum) -> None:
    forum.given.user("mary")
    settings(forum, authorized_extensions_for_staff="pdf")
    assert send(forum, PDF, name="a.pdf", by="mary").status == 422
    made = upload(forum, PDF, name="a.pdf")
    assert (made["width"], made["thumbnail_width"], made["extension"]) == (None, None, "pdf")


# -- names ------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd.png", "passwd.png"),
        ("..\\..\\boot.png", "boot.png"),
        ("a\u202egnp.exe.png", "agnp.exe.png"),
        ("x" * 190 + ".png", "x" * 190 + ".png"),
        ("photo.jpeg", "photo.png"),
        ("photo.gif", "photo.png"),
        ("Ünï🙂.PNG", "Ünï🙂.PNG"),
        ("photo", "photo.png"),
    ],
)
def test_names_lose_what_is_dangerous_and_get_the_real_ending(forum: Forum, sent: str, kept: str) -> None:
    made = upload(forum, picture(), name=sent)
    assert (made["original_filename"], made["extension"]) == (kept, "png")
    assert forum.get(made["url"]).headers["content-type"] == "image/png"


def test_a_name_cannot_break_out_of_a_header(forum: Forum) -> None:
    made = upload(forum, picture(), name="a%22; filename=evil.exe%0d%0aX-Evil: 1.png")
    answer = forum.get(made["url"] + "?dl=1")
    shown = answer.headers["content-disposition"]
    assert "x-evil" not in answer.headers
    assert shown.startswith('attachment; filename="') and shown.count('"') == 2


# -- addresses --------------------------------------------------------------------------------------
def test_short_addresses_are_looked_up_and_unknown_ones_left_out(forum: Forum) -> None:
    made = upload(forum, picture())
    asked = [made["short_url"], "upload://unknown.png", "nonsense", "upload://" + "z" * 27 + ".png"]
    for path in ("/uploads/lookup-urls", "/uploads/lookup-urls.json"):
        answer = forum.post(path, json={"short_urls": asked}, headers=forum.keyed())
        assert answer.json == [{key: made[key] for key in ("short_url", "url", "short_path")}]
    assert forum.post("/uploads/lookup-urls", json={"short_urls": []}, headers=forum.keyed()).json == []
    assert forum.post("/uploads/lookup-urls", json={"short_urls": asked}).status == 403


def test_metadata_is_looked_up_by_any_address(forum: Forum) -> None:
    made = upload(forum, picture())
    for url in (made["url"], made["short_url"], made["short_path"], f"https://cdn.example{made['url']}"):
        answer = forum.post("/uploads/lookup-metadata.json", json={"url": url}, headers=forum.keyed())
        assert answer.json == {
            "original_filename": "cat.png",
            "width": 40,
            "height": 30,
            "human_filesize": made["human_filesize"],
        }
    missing = forum.post("/uploads/lookup-metadata.json", json={"url": "/x.png"}, headers=forum.keyed())
    assert missing.status == 404
    assert forum.post("/uploads/lookup-metadata.json", json={}, headers=forum.keyed()).status == 400


@pytest.mark.parametrize(
    "path",
    [
        "generate-presigned-put", "complete-external-upload", "create-multipart", "batch-presign-multipart-parts",
        "abort-multipart", "complete-multipart",
    ],
)  # fmt: skip
def test_uploads_past_the_forum_do_not_exist(forum: Forum, path: str) -> None:
    assert forum.post(f"/uploads/{path}.json", json={}, headers=forum.keyed()).status == 404


# -- from an address --------------------------------------------------------------------------------
def test_a_key_may_name_an_address_to_fetch(forum: Forum) -> None:
    content = picture()
    forum.outgoing.answer("https://pictures.example/", body=content)
    sent = {"upload_type": "composer", "url": "https://pictures.example/some/cat%20one.png?x=1"}
    made = forum.post("/uploads.json", json=sent, headers=forum.keyed())
    assert made.status == 200 and made.json["original_filename"] == "cat one.png"
    assert forum.outgoing.requests[0].max_response_bytes == 4096 * 1024


@pytest.mark.parametrize("status", [404, 500, 302])
def test_an_address_that_gives_nothing_is_refused(forum: Forum, status: int) -> None:
    forum.outgoing.answer("https://pictures.example/", body=picture(), status=status)
    sent = {"upload_type": "composer", "url": "https://pictures.example/a.png"}
    answer = forum.post("/uploads.json", json=sent, headers=forum.keyed())
    assert (answer.status, answer.reason) == (422, "upload.fetch_failed")


def test_an_address_is_for_keys_and_fetched_with_the_rights_of_the_user(forum: Forum) -> None:
    forum.given.user("mary", password="a good password 1")
    sent = {"upload_type": "composer", "url": "https://pictures.example/a.png"}
    assert forum.post("/uploads.json", json=sent, headers=forum.login("mary", "a good password 1")).status == 403
    sent["upload_type"] = "category_logo"
    assert forum.post("/uploads.json", json=sent, headers=forum.keyed("mary")).status == 403
    assert forum.outgoing.requests == []


# -- limits and trouble -----------------------------------------------------------------------------
def test_uploads_a_minute_are_limited_and_staff_exempt(forum: Forum) -> None:
    forum.given.user("mary")
    settings(forum, max_uploads_per_minute=2)
    forum.ports.paced = True
    assert [send(forum, picture(size=(9, n)), by="mary").status for n in (1, 2, 3)] == [200, 200, 429]
    limited = send(forum, picture(), by="mary")
    assert limited.headers["discourse-rate-limit-error-code"] == "uploads_60_secs"
    assert [send(forum, picture(size=(8, n))).status for n in (1, 2, 3)] == [200, 200, 200]


def test_attempts_that_come_to_nothing_count_in_the_limit(forum: Forum) -> None:
    forum.given.user("mary")
    settings(forum, max_uploads_per_minute=2)
    forum.ports.paced = True
    assert [send(forum, b"no picture", by="mary").status for _ in range(3)] == [422, 422, 429]
    forum.clock.advance(seconds=61)
    sent = {"upload_type": "composer", "url": "https://pictures.example/gone.png"}
    answers = [forum.post("/uploads.json", json=sent, headers=forum.keyed("mary")) for _ in range(3)]
    assert [answer.status for answer in answers] == [422, 422, 429]
    assert len(forum.outgoing.requests) == 2


def test_storage_that_fails_is_a_clean_answer_and_leaves_nothing(forum: Forum) -> None:
    forum.blobs.problem = "ENOSPC"
    answer = send(forum, picture())
    assert (answer.status, answer.reason) == (503, "storage_failed")
    forum.blobs.problem = None
    assert upload(forum, picture())["id"] == 1


def test_retain_hours_count_for_admins_only(forum: Forum) -> None:
    forum.given.user("mary")
    assert upload(forum, picture(), by="mary", retain_hours=9)["retain_hours"] is None
    assert upload(forum, picture(), retain_hours=12)["retain_hours"] == 12
    assert send(forum, picture(), retain_hours="soon").status == 400


def test_no_room_for_what_arrives_is_a_clean_answer(forum: Forum, monkeypatch: pytest.MonkeyPatch) -> None:
    from tertulia.http.bodies import multipart as reading

    def full(*_arguments: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(reading._Spool, "write", full)
    answer = send(forum, picture())
    assert (answer.status, answer.reason) == (503, "storage_failed")
