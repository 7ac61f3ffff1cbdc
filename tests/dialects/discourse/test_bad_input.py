"""Bad input on Discourse's wire: each answers as the upstream does, and leaves nothing half-written."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tertulia.forum.unit import Unit
from tertulia.testing.forum import Forum

TEXT = "A text that is long enough to be accepted by everybody."
TITLE = "A topic that somebody tries to make"
TABLES = (
    "topics",
    "posts",
    "post_revisions",
    "tags",
    "topic_tags",
    "users",
    "categories",
    "events",
    "jobs",
    "post_search",
)


def counts(forum: Forum) -> dict[str, int]:
    async def count(unit: Unit) -> dict[str, int]:
        return {table: (await unit.tx.text(f"SELECT count(*) FROM {table}"))[0][0] for table in TABLES}

    return forum.unit(count)


@pytest.fixture
def untouched(forum: Forum) -> Iterator[Forum]:
    """A forum with mary and one topic, in which the test must change nothing."""
    forum.given.user("mary")
    forum.given.topic(by="mary")
    before = counts(forum)
    yield forum
    assert counts(forum) == before


CREATIONS = [
    ({}, 400, "param is missing or the value is empty: raw"),
    ({"raw": TEXT}, 422, "Title can't be blank"),
    ({"title": TITLE, "raw": TEXT, "category": 999}, 422, "Category"),
    ({"title": TITLE, "raw": TEXT, "category": 3}, 422, "Category"),
    ({"title": TITLE, "raw": TEXT, "category": "general"}, 400, "category"),
    ({"title": TITLE, "raw": TEXT, "category": {"id": 1}}, 400, "category"),
    ({"title": "Short", "raw": TEXT, "category": 1}, 422, "Title is too short (minimum is 15 characters)"),
    ({"title": "x" * 256, "raw": TEXT, "category": 1}, 422, "Title is too long (maximum is 255 characters)"),
    ({"title": "aaaaaaaaaaaaaaaaaaaa", "raw": TEXT, "category": 1}, 422, "Title seems unclear"),
    ({"title": TITLE, "raw": "short", "category": 1}, 422, "Body is too short (minimum is 20 characters)"),
    (
        {"title": TITLE, "raw": "y" * 32_001, "category": 1},
        422,
        "Body is limited to 32000 characters; you entered 32001.",
    ),
    ({"title": TITLE, "raw": "a" * 40, "category": 1}, 422, "Body seems unclear"),
    ({"title": [TITLE], "raw": TEXT, "category": 1}, 400, "title"),
    ({"title": TITLE, "raw": {"a": TEXT}, "category": 1}, 400, "raw"),
    ({"title": TITLE, "raw": TEXT, "category": 1, "tags": {"a": 1}}, 400, "tags"),
    ({"title": TITLE, "raw": TEXT, "category": 1, "tags": ["a", "b", "c", "d", "e", "f"]}, 422, "at most 5 tags"),
    ({"topic_id": 987654, "raw": TEXT}, 404, "could not be found"),
    ({"topic_id": "one", "raw": TEXT}, 400, "topic_id"),
    ({"topic_id": 10**30, "raw": TEXT}, 400, "topic_id"),
]


@pytest.mark.parametrize(("body", "status", "text"), CREATIONS)
def test_a_bad_creation_is_refused_with_its_reason(
    untouched: Forum, body: dict[str, object], status: int, text: str
) -> None:
    answer = untouched.post("/posts.json", headers=untouched.keyed("mary"), json=body)
    assert answer.status == status, answer
    assert text in " ".join(answer.json["errors"])
    assert answer.reason
    assert len(answer.headers["x-request-id"]) == 32


def test_several_broken_rules_are_all_named(untouched: Forum) -> None:
    answer = untouched.post(
        "/posts.json", headers=untouched.keyed("mary"), json={"title": "Short", "raw": "short", "category": 1}
    )
    assert len(answer.json["errors"]) >= 2


def test_the_same_title_and_the_same_text_are_refused(forum: Forum) -> None:
    forum.given.user("mary")
    body = {"title": TITLE, "raw": TEXT, "category": 1}
    assert forum.post("/posts.json", headers=forum.keyed("mary"), json=body).status == 200
    before = counts(forum)
    title = forum.post("/posts.json", headers=forum.keyed("mary"), json={**body, "raw": TEXT + " Or another."})
    text = forum.post("/posts.json", headers=forum.keyed("mary"), json={**body, "title": TITLE + " again"})
    assert (title.status, text.status) == (422, 422)
    assert "Title has already been used" in title.json["errors"]
    assert "Body is too similar to what you recently posted" in text.json["errors"]
    assert counts(forum) == before
    forum.clock.advance(minutes=6)
    later = forum.post("/posts.json", headers=forum.keyed("mary"), json={**body, "title": TITLE + " again"})
    assert later.status == 200


BODIES = [
    (b'{"raw": "unfinished', "application/json", 400),
    (b"[1, 2, 3]", "application/json", 400),
    (b'"a text"', "application/json", 400),
    (b"\xff\xfe\x00bad", "application/json", 400),
    (b"raw=%FF%FE", "application/x-www-form-urlencoded", 400),
    (b"raw=%zz", "application/x-www-form-urlencoded", 400),
    (b"raw=a&raw[b]=c", "application/x-www-form-urlencoded", 400),
    (b"a[" * 200 + b"x" + b"]" * 200 + b"=1", "application/x-www-form-urlencoded", 400),
    (b"&".join(b"p%d=1" % n for n in range(5000)), "application/x-www-form-urlencoded", 400),
    (b"[" * 100_000 + b"]" * 100_000, "application/json", 400),
    (b"--x\r\nnonsense", "multipart/form-data; boundary=x", 400),
    (b"{}", "application/json", 400),
]


@pytest.mark.parametrize(("body", "kind", "status"), BODIES)
def test_a_broken_body_is_a_clear_400(untouched: Forum, body: bytes, kind: str, status: int) -> None:
    answer = untouched.post("/posts.json", headers={**untouched.keyed(), "Content-Type": kind}, body=body)
    assert answer.status == status, answer
    assert answer.json["errors"]


def test_a_huge_body_is_413(untouched: Forum) -> None:
    headers = {**untouched.keyed(), "Content-Type": "application/json"}
    answer = untouched.post("/posts.json", headers=headers, body=b'{"raw":"' + b"x" * (11 * 1024 * 1024) + b'"}')
    assert (answer.status, answer.reason) == (413, "request.body_too_large")


CREDENTIALS = [
    ({"Api-Key": "0" * 64, "Api-Username": "admin"}, "credential.key_unknown"),
    ({"Api-Key": "short", "Api-Username": "admin"}, "credential.key_unknown"),
    ({"Api-Key": "KEY"}, "credential.api_username_missing"),
    ({"Api-Key": "KEY", "Api-Username": "nobody"}, "credential.api_username_unknown"),
    ({"Api-Key": "KEY", "Api-Username": "../admin"}, "credential.api_username_unknown"),
    ({"Api-Key": "KEY", "Api-User-Id": "987654"}, "credential.api_username_unknown"),
    ({"Api-Key": "KEY", "Api-User-Id": "one"}, "credential.api_username_unknown"),
    ({"User-Api-Key": "0" * 32}, "credential.key_unknown"),
]


@pytest.mark.parametrize(("headers", "reason"), CREDENTIALS)
def test_a_bad_credential_is_403_with_a_reason(untouched: Forum, headers: dict[str, str], reason: str) -> None:
    sent = {name: untouched.key if value == "KEY" else value for name, value in headers.items()}
    answer = untouched.get("/latest.json", headers=sent)
    assert (answer.status, answer.json["error_type"], answer.reason) == (403, "invalid_access", reason)


def test_a_bearer_token_means_nothing_here(untouched: Forum) -> None:
    answer = untouched.post(
        "/posts.json", headers=untouched.bearer(), json={"raw": TEXT, "title": TITLE, "category": 1}
    )
    assert answer.status == 403
    assert untouched.get("/admin/api/keys.json", headers=untouched.bearer()).status == 404


def test_credentials_in_query_or_body_are_ignored(untouched: Forum) -> None:
    query = f"?api_key={untouched.key}&api_username=admin"
    assert untouched.get(f"/admin/api/keys.json{query}").status == 404
    body = {"title": TITLE, "raw": TEXT, "category": 1, "api_key": untouched.key, "api_username": "admin"}
    answer = untouched.post("/posts.json", form=body)
    assert (answer.status, answer.text) == (403, '["BAD CSRF"]')


@pytest.mark.parametrize("method", ["PATCH", "PUT", "DELETE", "OPTIONS", "TRACE"])
def test_a_wrong_method_is_404(untouched: Forum, method: str) -> None:
    answer = untouched.request(method, "/latest.json", headers=untouched.keyed())
    assert answer.status == 404
    assert answer.json["error_type"] == "not_found"


PATHS = [
    "/nothing.json",
    "/t/.json",
    "/t/1/2/3/4.json",
    "/../etc/passwd",
    "/t/%00.json",
    "/t/%ff.json",
    "/u/..%2f..%2fadmin.json",
]


@pytest.mark.parametrize("path", [*PATHS, "/t/99999999999999999999.json", "/posts/9223372036854775808.json"])
def test_an_unknown_path_is_404(untouched: Forum, path: str) -> None:
    answer = untouched.get(path, headers=untouched.keyed())
    assert (answer.status, answer.json["error_type"]) == (404, "not_found")


def test_admin_routes_are_404_for_members_and_visitors(untouched: Forum) -> None:
    for headers in ({}, untouched.keyed("mary")):
        answer = untouched.get("/admin/api/keys.json", headers=headers)
        assert (answer.status, answer.reason) == (404, "staff_only")


def test_a_nul_character_never_reaches_the_database(forum: Forum) -> None:
    body = {"title": TITLE + "\0", "raw": TEXT + "\0 and more", "category": 1}
    answer = forum.post("/posts.json", headers=forum.keyed(), json=body)
    assert answer.status == 200
    assert "\0" not in forum.get(f"/posts/{answer.json['id']}.json").json["raw"]
    refused = forum.get("/latest.json?order=%00", headers=forum.keyed())
    assert refused.status == 400


def test_sql_is_text(untouched: Forum) -> None:
    for path in (
        "/latest.json?order=id;DROP TABLE topics",
        "/search.json?q=%27%29%3B--drop",
        "/tag/%27%20OR%201=1.json",
    ):
        assert untouched.get(path.replace(" ", "%20")).status in (200, 404)


def test_headers_cannot_be_injected_by_redirects(forum: Forum) -> None:
    topic_id = forum.given.topic().post.topic_id
    answer = forum.get(f"/t/x%0d%0aSet-Cookie:%20a=b/{topic_id}.json")
    assert "set-cookie" not in answer.headers


def test_a_member_must_name_a_category_and_staff_need_not(forum: Forum) -> None:
    forum.given.user("mary")
    body = {"title": TITLE, "raw": TEXT}
    refused = forum.post("/posts.json", headers=forum.keyed("mary"), json=body)
    assert (refused.status, refused.json["errors"]) == (422, ["Category can't be blank"])
    assert forum.post("/posts.json", headers=forum.keyed(), json=body).status == 200
    named = forum.post(
        "/posts.json", headers=forum.keyed("mary"), json={**body, "title": TITLE + " again", "category": 1}
    )
    assert named.status == 200
