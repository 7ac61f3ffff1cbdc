"""A server and a worker killed while a page elsewhere is asked for: the next ones ask again, and the post shows it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
import requests

from tests.faults.test_webhooks_kill import Machine
from tests.forum.oneboxes.sites import Site, page

_PATIENCE = 120  # seconds; a job that was claimed by the dead is free after fifteen


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    yield made
    made.close()


def test_a_page_that_was_asked_for_by_the_dead_is_shown_all_the_same(tmp_path: Path, site: Site) -> None:
    released = threading.Event()

    def hang_first(handler: BaseHTTPRequestHandler) -> None:
        if not released.is_set():
            released.wait(_PATIENCE)
            handler.close_connection = True
            return
        page("<title>Bread</title><meta name=description content='All about bread'>")(handler)

    site.handlers["/bread"] = hang_first
    machine = Machine(tmp_path / "data", database="", receiver=site)
    try:
        fields = {"title": "What I found elsewhere today", "raw": f"Look at this:\n\n{site.url}/bread", "category": 1}
        made = requests.post(f"{machine.url}/posts.json", json=fields, headers=machine.headers, timeout=30)
        assert made.status_code == 200, made.text
        wait_until(lambda: site.count("/bread") == 1)
        machine.kill("worker")
        machine.kill("serve")
        released.set()
        machine.wait()
        address = f"{machine.url}/posts/{made.json()['id']}.json"
        wait_until(lambda: "All about bread" in requests.get(address, headers=machine.headers, timeout=30).text)
        assert site.count("/bread") == 2
    finally:
        released.set()
        machine.end()


def wait_until(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + _PATIENCE
    while not holds():
        assert time.monotonic() < until, "it does not come to that"
        time.sleep(0.2)
