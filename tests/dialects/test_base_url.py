"""Where links lead: to the setting `base_url`, whatever host a request names."""

from __future__ import annotations

from tertulia.settings import load
from tertulia.testing.client import call
from tertulia.testing.forum import Forum
from tertulia.testing.golden import Image
from tertulia.testing.host import Host

PATHS = ("/top/weekly.json", "/c/1.json", "/t/wrong/{id}.json")


def test_redirects_lead_to_the_base_url_and_not_to_the_host_of_the_request(
    forum_host: Host, forum_image: Image
) -> None:
    loaded = load({"base_url": "https://forum.example"}, environ={})
    forum = Forum(forum_host, image=forum_image, loaded=loaded)
    try:
        topic_id = forum.given.topic().post.topic_id
        headers = [("host", "evil.example"), ("x-forwarded-host", "worse.example"), ("x-forwarded-proto", "http")]
        for path in PATHS:
            asked = path.format(id=topic_id)
            answer = forum.wait(
                lambda asked=asked: call(forum.app.kit, method="GET", path=asked, headers=headers, body=b"")
            )
            assert answer.status == 301, asked
            assert answer.headers["location"].startswith("https://forum.example/"), asked
    finally:
        forum.close()


def test_without_it_links_follow_the_host_that_was_asked_for(forum: Forum) -> None:
    assert forum.get("/c/1.json").headers["location"] == "http://forum.test/c/uncategorized/1.json"
