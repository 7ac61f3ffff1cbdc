"""JSON Web Tokens of the plugin: signed with a shared secret, in the query or the body."""

from __future__ import annotations

from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from tertulia.testing.forum import Forum

SEED = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJfdWlkIjoxfQ.pbm5wbAZ4__yFh5y8oeCsJyT0dm8ROcd5SEBr4yGlNw"
TOPIC = {"cid": 1, "title": "A topic that came signed", "content": "A text that is long enough for everybody."}


@pytest.fixture(scope="session")
def forum_settings() -> dict[str, object]:
    return {"jwt_secret": "secret"}


def signed(claims: dict[str, Any], *, secret: str = "secret", algorithm: str = "HS256") -> str:
    return jwt.encode({"alg": algorithm}, claims, OctKey.import_key(secret), algorithms=[algorithm])


def test_the_line_of_the_documentation_lists_the_users_tokens(forum: Forum) -> None:
    answer = forum.get(f"/api/v1/users/1/tokens?token={SEED}")
    assert (answer.status, answer.json["code"], len(answer.json["payload"]["tokens"])) == (200, "ok", 1)


def test_a_signed_body_is_the_whole_request_in_the_first_version(forum: Forum) -> None:
    token = signed({"_uid": 1, **TOPIC})
    answer = forum.post("/api/v1/topics", form={"token": token, "title": "What came beside is not signed"})
    assert answer.json["payload"]["topicData"]["title"] == TOPIC["title"]


def test_the_second_version_takes_the_body_beside_a_bare_token(forum: Forum) -> None:
    answer = forum.post(f"/api/v2/topics?token={signed({'_uid': 1})}", json=TOPIC)
    assert answer.status == 200, answer
    alone = forum.post(f"/api/v2/topics?token={signed({'_uid': 1, **TOPIC, 'title': 'Another one that is signed'})}")
    assert alone.json["payload"]["topicData"]["title"] == "Another one that is signed"


def test_a_signed_token_opens_pages_of_the_read_api_and_nothing_of_the_third(forum: Forum) -> None:
    assert forum.get(f"/api/self?token={SEED}").json["uid"] == 1
    assert forum.post(f"/api/v3/ping?token={SEED}").status == 403


@pytest.mark.parametrize(
    "token",
    [
        signed({"_uid": 1}, secret="another"),
        signed({"_uid": 1}, secret="secret", algorithm="HS384"),
        signed({"_uid": 1, "exp": 1}),
        signed({"_uid": 4711}),
        "eyJhbGciOiJub25lIn0.eyJfdWlkIjoxfQ.",
        "a.b.c",
        SEED[:-4] + "AAAA",
    ],
)
def test_a_wrong_signature_is_refused(forum: Forum, token: str) -> None:
    for version in ("v1", "v2"):
        assert forum.get(f"/api/{version}/users/1/tokens?token={token}").status == 401


def test_a_token_that_names_nobody_says_so(forum: Forum) -> None:
    answer = forum.get(f"/api/v1/users/1/tokens?token={signed({'hello': 'world'})}")
    assert (answer.status, answer.json["code"], answer.json["params"]) == (400, "params-missing", {"0": "_uid"})


def test_with_signed_tokens_on_the_first_version_takes_no_password(forum: Forum) -> None:
    body = {"password": forum.admin_password}
    assert forum.post("/api/v1/users/1/tokens", json=body).status == 401
    assert forum.post("/api/v2/users/1/tokens", json=body).status == 200
