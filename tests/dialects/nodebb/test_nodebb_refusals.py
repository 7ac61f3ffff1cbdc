"""Every failure of the catalogue in this dialect's words, statuses and envelopes."""

from __future__ import annotations

import string

import pytest

from tertulia.dialects.nodebb.errors import STATUS
from tertulia.dialects.nodebb.sentences import SENTENCES, sentence
from tertulia.model.errors import CATALOGUE, Kind
from tertulia.testing.forum import Forum
from tests.dialects.nodebb.conftest import Headers


@pytest.mark.parametrize("code", sorted(CATALOGUE))
def test_every_failure_has_a_sentence_that_its_facts_fill(code: str) -> None:
    row = CATALOGUE[code]
    said = sentence(row(**dict.fromkeys(row.names, 7)))
    assert said and "{" not in said
    template = SENTENCES.get(code, "")
    named = {field for _, field, _, _ in string.Formatter().parse(template) if field}
    assert named <= set(row.names)
    assert template or code.startswith("credential.")


def test_every_kind_of_failure_has_a_status() -> None:
    assert set(STATUS) == set(Kind)


def test_a_refusal_says_its_code_and_the_id_of_the_request(forum: Forum, mary: Headers) -> None:
    answer = forum.delete("/api/v3/topics/1", headers=mary)
    assert answer.headers["x-request-id"] and answer.reason in ("not_found", "not_allowed")


def test_read_api_pages_ask_guests_to_log_in_with_an_envelope(forum: Forum) -> None:
    answer = forum.get("/api/unread")
    assert (answer.status, answer.json["status"]["code"]) == (401, "not-authorised")


def test_a_banned_users_token_is_refused(forum: Forum, mary: Headers) -> None:
    uid = forum.post("/api/v3/ping", headers=mary).json["response"]["uid"]
    forum.put(f"/api/v3/users/{uid}/ban", headers=forum.bearer(), json={"reason": "spam"})
    for path in ("/api/v1/ping", "/api/v3/ping"):
        answer = forum.post(path, headers=mary)
        assert (answer.status, answer.reason) == (401, "credential.user_suspended")


def test_a_muted_user_writes_nothing(forum: Forum, mary: Headers) -> None:
    uid = forum.post("/api/v3/ping", headers=mary).json["response"]["uid"]
    forum.put(f"/api/v3/users/{uid}/mute", headers=forum.bearer())
    topic = forum.given.topic().post.topic_id
    body = {"content": "Something that nobody will read."}
    answer = forum.post(f"/api/v3/topics/{topic}", headers=mary, json=body)
    assert (answer.status, answer.reason) == (403, "user.silenced")
    forum.delete(f"/api/v3/users/{uid}/mute", headers=forum.bearer())
    assert forum.post(f"/api/v3/topics/{topic}", headers=mary, json=body).status == 200
