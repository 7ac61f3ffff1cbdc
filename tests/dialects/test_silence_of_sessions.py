"""A silence that ends by itself ends what was kept for a session, as it does for a key."""

from __future__ import annotations

import datetime

from tests.dialects.test_shared_parts import Town, forum_settings, town

__all__ = ["forum_settings", "town"]


def test_a_silence_that_ends_ends_what_a_session_was_shown(town: Town) -> None:
    forum = town.forum
    user_id = forum.get("/u/browser.json").json["user"]["id"]
    until = datetime.datetime.fromtimestamp(forum.clock.now() / 1000 + 30, datetime.UTC).isoformat()
    body = {"silenced_till": until, "reason": "so"}
    assert forum.put(f"/admin/users/{user_id}/silence.json", json=body, headers=forum.keyed()).status == 200
    assert not may_create(town)
    forum.clock.advance(seconds=40)
    assert may_create(town, anew=True)
    assert may_create(town)


def may_create(town: Town, *, anew: bool = False) -> bool:
    answer = town.ask("/latest.json", "browser", anew=anew)
    assert answer.headers["x-discourse-username"] == "browser"
    return bool(answer.json["topic_list"]["can_create_topic"])
