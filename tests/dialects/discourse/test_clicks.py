"""`POST /clicks/track`: followed links show in `link_counts` of posts and in the links of the topic."""

from __future__ import annotations

from typing import Any

from tertulia.forum.batches import flush
from tertulia.forum.unit import Unit
from tertulia.testing.forum import Forum

PAGE = "https://example.org/page"


def flushed(forum: Forum) -> None:
    async def write(unit: Unit) -> None:
        await flush(unit)

    forum.unit(write)


def topic_of(forum: Forum, topic_id: int) -> dict[str, Any]:
    found: dict[str, Any] = forum.get(f"/t/{topic_id}.json", headers=forum.keyed("admin")).json
    return found


def test_a_followed_link_counts_where_links_are_shown(forum: Forum) -> None:
    topic_id = forum.given.topic(raw=f"Have a look at {PAGE} before you answer, please.").post.topic_id
    post = topic_of(forum, topic_id)["post_stream"]["posts"][0]
    assert [link["clicks"] for link in post["link_counts"]] == [0]
    forum.given.user("mary")
    asked = {"url": PAGE, "post_id": post["id"], "topic_id": topic_id}
    answer = forum.post("/clicks/track", form=asked, headers=forum.keyed("mary"))
    assert (answer.status, answer.body) == (200, b"")
    flushed(forum)
    topic = topic_of(forum, topic_id)
    assert [link["clicks"] for link in topic["post_stream"]["posts"][0]["link_counts"]] == [1]
    assert [(link["url"], link["clicks"]) for link in topic["details"]["links"]] == [(PAGE, 1)]


def test_what_is_no_link_of_a_post_is_answered_alike_and_an_address_is_needed(forum: Forum) -> None:
    topic_id = forum.given.topic(raw=f"Have a look at {PAGE} before you answer, please.").post.topic_id
    answer = forum.post("/clicks/track", form={"url": "https://example.org/else", "topic_id": topic_id})
    assert (answer.status, answer.body) == (200, b"")
    assert forum.post("/clicks/track", form={"url": PAGE, "post_id": 999_999}).status == 200
    assert forum.post("/clicks/track", form={"post_id": 1}).status == 400
    flushed(forum)
    assert topic_of(forum, topic_id)["details"]["links"][0]["clicks"] == 0
