"""Whoever only whispered in a topic takes no part in it that others could see."""

from __future__ import annotations

from tertulia.testing.forum import Forum


def test_who_whispers_is_not_seen_to_take_part(forum: Forum) -> None:
    forum.given.user("moda", moderator=True)
    topic_id = forum.given.topic(title="A topic that many people read").post.topic_id
    data = {
        "topic_id": topic_id,
        "raw": "Only staff shall read what this says",
        "whisper": "true",
        "reply_to_post_number": 1,
    }
    made = forum.post("/posts.json", json=data, headers=forum.keyed("moda"))
    assert made.status == 200, made.text
    shown = forum.get(f"/t/{topic_id}.json")
    assert "moda" not in shown.text
    assert "moda" not in forum.get("/latest.json").text
    assert shown.json["participant_count"] == 1
    assert shown.json["post_stream"]["posts"][0]["reply_count"] == 0
    assert forum.delete(f"/posts/{made.json['id']}.json", headers=forum.keyed()).status == 200
    assert forum.get(f"/t/{topic_id}.json").json["details"]["participants"][0]["post_count"] == 1
