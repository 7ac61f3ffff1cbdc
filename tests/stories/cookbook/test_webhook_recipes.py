"""Recipe nine: a topic is posted, a receiver hears of it, and a tag comes back. As printed (Node), and our own."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.stories.cookbook.own import own_blocks
from tests.stories.cookbook.printed import Cookbook
from tests.stories.cookbook.running import run_shell
from tests.stories.cookbook.servers import SQLITE, Place, Server, fresh_place, serving
from tests.stories.cookbook.test_own_recipes import variables

SECRET = "a-long-random-string-1"
SUPPORT = 4
# What the text leaves to its reader, and a port that is free instead of 8080; the program itself stays as it is.
_BESIDE_THE_PRINTED = """
globalThis.lookupPlanTier = async (username) => (username === "bob" ? "gold" : "free");
const net = require("node:net");
const listen = net.Server.prototype.listen;
net.Server.prototype.listen = function (...given) {
  this.once("listening", () => console.log(`PORT ${this.address().port}`));
  return listen.call(this, 0, "127.0.0.1", ...given.filter((each) => typeof each === "function"));
};
"""
_BESIDE_PYTHON = """
import http.server
_begin = http.server.ThreadingHTTPServer.server_activate
def server_activate(self):
    _begin(self)
    print("PORT", self.server_address[1], flush=True)
