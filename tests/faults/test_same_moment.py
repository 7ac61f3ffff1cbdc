"""The same request many times at the same moment: one effect, and nobody hears of a failure of ours."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tertulia.testing.client import Response
from tertulia.testing.forum import Forum
from tests.uploading import headers as sent_with
from tests.uploading import multipart, picture

AT_ONCE = 12


def together(forum: Forum, *requests: dict[str, Any]) -> list[Response]:
    """All requests are under way before the first is answered."""

    async def all_of_them() -> list[Response]:
        return await asyncio.gather(*(forum.arequest(**request) for request in requests))

    return asyncio.run(all_of_them())


def test_one_creation_sent_many_times_at_once_makes_one_topic_that_all_hear_of(forum: Forum) -> None:
    values = {"title": "Sent many times in a row", "raw": "A first post that is sent many times.", "category": 1}
    ask = {"method": "POST", "path": "/posts.json", "headers": forum.keyed()}
    forum.faults.slow_next_commit(0.2)
    answers = together(forum, *({**ask, ("json" if at % 2 else "form"): values} for at in range(AT_ONCE)))
    assert {answer.status for answer in answers} == {200}
    assert len({answer.json["topic_id"] for answer in answers}) == 1
    assert sum("idempotent-replayed" in answer.headers for answer in answers) == AT_ONCE - 1


@pytest.mark.parametrize(
    ("path", "values", "refusals"),
    [
        ("/bookmarks.json", {"bookmarkable_id": 1, "bookmarkable_type": "Post"}, {400}),
        ("/categories.json", {"name": "Twice", "color": "0088CC", "text_color": "FFFFFF"}, {422}),
        ("/admin/groups.json", {"group": {"name": "twice"}}, {422}),
    ],
)
def test_of_many_who_make_one_thing_at_once_one_succeeds(
    forum: Forum, path: str, values: dict[str, Any], refusals: set[int]
) -> None:
    forum.given.topic()
    ask = {"method": "POST", "path": path, "json": values, "headers": forum.keyed()}
    statuses = [answer.status for answer in together(forum, *[ask] * AT_ONCE)]
    assert statuses.count(200) == 1 and set(statuses) == {200} | refusals


def test_likes_at_once_are_all_counted_and_one_persons_only_once(forum: Forum) -> None:
    topic = forum.given.topic()
    for at in range(4):
        forum.given.user(f"fan{at}")
    ask = {"method": "POST", "path": "/post_actions.json", "json": {"id": topic.post.id, "post_action_type_id": 2}}
    together(forum, *({**ask, "headers": forum.keyed(f"fan{at % 4}")} for at in range(AT_ONCE)))
    assert forum.get(f"/t/{topic.post.topic_id}.json").json["like_count"] == 4


def test_of_many_edits_of_one_text_at_once_one_is_kept(forum: Forum) -> None:
    post = forum.given.topic().post
    ask = {"method": "PUT", "path": f"/posts/{post.id}.json", "headers": forum.keyed()}
    answers = together(
        forum,
        *(
            {**ask, "json": {"post": {"raw": f"Text number {at} replaces the first.", "original_text": post.raw}}}
            for at in range(AT_ONCE)
        ),
    )
    assert sorted(answer.status for answer in answers) == [200, *[409] * (AT_ONCE - 1)]


def message(forum: Forum, *, by: str = "fan0", to: str = "fan1") -> int:
    body = {
        "title": "A word between us", "raw": "A message of which only two know.", "archetype": "private_message",
        "target_recipients": to,
    }  # fmt: skip
    return int(forum.post("/posts.json", json=body, headers=forum.keyed(by)).json["topic_id"])


def fans(forum: Forum, count: int = 4) -> None:
    for at in range(count):
        forum.given.user(f"fan{at}", trust_level=2)


def titles(forum: Forum, tail: str) -> list[str]:
    """Of the messages in one of fan2's lists."""
    found = forum.get(f"/topics/private-messages{tail}.json", headers=forum.keyed("fan2")).json
    return [topic["title"] for topic in found["topic_list"]["topics"]]


def small_actions(forum: Forum, topic_id: int) -> list[str]:
    posts = forum.get(f"/t/{topic_id}.json", headers=forum.keyed()).json["post_stream"]["posts"]
    return [post["action_code"] for post in posts if post["post_type"] == 3]


def test_likes_at_once_are_one_notification_that_counts_them_all(forum: Forum) -> None:
    fans(forum)
    topic = forum.given.topic(by="admin")
    ask = {"method": "POST", "path": "/post_actions.json", "json": {"id": topic.post.id, "post_action_type_id": 2}}
    together(forum, *({**ask, "headers": forum.keyed(f"fan{at}")} for at in range(4)))
    told = forum.get("/notifications.json?filter_by_types=liked", headers=forum.keyed()).json["notifications"]
    assert [each["data"]["count"] for each in told] == [4]


