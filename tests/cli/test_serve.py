"""`tertulia serve` and `tertulia run`: from the command to the answer, and to an orderly end."""

from __future__ import annotations

import contextlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.commands import environment, tertulia


@contextlib.contextmanager
def running(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The process and its address, from the line that it prints when it is ready."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tertulia", *arguments],
        env=environment(PYTHONUNBUFFERED="1"),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    said = ""
    try:
        for line in process.stdout:
            said += line
            if found := re.search(r"serves .* on (http://\S+)", line):
                yield process, found[1]
                break
        else:
            pytest.fail(f"it never said that it serves:\n{said}")
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.wait(30)
        process.stdout.close()


def get(url: str) -> str:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return str(answer.read().decode())


def test_it_answers_until_sigterm_and_then_ends_in_order(place: str) -> None:
    with running("serve", "--data", place, "--port", "0") as (process, url):
        assert get(f"{url}/srv/status") == "ok"
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0


def test_a_port_in_use_is_said_in_one_line(place: str) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = str(listener.getsockname()[1])
        shown = tertulia("serve", "--data", place, "--port", port)
    assert shown.returncode == 1
    assert f"cannot listen on 127.0.0.1 port {port}" in shown.stderr and "Traceback" not in shown.stderr


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (["--data", "nowhere"], 1, "run `tertulia init --data nowhere` first"),
        (["--prot", "4300"], 2, "there is no option --prot"),
        (["--port"], 2, "--port needs a value"),
        (["--port", "70000"], 2, "port: '70000' (flag --port) is not allowed; allowed: a whole number"),
        (["--workers", "2"], 2, "PostgreSQL"),
        (["--log-format=xml"], 2, "allowed: one of json, text"),
        (["--config", "no.toml"], 2, "there is no file no.toml"),
        (["stray"], 2, "there is no option stray"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_cannot_start_says_why(options: list[str], code: int, said: str, tmp_path: Path) -> None:
    shown = tertulia("serve", *options, cwd=tmp_path)
    assert shown.returncode == code
    assert said in shown.stderr and "Traceback" not in shown.stderr


def test_another_schema_is_refused_with_what_helps(place: str) -> None:
    import sqlite3

    connection = sqlite3.connect(f"{place}/forum.db")
    connection.execute("UPDATE settings SET value = '0000' WHERE name = 'schema_version'")
    connection.commit()
    connection.close()
    shown = tertulia("serve", "--data", place, "--port", "0")
    assert shown.returncode == 1 and "tertulia migrate" in shown.stderr


def test_run_founds_a_forum_with_demo_content_once_and_starts_it_after(tmp_path: Path) -> None:
    folder = str(tmp_path / "forum")
    with running("run", "--data", folder, "--port", "0") as (_, url):
        assert "Read me first" in get(f"{url}/latest.json")
    shutil.copytree(folder, tmp_path / "copy")
    with running("run", "--data", str(tmp_path / "copy"), "--port", "0") as (_, url):
        assert "Read me first" in get(f"{url}/latest.json")


def test_run_prints_lines_to_paste_for_both_apis(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "tertulia", "run", "--data", str(tmp_path / "forum"), "--port", "0"],
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    time.sleep(0.1)
    assert process.stdout is not None
    lines: list[str] = []
    for line in process.stdout:
        lines.append(line)
        if " serves " in line:
            break
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=30)
    pasted = [line for line in lines if line.startswith("curl ")]
    assert len(pasted) == 3
    assert "Api-Key: " in pasted[0] and "/posts.json" in pasted[1] and "Authorization: Bearer " in pasted[2]
