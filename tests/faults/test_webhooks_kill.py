"""Servers and workers killed while they write and deliver: whatever was acknowledged is told, and nothing else is."""

from __future__ import annotations

import asyncio
import json
import os
import random
import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.faults.receivers import Receiver
from tests.faults.test_kill import free_port

WRITES = int(os.environ.get("TERTULIA_TEST_WRITES", "2000"))
WRITERS = 6
KILLS = 3
SECRET = "a secret of the receiver"
EVENTS = [101, 201]


class Machine:
    """A server that runs jobs, and a worker beside it, each in a process of its own."""

    def __init__(self, data: Path, *, database: str, receiver: Receiver) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.place = ["--data", str(data), *(["--database", database] if database else [])]
        self.environment = {
            **os.environ,
            "TERTULIA_ALLOWED_INTERNAL_HOSTS": f"127.0.0.1:{receiver.port}",
            "TERTULIA_MAX_ADMIN_API_REQS_PER_MINUTE": "0",
        }
        made = subprocess.run(
            [sys.executable, "-m", "tertulia", "init", *self.place, "--json"],
            capture_output=True, text=True, timeout=120, check=True,
        )  # fmt: skip
        key = json.loads(made.stdout.strip().splitlines()[-1])["discourse_api_key"]
        self.headers = {"Api-Key": key, "Api-Username": "system"}
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.start("serve")
        self.start("worker")
        self.wait()

    def start(self, command: str) -> None:
        port = ["--port", str(self.port)] if command == "serve" else []
        self.processes[command] = subprocess.Popen(
            [sys.executable, "-m", "tertulia", command, *self.place, *port],
            env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def wait(self) -> None:
        for _ in range(1200):
            try:
                if requests.get(f"{self.url}/srv/status", timeout=5).text == "ok":
                    return
            except requests.RequestException:
                time.sleep(0.05)
        raise AssertionError("the server does not answer")

    def kill(self, command: str) -> None:
        """kill -9, and another one in its place."""
        self.processes[command].kill()
        self.processes[command].wait(30)
        self.start(command)

    def end(self) -> None:
        for process in self.processes.values():
            process.kill()
            process.wait(30)

    def get(self, path: str) -> Any:
        return requests.get(self.url + path, headers=self.headers, timeout=60).json()

    def make_hook(self, url: str) -> int:
        hook = {
            "payload_url": url, "content_type": 1, "secret": SECRET, "active": True, "wildcard_web_hook": False,
            "verify_certificate": True, "web_hook_event_type_ids": EVENTS,
        }  # fmt: skip
        answer = requests.post(
            f"{self.url}/admin/api/web_hooks.json", json={"web_hook": hook}, headers=self.headers, timeout=60
        )
        assert answer.status_code == 200, answer.text
        return int(answer.json()["web_hook"]["id"])

    def stream(self, topic_id: int) -> list[int]:
        return [int(post_id) for post_id in self.get(f"/t/{topic_id}.json")["post_stream"]["stream"]]


@pytest.fixture(params=["sqlite", "postgresql"])
def machine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Machine, Receiver]]:
    from tertulia.store.engine.postgres import copy_database, drop_database

    database, url, name = "", os.environ.get("TERTULIA_TEST_POSTGRES", ""), f"tertulia_hooks_{secrets.token_hex(4)}"
    if request.param == "postgresql":
        if not url:
            if os.environ.get("CI") == "true":
                pytest.fail("CI needs TERTULIA_TEST_POSTGRES")
            pytest.skip("TERTULIA_TEST_POSTGRES is not set: not tested on PostgreSQL")
        asyncio.run(copy_database(url, name=name))
        database = url.rpartition("/")[0] + "/" + name
    receiver = Receiver()
    made = Machine(tmp_path / "data", database=database, receiver=receiver)
    yield made, receiver
    made.end()
    receiver.close()
    if database:
        asyncio.run(drop_database(url, name=name))


