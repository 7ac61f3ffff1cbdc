"""Our forum as its users have it: `tertulia init`, `seed`, `keys create` and `serve`, gone afterwards."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import socket
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.serving.apis import Api
from bench.serving.asking import ask
from bench.serving.metering import read_cpu
from bench.serving.plans import Step
from bench.serving.problems import Problem
from bench.serving.processes import Started, running, working

_TERTULIA = (sys.executable, "-m", "tertulia")
_PATIENCE = 60  # seconds until a server answers first
_STARTS = 3
# Everything is counted and logged as usual; no limit is so low that the load meets it.
SETTINGS = {
    "max_reqs_rate_limit_on_private": "true",
    "max_reqs_per_ip_per_minute": "2000000000",
    "max_reqs_per_ip_per_10_seconds": "2000000000",
    "anonymous_reqs_per_ip_per_minute": "2000000000",
    "max_admin_api_reqs_per_minute": "2000000000",
    **{f"max_creates_per_minute_tl{level}": "100000" for level in range(5)},
    "max_replies_in_first_day": "100000",
    "newuser_max_replies_per_topic": "100000",
    "rate_limit_search_anon_user_per_second": "100000",
    "rate_limit_search_anon_user_per_minute": "100000",
    "rate_limit_search_anon_global_per_second": "100000",
    "rate_limit_search_anon_global_per_minute": "100000",
}


@dataclass(frozen=True)
class Place:
    """A founded forum with content. `flags` name it to every command."""

    folder: Path
    flags: tuple[str, ...]
    key: str


@dataclass(frozen=True)
class Start:
    """From the command to the first answer, in seconds: the median of some starts, and the CPU of the last."""

    seconds: float
    cpu: float


@contextmanager
def founded(folder: Path, posts: int, *, postgres: str | None, api: Api) -> Iterator[Place]:
    """A forum with so many made-up posts, and a key to act as anybody there.

    On PostgreSQL it lies in a schema of its own, which is dropped afterwards."""
    with ExitStack() as stack:
        flags: tuple[str, ...] = ("--data", str(folder / "forum"))
        if postgres:
            flags += ("--database", stack.enter_context(_schema(postgres)))
        made = json.loads(_run("init", *flags, "--json").splitlines()[-1])
        amounts = ("--users", str(max(posts // 50, 20)), "--topics", str(max(posts // 20, 40)), "--posts", str(posts))
        _run("seed", *flags, *amounts, "--now", "2026-01-01")
        key = made["nodebb_master_token"]
        if api.name == "discourse":
            key = _run("keys", "create", *flags, "--all-users", "--description", "bench").strip()
        yield Place(folder, flags, key)


@contextmanager
def served(place: Place, *, redis: str | None, core: int, api: Api) -> Iterator[tuple[Started, str, Start]]:
    """The server on that core, its address, and how long it takes to answer first."""
    times = []
    for turn in range(_STARTS):
        with ExitStack() as stack:
            port = free_port()
            url = f"http://127.0.0.1:{port}"
            command = [*_TERTULIA, "serve", *place.flags, "--port", str(port)]
            command += ["--redis", redis] if redis else []
            log = place.folder / "tertulia.log"
            began = time.perf_counter()
            started = stack.enter_context(running(command, log=log, core=core, environment=_environment()))
            wait_for(started, url, api.latest(0))
            times.append(time.perf_counter() - began)
            if turn == _STARTS - 1:
                yield started, url, Start(statistics.median(times), read_cpu(started.pid))


def wait_for(started: Started, url: str, path: str) -> None:
    """Returns with the first answer. Raises Problem where the process ends before, or takes too long."""
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        started.check()
        try:
            answered = ask(url, Step(path))
        except OSError:
            time.sleep(0.01)
            continue
        if answered.status != 200:
            raise Problem(f"{url}{path} answers {answered.status} at first")
        return
    raise Problem(f"{started.log.stem} did not answer within {_PATIENCE} s")


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _run(*arguments: str) -> str:
    with working([*_TERTULIA, *arguments], environment=_environment()) as work:
        return work.finish()


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TERTULIA_", "DISCOURSE_"))}
    return {**kept, **{f"TERTULIA_{name.upper()}": value for name, value in SETTINGS.items()}}


@contextmanager
def _schema(url: str) -> Iterator[str]:
    """The address of a new schema in that database."""
    name = f"bench_{secrets.token_hex(4)}"
    _execute(url, f"CREATE SCHEMA {name}")
    try:
        yield f"{url}?schema={name}"
    finally:
        _execute(url, f"DROP SCHEMA {name} CASCADE")


def _execute(url: str, statement: str) -> str:
    import asyncpg

    async def work() -> str:
        connection = await asyncpg.connect(url)
        try:
            return str(await connection.fetchval(statement))
        finally:
            await connection.close()

    try:
        return asyncio.run(work())
    except (OSError, asyncpg.PostgresError) as problem:
        raise Problem(f"PostgreSQL: {problem}") from problem


def postgres_version(url: str) -> str:
    return _execute(url, "SHOW server_version").split()[0]
