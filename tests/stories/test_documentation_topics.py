"""What the two topics about Discourse's API print: a multipart request, credentials in headers only, notifications."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tertulia.testing.forum import Forum
from tests.stories.cookbook.running import run_shell

PRINTED_KEY = "714552c6148e1617aeab526d0606184b94a80ec048fc09894ff1a72b740c5f19"
PRINTED_ACTOR = "discourse1"
NAME = "89853c20-4409-e91a-a8ea-f6cdff96aaaa"


def printed_request(path: Path) -> str:
    """The one request by curl in a text, from its first line to the last that is continued."""
    lines = path.read_text("utf-8").splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("curl "))
    end = next(number for number in range(start, len(lines)) if not lines[number].endswith("\\"))
    return "\n".join(lines[start : end + 1])


# The older text has lost its address.
@pytest.mark.parametrize(("number", "address"), [("001", '""'), ("002", '"http://127.0.0.1:3000/categories"')])
def test_a_category_is_made_by_the_request_as_it_is_printed(
    forum: Forum, corpus: Path, tmp_path: Path, number: str, address: str
) -> None:
    if not shutil.which("curl"):
        pytest.skip("curl is not installed, so no request of the documentation is tried")
    [path] = (corpus / "contract" / "seeds").glob(f"{number}*.txt")
    printed = printed_request(path)
    assert address in printed and PRINTED_KEY in printed
    forum.given.user(PRINTED_ACTOR, admin=True)
    request = printed.replace(address, f'"{forum.url}/categories"').replace(PRINTED_KEY, forum.key)
    answer = run_shell(request, folder=tmp_path, variables={}).ok()
    assert f'"name":"{NAME}"' in answer
    [made] = [
        category
        for category in forum.get("/categories.json").json["category_list"]["categories"]
        if category["name"] == NAME
    ]
    assert (made["color"], made["text_color"]) == ("49d9e9", "f0fcfd")


# -- credentials ------------------------------------------------------------------------------------
@pytest.mark.parametrize("content_type", ["application/x-www-form-urlencoded", "application/json"])
def test_credentials_in_the_body_are_not_read(forum: Forum, content_type: str) -> None:
    body = {"api_key": forum.key, "api_username": "admin", "name": "By the body", "color": "49d9e9"}
    kind = "json" if content_type == "application/json" else "form"
    answer = forum.post("/categories.json", **{kind: body})
    assert answer.status == 403
    assert answer.json == ["BAD CSRF"]


def test_credentials_in_the_query_are_not_read(forum: Forum) -> None:
    query = f"api_key={forum.key}&api_username=admin"
    assert forum.get(f"/admin/users/1.json?{query}").status == 404
    assert forum.post(f"/categories.json?{query}", form={"name": "By the query"}).status == 403
    assert forum.get("/admin/users/1.json", headers=forum.keyed()).status == 200


# -- what one of them asks for ----------------------------------------------------------------------
def test_a_notification_is_made_by_the_api(forum: Forum) -> None:
    mary = forum.given.user("mary")
    topic = forum.given.topic("The one that she should look at").post
    body = {
        "notification_type": 14,  # custom
        "user_id": mary.id,
        "topic_id": topic.topic_id,
        "post_number": 1,
        "data": '{"message": "look.at_this", "display_username": "admin"}',
    }
    made = forum.post("/notifications.json", headers=forum.keyed(), json=body)
    assert made.status == 200, made.text
    listed = forum.get("/notifications.json", headers=forum.keyed("mary")).json["notifications"]
    assert [each["topic_id"] for each in listed if each["notification_type"] == 14] == [topic.topic_id]
    assert forum.post("/notifications.json", headers=forum.keyed("mary"), json=body).status == 403


def test_a_topic_is_moved_to_another_category_as_the_browser_does_it(forum: Forum) -> None:
    """The example of finding a request that is not documented."""
    topic = forum.given.topic("It ought to be somewhere else").post
    category = forum.given.category("Elsewhere").category.id
    answer = forum.put(f"/t/-/{topic.topic_id}.json", headers=forum.keyed(), json={"category_id": category})
    assert answer.status == 200
    assert forum.get(f"/t/{topic.topic_id}.json").json["category_id"] == category


def test_browsers_of_other_sites_may_not_send_admin_keys(forum: Forum) -> None:
    """Asked for in the discussion, and refused there: a key of an admin does not belong into a browser."""
    forum.put(
        "/admin/site_settings/cors_origins", headers=forum.keyed(), form={"cors_origins": "https://elsewhere.example"}
    )
    asked = {
        "Origin": "https://elsewhere.example",
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "Api-Key, Api-Username",
    }
    answer = forum.request("OPTIONS", "/latest.json", headers=asked)
    allowed = re.split(r",\s*", answer.headers.get("access-control-allow-headers", "").lower())
    assert "api-key" not in allowed and "api-username" not in allowed
