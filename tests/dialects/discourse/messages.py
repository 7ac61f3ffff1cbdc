"""Private messages in one line each, for the tests beside."""

from __future__ import annotations

from typing import Any

from tertulia.testing.client import Response
from tertulia.testing.forum import Forum


def send(forum: Forum, *, by: str = "mary", to: str = "bobby", **fields: Any) -> Response:
    """The answer to a new message."""
    body = {
        "title": "A word between us",
        "raw": "Nobody else should ever read this sentence about walnuts.",
        "archetype": "private_message",
        "target_recipients": to,
        **fields,
    }
    return forum.post("/posts.json", json=body, headers=forum.keyed(by))


def sent(forum: Forum, *, by: str = "mary", to: str = "bobby", **fields: Any) -> int:
    """The topic's id of a new message."""
    answer = send(forum, by=by, to=to, **fields)
    assert answer.status == 200, answer
    return int(answer.json["topic_id"])


def reply(forum: Forum, topic_id: int, *, by: str, raw: str = "An answer that is long enough.") -> Response:
    return forum.post("/posts.json", json={"topic_id": topic_id, "raw": raw}, headers=forum.keyed(by))


def listed(forum: Forum, tail: str, *, by: str) -> list[int]:
    """Ids in a list of messages: `/mary`, `-sent/mary`, ..."""
    answer = forum.get(f"/topics/private-messages{tail}.json", headers=forum.keyed(by))
    assert answer.status == 200, answer
    return [topic["id"] for topic in answer.json["topic_list"]["topics"]]


def people(forum: Forum, topic_id: int, *, by: str = "admin") -> tuple[list[str], list[str]]:
    """(usernames, names of groups) that a message is for."""
    details = forum.get(f"/t/{topic_id}.json", headers=forum.keyed(by)).json["details"]
    users = sorted(user["username"] for user in details["allowed_users"])
    return users, sorted(group["name"] for group in details["allowed_groups"])


def group(forum: Forum, name: str = "cooks", **fields: Any) -> int:
    answer = forum.post("/admin/groups.json", json={"group": {"name": name, **fields}}, headers=forum.keyed())
    assert answer.status == 200, answer
    return int(answer.json["basic_group"]["id"])
