"""Whatever is sent to whatever route, by whomever: the answer is never our failure, and never late."""

from __future__ import annotations

import time

import pytest

from tertulia.app import route_table
from tertulia.testing.forum import Forum
from tests.faults.hostile_calls import Calls
from tests.uploading import picture, send

SLOW_SECONDS = 5.0
PASSWORD = "a-member-password"
PARTS = 4


def content(forum: Forum) -> None:
    """A member, a category, a topic with replies, one that only staff may see, and one of everything else with an id:
    a group with a wish, a private message, an upload, a webhook with a delivery, notifications."""
    forum.given.user("member", password=PASSWORD)
    category = forum.given.category("General talk").category.id
    topic = forum.given.topic(by="member", category_id=category).post.topic_id
    forum.given.reply(topic, by="member", to=1)
    forum.given.topic(category_id=forum.given.category("Restricted", bundles={"staff": 1}).category.id)
    admin, group = forum.keyed(), {"name": "crew", "visibility_level": 0, "allow_membership_requests": True}
    message = {"title": "A word between us", "raw": "What nobody else reads, @admin.", "archetype": "private_message"}
    hook = {"payload_url": "https://hooks.example/", "wildcard_web_hook": True, "active": True}
    made = [
        forum.post("/admin/groups.json", json={"group": group}, headers=admin),
        forum.post("/groups/crew/request_membership.json", json={"reason": "I row."}, headers=forum.keyed("member")),
        forum.post("/posts.json", json={**message, "target_recipients": "admin"}, headers=forum.keyed("member")),
        send(forum, picture(), by="member"),
        forum.post("/admin/api/web_hooks.json", json={"web_hook": hook}, headers=admin),
        forum.post("/admin/api/web_hooks/1/ping.json", headers=admin),
    ]
    assert [answer.status for answer in made] == [200] * 6, made


@pytest.mark.parametrize("part", range(PARTS))
def test_no_request_makes_the_forum_fail(forum: Forum, part: int) -> None:
    content(forum)
    calls = Calls(part)
    credentials: dict[str, list[dict[str, str]]] = {
        "discourse": [{}, forum.keyed("member"), forum.keyed()],
        "nodebb": [{}, forum.bearer(forum.master_token), forum.bearer()],
        "pages": [{}, forum.login("member", PASSWORD), forum.login("admin", forum.admin_password)],
    }
    broken = []
    for at, row in enumerate(route_table().rows):
        if at % PARTS != part:
            continue
        for headers in credentials.get(row.dialect, [{}]):
            values = calls.values(row) | ({"_uid": 2} if row.dialect == "nodebb" and headers else {})
            call = calls.call(row, headers, values)
            started = time.perf_counter()
            answer = forum.request(**call)
            seconds = time.perf_counter() - started
            if (answer.status >= 500 and answer.reason != "request.body_broken") or seconds > SLOW_SECONDS:
                broken.append((answer.status, round(seconds, 2), row.method, call["path"][:300], values))
    assert not broken, "\n".join(map(str, broken))
