"""`tertulia serve` and `tertulia run`: from the command to the answer, and to an orderly end."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
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
from tests.cli.test_commands import run_on_server


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


def test_it_serves_although_nobody_reads_what_it_says(place: str) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    process = subprocess.Popen(
        [sys.executable, "-m", "tertulia", "serve", "--data", place, "--port", port],
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert process.stdout is not None
    process.stdout.close()
    try:
        for _ in range(200):
            with contextlib.suppress(OSError):
                assert get(f"http://127.0.0.1:{port}/srv/status") == "ok"
                break
            assert process.poll() is None
            time.sleep(0.1)
    finally:
        process.terminate()
        process.wait(30)


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


def test_run_says_which_commands_make_new_keys_for_a_forum_that_exists(place: str) -> None:
    shown = subprocess.Popen(
        [sys.executable, "-m", "tertulia", "run", "--data", place, "--port", "0"],
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert shown.stdout is not None
    lines = []
    for line in shown.stdout:
        lines.append(line)
        if " serves " in line:
            break
    shown.send_signal(signal.SIGTERM)
    shown.communicate(timeout=30)
    commands = [line.split("  (")[0].split() for line in lines if " keys create " in line]
    assert len(commands) == 3
    for command in commands:
        made = tertulia(*["admin" if word == "NAME" else word for word in command[1:]])
        assert made.returncode == 0 and made.stdout.strip(), made.stderr


def test_a_killed_supervisor_leaves_no_process_on_the_port(tmp_path: Path) -> None:
    server = os.environ.get("TERTULIA_TEST_POSTGRES", "")
    if not server:
        pytest.skip("TERTULIA_TEST_POSTGRES is not set: nothing tested on PostgreSQL")
    schema = f"s_{secrets.token_hex(6)}"
    database = f"{server}?schema={schema}"
    run_on_server(server, f"CREATE SCHEMA {schema}")
    try:
        where = ("--database", database, "--data", str(tmp_path))
        assert tertulia("init", *where).returncode == 0
        with running("serve", *where, "--workers", "2", "--port", "0") as (process, url):
            assert get(f"{url}/srv/status") == "ok"
            process.kill()
            process.wait(30)
            assert _becomes_free(int(url.rsplit(":", 1)[1]))
    finally:
        run_on_server(server, f"DROP SCHEMA {schema} CASCADE")


def _becomes_free(port: int) -> bool:
    for _ in range(300):
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return True
        time.sleep(0.1)
    return False


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