def test_of_many_who_invite_one_person_at_once_one_does_and_says_so(forum: Forum) -> None:
    fans(forum)
    topic_id = message(forum)
    ask = {"method": "POST", "path": f"/t/{topic_id}/invite.json", "json": {"user": "fan3"}}
    answers = together(forum, *({**ask, "headers": forum.keyed(f"fan{at % 2}")} for at in range(AT_ONCE)))
    assert sorted(answer.status for answer in answers) == [200, *[422] * (AT_ONCE - 1)]
    assert small_actions(forum, topic_id) == ["invited_user"]


def test_of_many_who_answer_a_request_at_once_one_does_and_one_message_says_so(forum: Forum) -> None:
    fans(forum)
    fields = {"name": "crew", "owner_usernames": "fan0,fan1", "visibility_level": 0, "allow_membership_requests": True}
    made = forum.post("/admin/groups.json", json={"group": fields}, headers=forum.keyed()).json["basic_group"]
    ask = {"method": "POST", "path": "/groups/crew/request_membership.json", "json": {"reason": "I row well."}}
    answers = together(forum, *[{**ask, "headers": forum.keyed("fan2")}] * 6)
    assert sorted(answer.status for answer in answers) == [200, *[409] * 5]
    assert len(titles(forum, "-sent/fan2")) == 1
    user_id = forum.get("/u/fan2.json", headers=forum.keyed()).json["user"]["id"]
    ask = {"method": "PUT", "path": f"/groups/{made['id']}/handle_membership_request.json"}
    values = {"user_id": user_id, "accept": True}
    added = {"method": "PUT", "path": f"/groups/{made['id']}/members.json", "json": {"usernames": "fan3"}}
    answers = together(
        forum,
        *({**ask, "json": values, "headers": forum.keyed(f"fan{at % 2}")} for at in range(6)),
        *({**added, "headers": forum.keyed(f"fan{at % 2}")} for at in range(4)),
    )
    assert [answer.status for answer in answers[:6]].count(200) == 1
    assert {answer.status for answer in answers} <= {200, 400, 409, 422}
    names = [each["username"] for each in forum.get("/groups/crew/members.json", headers=forum.keyed()).json["members"]]
    assert sorted(names) == ["fan0", "fan1", "fan2", "fan3"]
    assert len([title for title in titles(forum, "/fan2") if title.startswith("You are a member")]) == 1


def test_a_message_is_written_in_left_archived_and_made_public_at_once_without_harm(forum: Forum) -> None:
    fans(forum)
    topic_id = message(forum, to="fan1,fan2")
    asks = [
        {"method": "PUT", "path": f"/t/{topic_id}/convert-topic/public.json", "headers": forum.keyed()},
        *(
            {"method": "POST", "path": "/posts.json", "headers": forum.keyed(f"fan{at}"),
             "json": {"topic_id": topic_id, "raw": f"Fan {at} has something to say here."}}
            for at in range(3)
        ),
        *(
            {"method": "PUT", "path": f"/t/{topic_id}/{tail}", "headers": forum.keyed(f"fan{at}"), "json": values}
            for at in range(3)
            for tail, values in (("archive-message.json", {}), ("remove-allowed-user.json", {"username": "fan1"}))
        ),
        {"method": "PUT", "path": f"/t/{topic_id}/convert-topic/private.json", "headers": forum.keyed()},
    ]  # fmt: skip
    answers = together(forum, *asks)
    assert all(answer.status < 500 for answer in answers), [(answer.status, answer.text[:80]) for answer in answers]
    topic = forum.get(f"/t/{topic_id}.json", headers=forum.keyed()).json
    assert topic["archetype"] in ("regular", "private_message")
    if topic["archetype"] == "regular":
        assert forum.get(f"/t/{topic_id}.json").status == 200


def test_one_file_sent_many_times_at_once_is_one_upload(forum: Forum) -> None:
    fans(forum)
    body = multipart(picture(), upload_type="composer")
    answers = together(
        forum,
        *(
            {"method": "POST", "path": "/uploads.json", "body": body, "headers": sent_with(forum.keyed(f"fan{at % 4}"))}
            for at in range(AT_ONCE)
        ),
    )
    assert {answer.status for answer in answers} == {200}
    assert len({answer.json["id"] for answer in answers}) == 1


def test_a_webhook_is_pinged_changed_and_deleted_at_once(forum: Forum) -> None:
    forum.outgoing.answer("https://hooks.example/")
    hook = {"payload_url": "https://hooks.example/", "wildcard_web_hook": True, "active": True}
    made = forum.post("/admin/api/web_hooks.json", json={"web_hook": hook}, headers=forum.keyed()).json["web_hook"]
    path, head = f"/admin/api/web_hooks/{made['id']}", {"headers": forum.keyed()}
    answers = together(
        forum,
        *[{"method": "POST", "path": f"{path}/ping.json", **head}] * 4,
        *[{"method": "PUT", "path": f"{path}.json", "json": {"web_hook": {"secret": "a longer secret"}}, **head}] * 4,
        *[{"method": "DELETE", "path": f"{path}.json", **head}] * 2,
    )
    assert {answer.status for answer in answers} <= {200, 404}
    assert sorted(answer.status for answer in answers[8:]) == [200, 404]
    assert forum.get(f"{path}.json", **head).status == 404
