"""The same request many times at the same moment: one effect, and nobody hears of a failure of ours."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tertulia.testing.client import Response
from tertulia.testing.forum import Forum

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
