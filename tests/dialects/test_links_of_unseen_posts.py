"""Links of posts that a reader cannot see are not beside a topic either, nor where they lead to."""

from __future__ import annotations

import pytest

from tertulia.forum.unit import Unit
from tertulia.testing.forum import Forum

SECRET = "https://secret.example/plan"


def links(forum: Forum, topic_id: int, headers: dict[str, str] | None = None) -> list[str]:
    """Addresses beside the topic and beside its first post."""
    shown = forum.get(f"/t/{topic_id}.json", headers=headers or {}).json
    first = shown["post_stream"]["posts"][0]
    return [each["url"] for each in (*shown["details"].get("links", []), *first.get("link_counts", []))]


@pytest.mark.parametrize("how", ["whispered", "deleted", "hidden"])
def test_links_of_a_post_that_is_not_seen_are_not_shown(forum: Forum, how: str) -> None:
    topic_id = forum.given.topic(title="A topic that many people read").post.topic_id
    other_id = forum.given.topic(title="Another topic that leads nowhere").post.topic_id
    raw = f"See [the plan]({SECRET}) and [that](/t/-/{other_id}) and what it says"
    data = {"topic_id": topic_id, "raw": raw} | ({"whisper": "true"} if how == "whispered" else {})
    made = forum.post("/posts.json", json=data, headers=forum.keyed())
    assert made.status == 200, made.text
    if how == "deleted":
        assert forum.delete(f"/posts/{made.json['id']}.json", headers=forum.keyed()).status == 200
    if how == "hidden":
        forum.unit(lambda unit: hide(unit, made.json["id"]))
    else:
        assert forum.get(f"/posts/{made.json['id']}.json").status == 404
    assert SECRET not in links(forum, topic_id)
    assert links(forum, other_id) == []
    if how != "deleted":
        assert SECRET in links(forum, topic_id, forum.keyed())
        assert links(forum, other_id, forum.keyed()) != []


async def hide(unit: Unit, post_id: int) -> None:
    await unit.write()
    await unit.tx.text(f"UPDATE posts SET hidden = 1 WHERE id = {post_id}")
    await unit.commit()