class Writers:
    """Threads that write replies and, every twentieth time, topics. What was acknowledged is in `posts`."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.posts: dict[int, int] = {}  # post to topic
        self.topics: set[int] = {1}
        self.refused: list[str] = []
        self.ended = threading.Event()
        self.threads = [threading.Thread(target=self._write, args=(number,)) for number in range(WRITERS)]
        for thread in self.threads:
            thread.start()

    def _write(self, writer: int) -> None:
        session = requests.Session()
        count = 0
        while not self.ended.is_set():
            count += 1
            text = f"Write number {count} of writer {writer}, which nobody wrote before: {secrets.token_hex(8)}."
            body: dict[str, object] = {"topic_id": 1, "raw": text}
            if count % 20 == 0:
                body = {"title": f"Topic {count} of writer {writer} {secrets.token_hex(4)}", "raw": text, "category": 1}
            try:
                answer = session.post(
                    f"{self.machine.url}/posts.json", json=body, headers=self.machine.headers, timeout=60
                )
            except requests.RequestException:
                time.sleep(0.02)
                continue
            if answer.status_code == 200:
                self.posts[answer.json()["id"]] = answer.json()["topic_id"]
                self.topics.add(answer.json()["topic_id"])
            elif answer.status_code != 503:
                self.refused.append(answer.text)

    def wait(self, count: int) -> None:
        for _ in range(60_000):
            if len(self.posts) >= count or len(self.refused) > 100:
                return
            time.sleep(0.005)
        raise AssertionError(f"only {len(self.posts)} writes were acknowledged; refused: {self.refused[:3]}")

    def end(self) -> None:
        self.ended.set()
        for thread in self.threads:
            thread.join(90)


def test_no_acknowledged_write_is_left_untold_and_nothing_is_told_that_is_not_there(
    machine: tuple[Machine, Receiver],
) -> None:
    forum, receiver = machine
    chance = random.Random(2026)
    before = set(forum.stream(1))
    hook_id = forum.make_hook(f"{receiver.url}/hook")
    writers = Writers(forum)
    moments = sorted((chance.randint(1, WRITES), command) for command in ("serve", "worker") for _ in range(KILLS))
    for moment, command in moments:
        writers.wait(moment)
        forum.kill(command)
    writers.wait(WRITES)
    writers.end()
    time.sleep(chance.random())
    for command in ("serve", "worker"):  # once more, while nothing but deliveries is left
        forum.kill(command)
    forum.wait()
    assert not writers.refused

    # A write whose answer was lost with the server may be there or not; topics of such writes are listed.
    latest = {topic["id"] for page in range(8) for topic in topics_of(forum, page)}
    existing = {post_id for topic_id in writers.topics | latest for post_id in forum.stream(topic_id)} - before
    assert set(writers.posts) <= existing
    wait_for(receiver, existing)

    told = [each for each in receiver.at("/hook") if each.event == "post_created"]
    assert {each.payload["id"] for each in told} == existing
    topics = {each.payload["id"] for each in receiver.at("/hook") if each.event == "topic_created"}
    assert {topic_id for topic_id in writers.topics if topic_id != 1} <= topics <= latest | writers.topics
    assert all(each.is_signed_with(SECRET) for each in receiver.at("/hook"))
    # What is sent twice is the same delivery: one id, the same bytes.
    assert len({each.event_id for each in told}) == len(existing)
    assert len({(each.event_id, each.body) for each in told}) == len(existing)
    assert forum.get(f"/admin/api/web_hooks/{hook_id}.json")["web_hook"]["last_delivery_status"] == 3


def topics_of(forum: Machine, page: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = forum.get(f"/latest.json?page={page}")["topic_list"]["topics"]
    return found


def wait_for(receiver: Receiver, posts: set[int]) -> None:
    """Until every post was told: what a killed worker had in hand is taken over after fifteen seconds."""
    for _ in range(1200):
        told = {each.payload["id"] for each in receiver.at("/hook") if each.event == "post_created"}
        if posts <= told:
            time.sleep(0.5)
            return
        time.sleep(0.1)
    raise AssertionError(f"{len(posts - told)} of {len(posts)} posts were not told")
