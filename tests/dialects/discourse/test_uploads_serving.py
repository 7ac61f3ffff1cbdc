"""Fetching files: types, caching, ranges, downloads, and headers that keep hostile files from running."""

from __future__ import annotations

import pytest

from tertulia.testing.forum import Forum
from tests.dialects.discourse.test_uploads import settings
from tests.uploading import PDF, picture, upload

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10"><script>alert(1)</script><rect/></svg>'


def test_a_picture_is_shown_cached_for_ever_and_cannot_run(forum: Forum) -> None:
    made = upload(forum, picture())
    answer = forum.get(made["url"])
    assert answer.headers["cache-control"] == "public, max-age=31556952, immutable"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["content-disposition"].startswith("inline; ")
    assert forum.request("HEAD", made["url"]).body == b""


def test_what_one_has_already_is_not_sent_again(forum: Forum) -> None:
    made = upload(forum, picture())
    tag = forum.get(made["url"]).headers["etag"]
    again = forum.get(made["url"], headers={"If-None-Match": tag})
    assert (again.status, again.body) == (304, b"")


@pytest.mark.parametrize(
    ("asked", "shown", "start", "end"),
    [("bytes=0-9", "0-9", 0, 10), ("bytes=10-", "10-45", 10, 46), ("bytes=-5", "41-45", 41, 46),
     ("bytes=40-999", "40-45", 40, 46)],
)  # fmt: skip
def test_a_range_is_sent(forum: Forum, asked: str, shown: str, start: int, end: int) -> None:
    settings(forum, authorized_extensions="pdf")
    made = upload(forum, PDF + b"x", name="a.pdf")
    answer = forum.get(made["url"], headers={"Range": asked})
    assert (answer.status, answer.body) == (206, (PDF + b"x")[start:end])
    assert answer.headers["content-range"] == f"bytes {shown}/46"


def test_a_range_beyond_the_end_is_refused_and_nonsense_is_ignored(forum: Forum) -> None:
    made = upload(forum, picture())
    refused = forum.get(made["url"], headers={"Range": "bytes=99999-"})
    assert refused.reason == "upload.range_invalid"
    assert (refused.status, refused.headers["content-range"]) == (416, f"bytes */{made['filesize']}")
    for text in ("bytes=5-1,7-9", "bytes=abc", "lines=1-2", "bytes=" + "9" * 40 + "-"):
        assert forum.get(made["url"], headers={"Range": text}).status == 200


def test_large_files_are_sent_in_pieces(forum: Forum) -> None:
    settings(forum, authorized_extensions="*")
    content = b"0123456789abcdef" * 150_000
    made = upload(forum, content, name="a.bin")
    answer = forum.get(made["url"])
    assert answer.body == content and answer.headers["content-length"] == str(len(content))
    assert answer.headers["content-type"] == "application/octet-stream"
    part = forum.get(made["url"], headers={"Range": "bytes=16-2000015"})
    assert part.status == 206 and part.body == content[16:2_000_016]


@pytest.mark.parametrize(
    ("name", "kind"),
    [("page.html", "application/octet-stream"),
     ("x.js", "application/octet-stream"), ("a.txt", "text/plain; charset=utf-8"),
     ("a.pdf", "application/pdf"), ("a.xml", "application/octet-stream"), ("noend", "application/octet-stream")],
)  # fmt: skip
def test_what_is_no_picture_is_saved_and_sandboxed(forum: Forum, name: str, kind: str) -> None:
    settings(forum, authorized_extensions="*")
    made = upload(forum, b"<html><script>alert(1)</script>", name=name)
    for path in (made["url"], made["short_path"], made["short_path"] + "?inline=1" if name != "a.pdf" else made["url"]):
        answer = forum.get(path)
        assert (answer.status, answer.headers["content-type"]) == (200, kind)
        assert answer.headers["content-disposition"].startswith("attachment; ")
        assert answer.headers["content-security-policy"].endswith("sandbox")
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_download_can_be_asked_for(forum: Forum) -> None:
    made = upload(forum, picture(), name='Ünï "x".png')
    answer = forum.get(made["short_path"] + "?dl=1")
    assert answer.headers["content-disposition"].startswith('attachment; filename="_n_')
    assert "filename*=UTF-8''%C3%9Cn%C3%AF" in answer.headers["content-disposition"]


