"""Receivers that fail, hang, close, flood or lead elsewhere harm neither the forum nor each other."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from tertulia.backends.outbound.http import HttpOutbound
from tertulia.testing.forum import Forum
from tests.faults.receivers import Receiver

SECRET = "a secret of the receiver"


@pytest.fixture
def receiver(forum: Forum) -> Iterator[Receiver]:
    """A receiver on this machine, which the forum may reach by its number and port only."""
    made = Receiver()
    forum.ports.outbound = HttpOutbound(allowed_hosts=[f"127.0.0.1:{made.port}"])
    yield made
    made.close()


def hook(forum: Forum, url: str) -> int:
    fields = {"payload_url": url, "secret": SECRET, "active": True, "web_hook_event_type_ids": [101]}
    answer = forum.post("/admin/api/web_hooks.json", json={"web_hook": fields}, headers=forum.keyed())
    assert answer.status == 200, answer.text
    return int(answer.json["web_hook"]["id"])


def events(forum: Forum, hook_id: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = forum.get(f"/admin/api/web_hook_events/{hook_id}.json", headers=forum.keyed()).json[
        "web_hook_events"
    ]
    return found


def fail(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(500)
    handler.send_header("Content-Length", "0")
    handler.end_headers()


def hang(handler: BaseHTTPRequestHandler) -> None:
    time.sleep(8)
    handler.close_connection = True


def close(handler: BaseHTTPRequestHandler) -> None:
    handler.connection.shutdown(socket.SHUT_RDWR)
    handler.close_connection = True


def flood(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", str(1 << 30))
    handler.end_headers()
    try:
        for _ in range(1 << 14):
            handler.wfile.write(b"x" * (1 << 16))
    except OSError:
        return


def test_each_receiver_fails_in_its_own_way_and_the_good_one_is_told(forum: Forum, receiver: Receiver) -> None:
    receiver.handlers = {"/fail": fail, "/hang": hang, "/close": close, "/flood": flood}

    def elsewhere(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(302)
        handler.send_header("Location", f"http://127.0.0.1:{receiver.port}/secret")
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    receiver.handlers["/elsewhere"] = elsewhere
    setting = {"web_hook_timeout_seconds": "4"}
    forum.put("/admin/site_settings/web_hook_timeout_seconds.json", form=setting, headers=forum.keyed())
    paths = ("fail", "hang", "close", "flood", "elsewhere", "good")
    hooks = {path: hook(forum, f"{receiver.url}/{path}") for path in paths}
    forum.given.topic()
    began = time.monotonic()
    forum.run_jobs()
    assert time.monotonic() - began < 30
    found = {path: events(forum, hook_id)[0] for path, hook_id in hooks.items()}
    assert {path: event["status"] for path, event in found.items()} == {
        "fail": 500, "hang": -1, "close": -1, "flood": 200, "elsewhere": 302, "good": 200,
    }  # fmt: skip
    assert len(found["flood"]["response_body"]) == 10_000
    assert "4000 ms" in json.loads(found["hang"]["response_headers"])["error"]
    assert receiver.at("/secret") == []
    assert receiver.at("/good")[0].is_signed_with(SECRET)


def test_a_receiver_inside_is_refused_when_it_is_saved_and_when_it_is_called(forum: Forum, receiver: Receiver) -> None:
    hook_id = hook(forum, f"{receiver.url}/inside")
    forum.ports.outbound = HttpOutbound()  # the operator has changed his mind
    fields = {"payload_url": f"{receiver.url}/other", "active": True, "web_hook_event_type_ids": [101]}
    answer = forum.post("/admin/api/web_hooks.json", json={"web_hook": fields}, headers=forum.keyed())
    assert (answer.status, answer.headers["x-tertulia-reason"]) == (422, "webhook.url_refused")
    forum.given.topic()
    forum.run_jobs()
    event = events(forum, hook_id)[0]
    assert event["status"] == -1 and "where anything may be sent" in json.loads(event["response_headers"])["error"]
    forum.clock.advance(minutes=2)
    forum.run_jobs()
    assert events(forum, hook_id)[0]["attempts"] == 1
    assert receiver.received == []


def test_every_attempt_carries_the_same_id_and_the_same_bytes(forum: Forum, receiver: Receiver) -> None:
    receiver.handlers = {"/again": fail}
    hook_id = hook(forum, f"{receiver.url}/again")
    post = forum.given.topic()
    forum.run_jobs()
    forum.put(f"/t/-/{post.post.topic_id}.json", json={"title": "Another title by now"}, headers=forum.keyed())
    forum.clock.advance(minutes=1.1)
    forum.run_jobs()
    receiver.handlers.clear()
    event = events(forum, hook_id)[0]
    forum.post(f"/admin/api/web_hooks/{hook_id}/events/{event['id']}/redeliver.json", headers=forum.keyed())
    first, second, third = receiver.at("/again")
    assert first.body == second.body == third.body and first.headers == second.headers == third.headers
    assert first.is_signed_with(SECRET)
