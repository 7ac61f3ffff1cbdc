"""A server that is stopped or killed while it writes: every acknowledged write is there, and no half of another."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """`tertulia serve` in a process of its own."""

    def __init__(self, data: Path, *, database: str) -> None:
        self.port = free_port()
        self.database = ["--database", database] if database else []
        self.data = data
        self.url = f"http://127.0.0.1:{self.port}"
        made = subprocess.run(
            [sys.executable, "-m", "tertulia", "init", "--data", str(data), *self.database, "--json"],
            capture_output=True, text=True, timeout=120, check=True,
        )  # fmt: skip
        self.keys = json.loads(made.stdout.strip().splitlines()[-1])
        self.start()

    def start(self) -> None:
        where = ["--data", str(self.data), *self.database, "--port", str(self.port)]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tertulia", "serve", *where],
            env={**os.environ, "TERTULIA_MAX_ADMIN_API_REQS_PER_MINUTE": "0"},  # one key writes as fast as it can
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for _ in range(600):
            try:
                if requests.get(f"{self.url}/srv/status", timeout=5).text == "ok":
                    return
            except requests.ConnectionError:
                time.sleep(0.05)
        raise AssertionError("the server does not answer")

    def reply(self, topic_id: int, text: str) -> requests.Response:
        headers = {"Api-Key": self.keys["discourse_api_key"], "Api-Username": "system"}
        body = {"topic_id": topic_id, "raw": text}
        return requests.post(f"{self.url}/posts.json", json=body, headers=headers, timeout=30)

    def raws(self, topic_id: int) -> list[str]:
        headers = {"Api-Key": self.keys["discourse_api_key"], "Api-Username": "system"}
        found: list[str] = []
        body: Any = requests.get(f"{self.url}/t/{topic_id}.json", headers=headers, timeout=30).json()
        stream = body["post_stream"]["stream"]
        for start in range(0, len(stream), 100):
            params = [("post_ids[]", str(post_id)) for post_id in stream[start : start + 100]]
            path = f"{self.url}/t/{topic_id}/posts.json?include_raw=true"
            page = requests.get(path, params=params, headers=headers, timeout=30).json()
            found.extend(post["raw"] for post in page["post_stream"]["posts"])
        return found


@pytest.fixture(params=["sqlite", "postgresql"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Server]:
    database = ""
    if request.param == "postgresql":
        import asyncio
        import secrets

        from tertulia.store.engine.postgres import copy_database, drop_database

        url = os.environ.get("TERTULIA_TEST_POSTGRES", "")
        if not url:
            if os.environ.get("CI") == "true":
                pytest.fail("CI needs TERTULIA_TEST_POSTGRES")
            pytest.skip("TERTULIA_TEST_POSTGRES is not set: not tested on PostgreSQL")
        name = f"tertulia_kill_{secrets.token_hex(4)}"
        asyncio.run(copy_database(url, name=name))
        database = url.rpartition("/")[0] + "/" + name
    made = Server(tmp_path / "data", database=database)
    yield made
    made.process.kill()
    made.process.wait(30)
    if database:
        asyncio.run(drop_database(url, name=name))


@pytest.mark.parametrize("stop", [signal.SIGKILL, signal.SIGTERM])
def test_every_acknowledged_write_survives(server: Server, stop: signal.Signals) -> None:
    acknowledged: list[str] = []
    ended = threading.Event()

    def write(writer: int) -> None:
        count = 0
        while not ended.is_set():
            text = f"Reply number {count} by writer {writer}, which is long enough."
            try:
                answer = server.reply(1, text)
            except requests.RequestException:
                return
            if answer.status_code == 200:
                acknowledged.append(text)
            count += 1

    writers = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for writer in writers:
        writer.start()
    while len(acknowledged) < 60:
        time.sleep(0.01)
    server.process.send_signal(stop)
    code = server.process.wait(60)
    ended.set()
    for writer in writers:
        writer.join(60)
    assert code == (0 if stop is signal.SIGTERM else -signal.SIGKILL)
    server.start()
    stored = server.raws(1)
    assert set(acknowledged) <= set(stored)
    assert len(stored) == len(set(stored))
    headers = {"Api-Key": server.keys["discourse_api_key"], "Api-Username": "system"}
    topic = requests.get(f"{server.url}/t/1.json", headers=headers, timeout=30).json()
    assert topic["posts_count"] == topic["highest_post_number"] == len(stored)
