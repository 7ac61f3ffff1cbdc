"""The fixture `forum` as its users meet it: fresh, settable, and honest about what left it."""

from __future__ import annotations

import json
import urllib.error
import urllib.request

import pytest

from tertulia.backends.outbound.base import OutboundFailed, OutboundRequest
from tertulia.testing.forum import Forum

TITLE = "A topic that only one of these tests has"


def topics(forum: Forum) -> list[str]:
    return [topic["title"] for topic in forum.get("/latest.json").json["topic_list"]["topics"]]


@pytest.mark.parametrize("turn", [1, 2])
def test_every_test_begins_with_the_same_forum(forum: Forum, turn: int) -> None:
    assert TITLE not in topics(forum)
    assert len(forum.mail) == 0 and forum.outgoing.requests == []
    made = forum.given.topic(TITLE)
    assert TITLE in topics(forum)
    assert made.post.topic_id == 1, "ids begin where the golden image ends, in every test"


def test_two_forums_at_once_share_nothing(forum: Forum, forum_host, forum_image) -> None:  # type: ignore[no-untyped-def]
    from tertulia.settings import load

    other = Forum(forum_host, image=forum_image, loaded=load({}, environ={}))
    try:
        other.given.topic(TITLE)
        assert TITLE in topics(other) and TITLE not in topics(forum)
    finally:
        other.close()


def test_keys_and_tokens_of_the_image_work(forum: Forum) -> None:
    forum.given.user("mary")
    assert forum.get("/session/current.json", headers=forum.keyed()).json["current_user"]["username"] == "admin"
    assert forum.get("/session/current.json", headers=forum.keyed("mary")).json["current_user"]["username"] == "mary"
    assert forum.get("/api/v3/ping", headers=forum.bearer()).status == 200
    assert forum.get("/api/self", headers=forum.bearer(forum.given.token("mary"))).json["username"] == "mary"


def test_given_keys_reach_as_far_as_they_say(forum: Forum) -> None:
    forum.given.user("mary")
    topic = forum.given.topic()
    own = {"Api-Key": forum.given.key("mary")}
    assert forum.get("/session/current.json", headers=own).json["current_user"]["username"] == "mary"
    narrow = {"Api-Key": forum.given.key("mary", scopes=("topics:read",))}
    assert forum.get(f"/t/{topic.post.topic_id}.json", headers=narrow).status == 200
    refused = forum.post("/posts.json", headers=narrow, json={"topic_id": topic.post.topic_id, "raw": "No reply."})
    assert (refused.status, refused.reason) == (403, "credential.scope_missing")
    reading = {"Api-Key": forum.given.key("mary", read_only=True)}
    assert forum.post("/posts.json", headers=reading, json={"raw": "No reply at all."}).status == 403


def test_what_is_given_is_there(forum: Forum) -> None:
    forum.given.user("mary", trust_level=3, moderator=True)
    category = forum.given.category("Garden", slug="garden")
    topic = forum.given.topic(TITLE, by="mary", category_id=category.category.id, tags=("spade",))
    reply = forum.given.reply(topic.post.topic_id, raw="A reply to the first post here.", to=1)
    shown = forum.get(f"/t/{topic.post.topic_id}.json").json
    assert (shown["title"], shown["category_id"], shown["posts_count"]) == (TITLE, category.category.id, 2)
    assert shown["post_stream"]["posts"][1]["id"] == reply.post.id
    user = forum.get("/u/mary.json", headers=forum.keyed()).json["user"]
    assert (user["trust_level"], user["moderator"]) == (3, True)


def test_a_session_reads_and_writes(forum: Forum) -> None:
    forum.given.user("mary", password="a-long-password-1")
    topic = forum.given.topic()
    headers = forum.login("mary", "a-long-password-1")
    assert forum.get("/session/current.json", headers=headers).json["current_user"]["username"] == "mary"
    made = forum.post(
        "/posts.json", headers=headers, form={"topic_id": topic.post.topic_id, "raw": "Written by a browser."}
    )
    assert made.status == 200
    with pytest.raises(AssertionError, match="cannot log in"):
        forum.login("mary", "wrong")


# -- time -------------------------------------------------------------------------------------------
def test_the_clock_moves_when_told_and_takes_the_forum_along(forum: Forum) -> None:
    forum.clock.freeze(1_700_000_000_000)
    first = forum.given.topic()
    forum.clock.advance(days=1, seconds=1)
    second = forum.given.topic()
    assert first.post.created_at == 1_700_000_000_000
    assert second.post.created_at == 1_700_086_401_000


