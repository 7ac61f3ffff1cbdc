"""What the tests of `make bench` need: wrk, a small server to be loaded, and the tool in a process of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.cli.commands import environment
from tests.house.sources import ROOT


@pytest.fixture(scope="session")
def wrk() -> str:
    """The path of the load generator."""
    found = shutil.which("wrk")
    if found is None:
        if os.environ.get("CI") == "true":
            pytest.fail("CI needs wrk")
        pytest.skip("wrk is not installed, so no load is tried")
    return found


class Target(ThreadingHTTPServer):
    """Answers every request with `status`, from the second on with `later`, and remembers what was sent."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.status = self.later = 200
        self.seen: list[tuple[str, str, bytes]] = []
        self.hangs_up = False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Answering(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        target = self.server
        assert isinstance(target, Target)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        target.seen.append((self.command, self.path, body))
        if target.hangs_up:
            self.close_connection = True
            return
        self.send_response(target.status if len(target.seen) == 1 else target.later)
        self.send_header("Content-Length", "13")
        self.end_headers()
        self.wfile.write(b'{"it": "is"}\n')

    do_POST = do_GET

    def log_message(self, format: str, *arguments: object) -> None:
        """Nothing."""


@pytest.fixture
def target() -> Iterator[Target]:
    with Target() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def start_bench(*arguments: str, folder: Path, **more: str) -> subprocess.Popen[str]:
    """`make bench` without make; the report and everything temporary lies in the folder."""
    (folder / "temporary").mkdir()
    return subprocess.Popen(
        [sys.executable, "-m", "bench.serving", "--report", str(folder / "report.md"), *arguments],
        cwd=ROOT,
        env=environment(TMPDIR=str(folder / "temporary"), **more),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def list_processes(folder: Path) -> list[str]:
    """The command lines of all processes that name the folder."""
    found = []
    for each in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = each.read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
        except OSError:
            continue
        if f"{folder}/temporary" in words:
            found.append(words)
    return found