http.server.ThreadingHTTPServer.server_activate = server_activate
"""


@pytest.fixture
def open_demo(golden_demo: Place, tmp_path: Path) -> Iterator[Server]:
    """A forum that may send webhooks to this machine."""
    with (
        fresh_place(SQLITE, golden=golden_demo, folder=tmp_path) as place,
        serving(place, TERTULIA_ALLOWED_INTERNAL_HOSTS="127.0.0.1") as server,
    ):
        yield server


@contextlib.contextmanager
def receiving(command: list[str], *, folder: Path, **more: str) -> Iterator[str]:
    """The address of a receiver, which says on which port it listens."""
    log = (folder / "receiver.log").open("w+")
    process = subprocess.Popen(
        command, cwd=folder, env={**os.environ, **more}, stdout=subprocess.PIPE, stderr=log, text=True
    )
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        found = re.match(r"PORT (\d+)", line)
        log.seek(0)
        assert found, f"the receiver does not listen: {line}{log.read()}"
        yield f"http://127.0.0.1:{found[1]}"
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()
        log.close()


def wait_for(ask: Callable[[], Any], *, seconds: float = 20) -> Any:
    """The first true answer; the last one when time is up."""
    end = time.monotonic() + seconds
    while not (answer := ask()) and time.monotonic() < end:
        time.sleep(0.1)
    return answer


def make_webhook(server: Server, url: str) -> int:
    """What the text has its reader do in the browser: a webhook for new topics."""
    kinds = server.read("/admin/api/web_hooks.json")["extras"]["grouped_event_types"]
    [wanted] = [kind["id"] for kinds_of in kinds.values() for kind in kinds_of if kind["name"] == "topic_created"]
    hook = {
        "payload_url": url, "secret": SECRET, "content_type": 1, "web_hook_event_type_ids": [wanted], "active": True,
    }  # fmt: skip
    answer = server.ask("POST", "/admin/api/web_hooks.json", json={"web_hook": hook})
    assert answer.status_code == 200, answer.text
    return int(answer.json()["web_hook"]["id"])


def post_topic(server: Server, *, by: str) -> int:
    answer = server.ask(
        "POST",
        "/posts.json",
        username=by,
        json={
            "title": f"My lamp is broken, says {by}",
            "raw": "It was bright yesterday, and today it is dark.",
            "category": SUPPORT,
            "tags": ["bug"],
        },
    )
    assert answer.status_code == 200, answer.text
    return int(answer.json()["topic_id"])


def tags_of(server: Server, topic_id: int) -> set[str]:
    return {tag["name"] for tag in server.read(f"/t/{topic_id}.json")["tags"]}


def check_tags_arrive(server: Server) -> None:
    first, second = post_topic(server, by="bob"), post_topic(server, by="sam.rivers")
    for topic_id, wanted in ((first, {"bug", "plan-gold"}), (second, {"bug", "plan-free"})):
        wait_for(lambda wanted=wanted, topic_id=topic_id: tags_of(server, topic_id) == wanted)
        assert tags_of(server, topic_id) == wanted


def check_deliveries(server: Server, hook_id: int) -> None:
    """What the forum remembers of its deliveries: each was answered with 2xx, at the first attempt."""
    events = wait_for(
        lambda: [
            event
            for event in server.read(f"/admin/api/web_hook_events/{hook_id}.json")["web_hook_events"]
            if event["status"] in (200, 204)
        ]
    )
    assert len(events) >= 1


def test_the_printed_receiver_tags_new_topics_with_a_plan(
    open_demo: Server, cookbook: Cookbook, node: Path, node_modules: Path, tmp_path: Path
) -> None:
    (tmp_path / "receiver.js").write_text(cookbook.block("9", "node"), "utf-8")
    (tmp_path / "beside.js").write_text(_BESIDE_THE_PRINTED, "utf-8")
    with receiving(
        [str(node), "-r", "./beside.js", "receiver.js"],
        folder=tmp_path,
        NODE_PATH=str(node_modules),
        WEBHOOK_SECRET=SECRET,
        DISCOURSE_HOST=open_demo.url,
        DISCOURSE_API_KEY=open_demo.key,
        DISCOURSE_API_USER="system",
    ) as url:
        hook_id = make_webhook(open_demo, f"{url}/discourse/hook")
        check_tags_arrive(open_demo)
        check_deliveries(open_demo, hook_id)


def own_receiver(language: str, *, folder: Path, request: pytest.FixtureRequest) -> tuple[list[str], dict[str, str]]:
    """The command that starts our receiver, and what it needs in its environment."""
    if language == "python":
        [setup], [program] = own_blocks("python")["setup"], own_blocks("python")["9"]
        (folder / "receiver.py").write_text(f"{_BESIDE_PYTHON}\n{setup}\n{program}", "utf-8")
        return [sys.executable, "receiver.py"], {"PORT": "0"}
    [program] = own_blocks("js")["9"]
    (folder / "receiver.js").write_text(program, "utf-8")
    (folder / "beside.js").write_text(_BESIDE_THE_PRINTED, "utf-8")
    node, modules = request.getfixturevalue("node"), request.getfixturevalue("node_modules")
    return [str(node), "-r", "./beside.js", "receiver.js"], {"NODE_PATH": str(modules)}


@pytest.mark.parametrize("language", ["python", "node"])
def test_our_own_receiver_tags_new_topics_with_a_plan(
    language: str, open_demo: Server, shell: None, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    command, more = own_receiver(language, folder=tmp_path, request=request)
    asked = {**variables(open_demo), "SECRET": SECRET}
    with receiving(command, folder=tmp_path, **asked, **more) as url:
        [setup], [program] = own_blocks("bash")["setup"], own_blocks("bash")["9"]
        made = run_shell(f"{setup}\n{program}", folder=tmp_path, variables={**asked, "RECEIVER": f"{url}/"})
        assert int(made.ok()) > 0
        check_tags_arrive(open_demo)


@pytest.mark.parametrize("language", ["python", "node"])
def test_our_own_receiver_refuses_what_is_not_signed(
    language: str, demo: Server, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    import requests

    command, more = own_receiver(language, folder=tmp_path, request=request)
    with receiving(command, folder=tmp_path, **variables(demo), SECRET=SECRET, **more) as url:
        for signature in ("", "sha256=00", "sha256=" + "0" * 64):
            answer = requests.post(
                url,
                data=b'{"topic": {"id": 1}}',
                headers={
                    "Content-Type": "application/json",
                    "X-Discourse-Event": "topic_created",
                    "X-Discourse-Event-Signature": signature,
                },
                timeout=10,
            )
            assert answer.status_code == 401
