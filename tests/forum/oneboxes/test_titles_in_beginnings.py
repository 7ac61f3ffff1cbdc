"""A title that stands in the beginning of a quoted post goes from there, too, when its topic goes."""

from __future__ import annotations

from tertulia.testing.forum import Forum
from tests.forum.oneboxes.test_own_addresses import SITE, cooked, reply, topic

TITLE = "Who will be dismissed next month"


def test_a_title_in_the_beginning_of_a_quoted_post_goes_with_the_topic(forum: Forum) -> None:
    secret = topic(forum, title=TITLE)
    place = topic(forum, raw="Another beginning of it all")["topic_id"]
    named = reply(forum, place, f"See {SITE}/t/{secret['topic_id']} first")
    assert TITLE in named["cooked"]
    shown = reply(forum, topic(forum, raw="One more beginning of it all")["topic_id"], f"{SITE}/p/{named['id']}")
    assert TITLE in shown["cooked"]
    assert forum.delete(f"/t/{secret['topic_id']}.json", headers=forum.keyed()).status == 200
    forum.run_jobs()
    assert TITLE not in cooked(forum, named["id"])
    assert TITLE not in cooked(forum, shown["id"])
