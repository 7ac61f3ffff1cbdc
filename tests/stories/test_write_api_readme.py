"""What the readme of NodeBB's write-API plugin prints: its quick start, its signed token, its errors."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from tertulia.testing.forum import Forum
from tests.stories.cookbook.running import run_shell

ADDRESS = "http://localhost:4567"
TITLE, CONTENT = "A topic by the write API", "Its content is long enough to be accepted."


@pytest.fixture(scope="module")
def readme(corpus: Path) -> str:
    [path] = (corpus / "contract" / "seeds").glob("000*.txt")
    return path.read_text("utf-8")


def curl(line: str, *, forum: Forum, folder: Path) -> dict[str, Any]:
    """The JSON that a printed line brings, with the address of a forum that exists."""
    if not shutil.which("curl"):
        pytest.skip("curl is not installed, so no line of the readme is tried")
    assert ADDRESS in line
    answer: dict[str, Any] = json.loads(run_shell(line.replace(ADDRESS, forum.url), folder=folder, variables={}).ok())
    return answer


@pytest.mark.parametrize("token", ["token", "master_token"])
def test_the_quick_start_creates_a_topic(readme: str, forum: Forum, tmp_path: Path, token: str) -> None:
    found = re.search(r"^\s*3\. (curl .*)$", readme, re.MULTILINE)
    assert found
    line = (
        found[1]
        .replace("{YOUR_TOKEN}", getattr(forum, token))
        .replace("{TITLE}", TITLE)
        .replace("{CONTENT}", CONTENT if token == "token" else f"{CONTENT}&_uid=1")
        .replace("{CID}", "1")
    )
    answer = curl(line, forum=forum, folder=tmp_path)
    assert answer["code"] == "ok"
    tid = answer["payload"]["topicData"]["tid"]
    assert forum.get(f"/api/topic/{tid}").json["title"] == TITLE
    assert forum.get(f"/t/{tid}.json").json["title"] == TITLE


def test_a_master_token_needs_to_know_for_whom(forum: Forum) -> None:
    body = {"title": TITLE, "content": CONTENT, "cid": "1"}
    answer = forum.post("/api/v1/topics", headers=forum.bearer(forum.master_token), form=body)
    assert answer.status in (400, 401, 403)
    assert answer.json["code"] != "ok"


def test_the_signed_token_lists_tokens_once_its_secret_is_set(readme: str, forum: Forum, tmp_path: Path) -> None:
    found = re.search(r"^\s*\$ (curl \S+\?token=\S+)\s+# secret is 'secret'$", readme, re.MULTILINE)
    assert found
    before = curl(found[1], forum=forum, folder=tmp_path)
    assert before["code"] == "not-authorised"
    forum.put("/admin/site_settings/jwt_secret.json", headers=forum.keyed(), form={"jwt_secret": "secret"})
    after = curl(found[1], forum=forum, folder=tmp_path)
    assert after["code"] == "ok"
    assert isinstance(after["payload"]["tokens"], list)


def test_an_error_has_the_printed_form(readme: str, forum: Forum) -> None:
    """The form and the code; the sentence that is printed beside it belongs to another status in the plugin itself."""
    found = re.search(r'"code": "not-authorised".*?"params": \{\}', readme, re.DOTALL)
    assert found
    printed = json.loads(f"{{{found[0]}}}")
    answer = forum.post("/api/v1/topics", form={"title": TITLE, "content": CONTENT, "cid": "1"})
    assert answer.status == 401
    assert list(answer.json) == list(printed)
    assert (answer.json["code"], answer.json["params"]) == (printed["code"], printed["params"])


def test_a_first_token_is_made_with_a_password(forum: Forum) -> None:
    mary = forum.given.user("mary", password="a-long-password-1")
    answer = forum.post(f"/api/v1/users/{mary.id}/tokens", form={"password": "a-long-password-1"})
    assert answer.status == 200
    token = answer.json["payload"]["token"]
    made = forum.post(
        "/api/v1/topics", headers=forum.bearer(token), form={"title": TITLE, "content": CONTENT, "cid": "1"}
    )
    assert made.json["payload"]["topicData"]["uid"] == mary.id


def test_users_are_addressed_by_id_and_followed(forum: Forum) -> None:
    """The change that the last version of the readme tells of."""
    mary = forum.given.user("mary")
    followed = forum.post(f"/api/v1/users/{mary.id}/follow", headers=forum.bearer())
    assert (followed.status, followed.json["code"]) == (200, "ok")
    assert forum.delete(f"/api/v1/users/{mary.id}/follow", headers=forum.bearer()).status == 200
    changed = forum.put(f"/api/v1/users/{mary.id}", headers=forum.bearer(), form={"fullname": "Mary Keller"})
    assert changed.status == 200
    assert forum.get("/u/mary.json", headers=forum.keyed()).json["user"]["name"] == "Mary Keller"