# -- jobs, mail, requests to others -----------------------------------------------------------------
def test_jobs_run_before_the_next_line_unless_they_are_held_back(forum: Forum) -> None:
    forum.given.user("mary", password="a-long-password-1")
    ask = {"form": {"login": "mary"}, "headers": forum.keyed()}
    forum.post("/session/forgot_password.json", **ask)
    assert len(forum.mail) == 1
    forum.inline_jobs = False
    forum.post("/session/forgot_password.json", **ask)
    assert len(forum.mail) == 1
    assert forum.run_jobs() == 1
    assert len(forum.mail) == 2


def test_mail_is_found_by_whom_it_went_to(forum: Forum) -> None:
    forum.given.user("mary", password="a-long-password-1")
    with pytest.raises(LookupError, match="mail went to nobody"):
        forum.mail.last_to("mary@example.org")
    forum.post("/session/forgot_password.json", form={"login": "mary"}, headers=forum.keyed())
    assert forum.mail.last_to("Mary@Example.org") is forum.mail.to("mary@example.org")[0] is next(iter(forum.mail))
    link, site = forum.mail.links_to("mary@example.org")
    assert link.startswith(f"{site}/u/password-reset/") and link.endswith(forum.mail.path_to("mary@example.org"))
    with pytest.raises(LookupError, match=r"mail went to mary@example\.org"):
        forum.mail.last_to("john@example.org")
    forum.mail.clear()
    assert len(forum.mail) == 0


def test_requests_to_others_stay_inside_and_are_answered_as_planned(forum: Forum) -> None:
    forum.outgoing.answer("https://hooks.example/", body="taken")
    ask = OutboundRequest(url="https://hooks.example/1", method="POST", body=b"{}")
    assert forum.wait(lambda: forum.ports.outbound.send(ask)).body == b"taken"
    assert forum.outgoing.requests == [ask]
    with pytest.raises(OutboundFailed, match=r"no answer was planned for https://elsewhere\.example/"):
        forum.wait(lambda: forum.ports.outbound.send(OutboundRequest(url="https://elsewhere.example/")))


# -- trouble ----------------------------------------------------------------------------------------
def test_a_commit_that_fails_leaves_nothing_and_the_next_one_works(forum: Forum) -> None:
    ask = {"headers": forum.keyed(), "json": {"title": TITLE, "raw": "A text that is long enough.", "category": 1}}
    forum.faults.fail_next_commit()
    failed = forum.post("/posts.json", **ask)
    assert (failed.status, failed.reason) == (500, "internal")
    assert forum.faults.pending == 0
    assert TITLE not in topics(forum)
    assert forum.post("/posts.json", **ask).status == 200
    assert TITLE in topics(forum)


def test_planned_trouble_can_be_called_off_and_repeated(forum: Forum) -> None:
    forum.faults.fail_next_commit(OSError("no room"), times=2)
    assert forum.faults.pending == 2
    forum.faults.clear()
    forum.faults.slow_next_commit(0.001)
    forum.given.topic(TITLE)
    assert TITLE in topics(forum)


def test_a_slow_commit_is_answered_after_it_and_not_before(forum: Forum) -> None:
    import time

    forum.faults.slow_next_commit(0.2)
    started = time.monotonic()
    forum.given.topic(TITLE)
    assert time.monotonic() - started >= 0.2


# -- clients of every kind --------------------------------------------------------------------------
def test_a_client_that_needs_a_socket_gets_one(forum: Forum) -> None:
    topic = forum.given.topic(TITLE)
    with urllib.request.urlopen(f"{forum.url}/t/{topic.post.topic_id}.json", timeout=30) as answer:
        assert json.load(answer)["title"] == TITLE


def test_the_address_of_an_earlier_test_answers_for_the_forum_of_this_one(forum: Forum) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{forum.url}/t/1.json", timeout=30)
    assert refused.value.code == 404


@pytest.mark.anyio
async def test_a_coroutine_asks_without_blocking_its_own_loop(forum: Forum) -> None:
    forum.given.topic(TITLE)
    answer = await forum.arequest("GET", "/latest.json", headers=forum.keyed())
    assert answer.status == 200
    assert answer.json["topic_list"]["topics"][0]["title"] == TITLE


def test_work_inside_the_forum_is_committed_for_whom_it_is_done(forum: Forum) -> None:
    from tertulia.forum.topics.deleting import delete_topic

    topic = forum.given.topic(TITLE)
    forum.unit(lambda unit: delete_topic(unit, topic.post.topic_id), username="admin")
    assert forum.get(f"/t/{topic.post.topic_id}.json").status == 404
