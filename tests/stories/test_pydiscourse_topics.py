"""pydiscourse, unchanged: create, read, edit, delete."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pydiscourse import DiscourseClient
from pydiscourse.exceptions import DiscourseClientError

from tertulia.testing.forum import Forum


@pytest.fixture
def client(forum: Forum) -> Iterator[DiscourseClient]:
    made = DiscourseClient(forum.url, api_username="admin", api_key=forum.key)
    yield made


def test_pydiscourse_creates_reads_and_edits(client: DiscourseClient) -> None:
    made = client.create_post(
        "The first post that pydiscourse makes here.", title="A topic by pydiscourse", category_id=1
    )
    reply = client.create_post("A reply that pydiscourse makes here.", topic_id=made["topic_id"])
    assert reply["post_number"] == 2
    topic = client.topic(made["topic_slug"], made["topic_id"])
    assert [post["id"] for post in topic["post_stream"]["posts"]] == [made["id"], reply["id"]]
    client.update_post(reply["id"], "A reply that pydiscourse changed here.", edit_reason="better")
    assert client.post_by_id(reply["id"])["raw"] == "A reply that pydiscourse changed here."
    client.update_topic(f"/t/{made['topic_slug']}/{made['topic_id']}.json", title="A topic renamed by pydiscourse")
    latest = client.latest_topics()["topic_list"]["topics"]
    assert latest[0]["title"] == "A topic renamed by pydiscourse"


def test_pydiscourse_reads_posts_and_deletes(client: DiscourseClient, forum: Forum) -> None:
    topic_id = forum.given.topic().post.topic_id
    post = forum.given.reply(topic_id).post
    assert client.post_by_number(topic_id, 2)["id"] == post.id
    assert [each["id"] for each in client.posts(topic_id)["post_stream"]["posts"]]
    client.delete_topic(topic_id)
    assert forum.get(f"/t/{topic_id}.json").status == 404


def test_pydiscourse_hears_why_it_was_refused(client: DiscourseClient) -> None:
    with pytest.raises(DiscourseClientError, match="Title can't be blank"):
        client.create_post("A text that is long enough to be accepted.", title="", category_id=1)


def test_pydiscourse_makes_a_key_in_the_way_that_it_still_knows(client: DiscourseClient, forum: Forum) -> None:
    mary = forum.given.user("mary")
    made = client.generate_api_key(mary.id)["api_key"]
    assert made["user"]["username"] == "mary"
    own = forum.get("/session/current.json", headers={"Api-Key": made["key"]})
    assert own.json["current_user"]["username"] == "mary"
