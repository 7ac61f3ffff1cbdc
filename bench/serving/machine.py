"""The machine: which core serves and which one loads, and what a report says about it."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from bench.serving.problems import Problem

_SYSTEM = Path("/sys/devices/system/cpu")


@dataclass(frozen=True)
class Cores:
    """The core of the server under test, and the one of the load."""

    server: int
    load: int

    @property
    def shared(self) -> bool:
        return self.server == self.load


def choose_cores() -> Cores:
    """The last core that this process may use serves; the first that is no hyper-thread of it loads.

    With one core both share it. Raises Problem where a process cannot be pinned."""
    if not hasattr(os, "sched_getaffinity"):
        raise Problem("processes are pinned to cores and read from /proc, which needs Linux")
    usable = sorted(os.sched_getaffinity(0))
    server = usable[-1]
    others = [core for core in usable if core != server]
    apart = [core for core in others if core not in _siblings(server)]
    return Cores(server, (apart or others or [server])[0])


def _siblings(core: int) -> set[int]:
    try:
        text = (_SYSTEM / f"cpu{core}/topology/thread_siblings_list").read_text()
    except OSError:
        return {core}
    found: set[int] = set()
    for piece in text.strip().split(","):
        first, _, last = piece.partition("-")
        found.update(range(int(first), int(last or first) + 1))
    return found


@contextmanager
def pinned(core: int | None) -> Iterator[None]:
    """What is started inside runs on that core, from its first instruction; None: anywhere."""
    if core is None:
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def describe_processor() -> str:
    found = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return f"{found[1] if found else platform.machine()}, {os.cpu_count()} cores"


def describe_disk(folder: Path) -> str:
    """The kind of file system that holds the folder; one in memory makes every write durable for nothing."""
    kinds: dict[str, str] = {}
    for line in Path("/proc/mounts").read_text().splitlines():
        _, place, kind, *_ = line.split()
        kinds[place] = kind
    resolved = folder.resolve()
    return next((kinds[str(each)] for each in (resolved, *resolved.parents) if str(each) in kinds), "unknown")


def list_versions() -> dict[str, str]:
    """Of everything whose speed is in the figures."""
    import sqlite3

    names = ("tertulia", "starlette", "uvicorn", "uvloop", "httptools", "msgspec", "sqlalchemy")
    return {"python": platform.python_version(), **{name: version(name) for name in names}} | {
        "sqlite": sqlite3.sqlite_version
    }