def test_a_drawing_is_cleaned_and_sandboxed(forum: Forum) -> None:
    settings(forum, authorized_extensions="svg|png")
    made = upload(forum, SVG, name="a.svg")
    assert (made["width"], made["height"], made["extension"]) == (20, 10, "svg")
    answer = forum.get(made["url"])
    assert b"script" not in answer.body and answer.headers["content-type"] == "image/svg+xml"
    assert answer.headers["content-disposition"].startswith("attachment; ")
    assert answer.headers["content-security-policy"].endswith("sandbox")


def test_a_polyglot_is_a_picture_and_nothing_else(forum: Forum) -> None:
    made = upload(forum, picture("GIF") + b"<script>alert(1)</script>", name="a.gif")
    answer = forum.get(made["url"])
    assert b"script" not in answer.body and answer.headers["content-type"] == "image/gif"


def test_a_script_that_asks_for_a_file_is_refused(forum: Forum) -> None:
    made = upload(forum, picture())
    for path in (made["url"], made["short_path"]):
        assert forum.get(path, headers={"X-Requested-With": "XMLHttpRequest"}).status == 400


@pytest.mark.parametrize(
    "path",
    [
        "/uploads/default/original/3X/0/0/" + "0" * 40 + ".png",
        "/uploads/default/original/3X/0/0/../../../../etc/passwd",
        "/uploads/default/original/%2e%2e%2fetc%2fpasswd",
        "/uploads/default/optimized/3X/0/0/x.png",
        "/uploads/default/" + "0" * 40 + ".png",
        "/uploads/short-url/unknown.png",
        "/uploads/short-url/..png",
        "/uploads/short-url/" + "z" * 300,
        "/secure-uploads/original/3X/a.png",
    ],
)
def test_what_is_not_there_is_missing(forum: Forum, path: str) -> None:
    assert forum.get(path, headers={"Accept": "application/json"}).status == 404


def test_another_ending_names_no_file(forum: Forum) -> None:
    made = upload(forum, picture())
    assert forum.get(made["url"].replace(".png", ".html")).status == 404
    sha1 = made["url"].rpartition("/")[2]
    assert forum.get(f"/uploads/default/{sha1}").status == 200


def test_visitors_can_be_kept_from_files_that_are_no_pictures(forum: Forum) -> None:
    settings(forum, authorized_extensions="png|pdf", prevent_anons_from_downloading_files="true")
    file, shown = upload(forum, PDF, name="a.pdf"), upload(forum, picture())
    assert forum.get(file["url"]).status == 403 and forum.get(file["short_path"]).status == 403
    assert forum.get(file["url"], headers=forum.keyed()).status == 200
    assert forum.get(shown["url"]).status == 200


def test_files_in_a_public_bucket_are_fetched_there_but_never_what_could_run(forum: Forum) -> None:
    settings(forum, authorized_extensions="png|svg|pdf")
    forum.blobs.public_base = "https://cdn.example"
    made = upload(forum, picture())
    assert made["url"].startswith("https://cdn.example/original/3X/")
    moved = forum.get(made["short_path"])
    assert (moved.status, moved.headers["location"]) == (302, made["url"])
    assert forum.get(made["short_path"] + "?dl=1").status == 200
    for content, name in ((SVG, "a.svg"), (PDF, "a.pdf")):
        assert upload(forum, content, name=name)["url"].startswith("/uploads/default/original/")


def test_bytes_that_are_gone_are_missing_and_storage_that_fails_is_said(forum: Forum) -> None:
    made = upload(forum, picture())
    forum.blobs.problem = "down"
    answer = forum.get(made["url"])
    assert (answer.status, answer.reason) == (503, "storage_failed")
    forum.blobs.problem = None
    forum.blobs.kept.clear()
    assert forum.get(made["url"]).status == 404


def test_the_placeholder_is_a_picture(forum: Forum) -> None:
    import io

    from PIL import Image

    answer = forum.get("/images/transparent.png")
    assert answer.status == 200 and Image.open(io.BytesIO(answer.body)).size == (1, 1)
