"""A light start: what serving a forum on SQLite does not pay for until somebody asks."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.sources import ROOT, SOURCE

# Each is needed by one command, one engine or one request; none by a forum that has just started.
NOT_AT_START = {
    *("aiosmtplib", "alembic", "asyncpg", "httpx", "httpx2", "joserfc", "obstore", "PIL"),
    *("pydantic", "pytest", "redis", "requests", "rich", "typer"),
}

# Serves as the command does; as soon as it answers, says which modules it has loaded, and ends.
SERVE = """
import os, sys, threading, time, urllib.request

data, port = sys.argv[1:]

def report():
    for _ in range(300):
        try:
            answer = urllib.request.urlopen(f"http://127.0.0.1:{port}/srv/status", timeout=5).read()
        except OSError:
            time.sleep(0.05)
        else:
            print("answered", answer.decode())
            print("loaded", *sorted(sys.modules), flush=True)
            os._exit(0)
    os._exit(3)

threading.Thread(target=report, daemon=True).start()
sys.argv = ["tertulia", "serve", "--data", data, "--port", port]
from tertulia.cli import main
main()
"""

pytestmark = pytest.mark.skipif(
    not (SOURCE / "cli" / "__init__.py").is_file(), reason="the command line is not built yet"
)


def run(folder: Path, *arguments: str) -> str:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TERTULIA_")}
    shown = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={**kept, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert shown.returncode == 0, shown.stdout + shown.stderr
    return shown.stdout


def free_port() -> str:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return str(listener.getsockname()[1])


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Every module in a process that serves a new forum and has answered once that it is up."""
    folder = tmp_path_factory.mktemp("start")
    run(folder, "-m", "tertulia", "init", "--data", "forum", "--json")
    shown = run(folder, "-c", SERVE, "forum", free_port())
    lines = dict(line.partition(" ")[::2] for line in shown.splitlines())
    assert lines["answered"] == "ok"
    return set(lines["loaded"].split())


def test_serving_on_sqlite_loads_nothing_that_only_some_forums_need(loaded: set[str]) -> None:
    heavy = NOT_AT_START & {name.partition(".")[0] for name in loaded}
    assert not heavy, f"import these inside the function that needs them: {sorted(heavy)}"


def test_the_shapes_of_a_dialect_wait_for_its_first_request(loaded: set[str]) -> None:
    shapes = sorted(name for name in loaded if name.startswith("tertulia.dialects.") and ".shapes" in name)
    assert not shapes, f"let the handlers' modules load at the first request of their dialect: {shapes}"


def test_importing_the_application_loads_nothing_heavy_either(tmp_path: Path) -> None:
    shown = run(tmp_path, "-c", "import sys, tertulia.app; print(*sys.modules)")
    heavy = NOT_AT_START & {name.partition(".")[0] for name in shown.split()}
    assert not heavy, f"import these inside the function that needs them: {sorted(heavy)}"
