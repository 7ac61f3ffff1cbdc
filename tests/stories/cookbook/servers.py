"""A served forum with demo content for each language of each text: a process of its own on a port of its own."""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.cli.commands import environment, tertulia
from tests.cli.test_commands import run_on_server

SQLITE, POSTGRESQL = "sqlite", "postgresql"


@dataclass(frozen=True)
class Place:
    """A founded forum that is not served: how commands find it, and what founding printed."""

    where: tuple[str, ...]
    key: str
    token: str
    password: str
    second_key: str


@dataclass(frozen=True)
class Server:
    """A forum that answers. `key` is what the recipes are given; checks use `second_key`, so that limits are apart."""

    place: Place
    url: str

    @property
    def key(self) -> str:
        return self.place.key

    def ask(self, method: str, path: str, *, username: str = "system", **options: Any) -> requests.Response:
        """One request by the second key, on behalf of `username`."""
        headers = {"Api-Key": self.place.second_key, "Api-Username": username}
        return requests.request(method, self.url + path, headers=headers, timeout=20, **options)

    def read(self, path: str, *, username: str = "system", **options: Any) -> Any:
        """The JSON of a GET that must succeed."""
        answer = self.ask("GET", path, username=username, **options)
        assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text[:500]}"
        return answer.json()

    def make_key(self, *arguments: str) -> str:
        """A key by the command, while the forum is served."""
        shown = tertulia("keys", "create", *self.place.where, *arguments)
        assert shown.returncode == 0, shown.stderr
        return shown.stdout.split()[-1]


def found_demo(where: tuple[str, ...]) -> Place:
    """A forum with demo content, made by the command."""
    shown = tertulia("init", *where, "--demo", "--json")
    assert shown.returncode == 0, shown.stderr
    printed = json.loads(shown.stdout.splitlines()[-1])
    second = tertulia("keys", "create", *where, "--all-users", "--description", "checks")
    assert second.returncode == 0, second.stderr
    return Place(
        where=where,
        key=printed["discourse_api_key"],
        token=printed["nodebb_user_token"],
        password=printed["admin_password"],
        second_key=second.stdout.split()[-1],
    )


@contextlib.contextmanager
def fresh_place(engine: str, *, golden: Place, folder: Path) -> Iterator[Place]:
    """A forum of one's own: a copy of the golden folder, or a schema that is dropped afterwards."""
    if engine == SQLITE:
        shutil.copytree(golden.where[1], folder / "forum")
        yield Place(**{**golden.__dict__, "where": ("--data", str(folder / "forum"))})
        return
    url = os.environ.get("TERTULIA_TEST_POSTGRES", "")
    if not url:
        pytest.skip("TERTULIA_TEST_POSTGRES is not set, so no recipe runs on PostgreSQL")
    schema = f"cookbook_{secrets.token_hex(6)}"
    run_on_server(url, f"CREATE SCHEMA {schema}")
    try:
        yield found_demo(("--database", f"{url}?schema={schema}", "--data", str(folder / "forum")))
    finally:
        run_on_server(url, f"DROP SCHEMA {schema} CASCADE")


@contextlib.contextmanager
def serving(place: Place, **more: str) -> Iterator[Server]:
    """The forum on a port, until the end of the block; `more` is added to the environment of its process."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tertulia", "serve", *place.where, "--port", "0"],
        env=environment(PYTHONUNBUFFERED="1", **more),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    try:
        said = process.stdout.readline()
        found = re.search(r"serves .* on (http://\S+)", said)
        assert found, f"it never said that it serves: {said}"
        yield Server(place=place, url=found[1])
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)
        process.stdout.close()
