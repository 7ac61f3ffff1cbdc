"""`make bench` from the command to the report, in the shortest turns there are."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bench.growth_ceiling import read_ceiling
from bench.serving.operations import OPERATIONS
from tests.bench.conftest import list_processes, start_bench

if TYPE_CHECKING:
    from tertulia.testing.forum import Forum

SHORT = ("--seconds", "1", "--rounds", "1", "--connections", "4", "--posts", "1000")
POSTGRES = "TERTULIA_TEST_POSTGRES"


@contextmanager
def ended(process: subprocess.Popen[str]) -> Iterator[None]:
    try:
        yield
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


def finish(process: subprocess.Popen[str]) -> tuple[int, str]:
    """The exit code, and what it said."""
    with ended(process):
        _, said = process.communicate(timeout=240)
    return process.returncode, said


def lines_of(report: str, heading: str) -> list[list[str]]:
    """The cells of the table under a heading."""
    part = report.split(f"## {heading}\n")[1].split("\n## ", maxsplit=1)[0]
    rows = [line.strip("| ").split(" | ") for line in part.splitlines() if line.startswith("|")]
    return rows[2:]


def check_nothing_is_left(folder: Path) -> None:
    assert list((folder / "temporary").iterdir()) == []
    assert list_processes(folder) == []


def database(engine: str) -> list[str]:
    if engine == "sqlite":
        return []
    url = os.environ.get(POSTGRES)
    if not url:
        pytest.skip(f"{POSTGRES} is not set: nothing measured on PostgreSQL")
    return ["--postgres", url]


@pytest.mark.parametrize(
    ("engine", "names", "aims"),
    [
        ("sqlite", ["topic", "page", "search-rare", "reply-90", "under-writes"], 6),
        ("postgresql", ["topic", "reply-90"], 4),
    ],
    ids=["sqlite", "postgresql"],
)
def test_every_kind_of_operation_becomes_a_line_of_the_report(
    wrk: str, engine: str, names: list[str], aims: int, tmp_path: Path
) -> None:
    process = start_bench(*SHORT, "--only", ",".join(names), *database(engine), folder=tmp_path)
    code, said = finish(process)
    assert code == 0, said
    report = (tmp_path / "report.md").read_text()
    rows = lines_of(report, "Operations")
    titles = [each.title for each in OPERATIONS if each.name in names]
    assert [re.sub(r" \([\d,]+/s\)", "", cells[0]) for cells in rows] == titles
    for cells in rows:
        ours, ceiling, ratio = cells[2], cells[3], cells[4]
        numbers = [float(each.replace(",", "")) for each in (ours, ceiling, *cells[6:10])]
        assert all(number > 0 for number in numbers), cells
        assert float(ratio.rstrip("%")) > 0 and re.fullmatch(r"\d+%", cells[10])
    assert (read_ceiling(report) > 0) == ("topic" in names)
    assert len(lines_of(report, "Aims")) == aims
    store = "SQLite on " if engine == "sqlite" else "PostgreSQL, "
    for needed in (f"- store: {store}", "python 3.", "starlette ", "- errors and warnings in its log: 0\n", "PSS "):
        assert needed in report
    assert ("postgresql " in report) == (engine == "postgresql")
    check_nothing_is_left(tmp_path)


# Each API once: which engine the peer runs on is not seen from here.
PEERS = {"sqlite": "discourse", "postgresql": "nodebb"}


def test_a_peer_is_measured_beside_ours(wrk: str, forum_engine: str, forum: Forum, tmp_path: Path) -> None:
    api = PEERS[forum_engine]
    people = [forum.given.user(name).username for name in ("ada", "ben", "cleo")]
    topics = [forum.given.topic(f"A topic about the number {number}").post.topic_id for number in range(8)]
    for turn in range(25):
        forum.given.reply(topics[0], by=people[turn % 3])
    key = forum.key if api == "discourse" else forum.master_token
    peer = ["--peer", forum.url, "--peer-api", api, "--peer-key", key]
    code, said = finish(start_bench(*SHORT, "--only", "topic-key,reply-20", *peer, folder=tmp_path))
    assert code == 0, said
    report = (tmp_path / "report.md").read_text()
    assert [cells[0] for cells in lines_of(report, "Beside the peer")] == [
        "topic of 20 posts, JSON, with a key",
        "reply of 20 words",
    ]
    assert f"- peer: {forum.url}, {api} API" in report and key not in report


def test_a_peer_that_refuses_ends_it_with_what_the_peer_said(wrk: str, forum: Forum, tmp_path: Path) -> None:
    code, said = finish(start_bench(*SHORT, "--only", "topic", "--peer", forum.url, folder=tmp_path))
    assert code == 1
    assert said.strip() == f"bench: {forum.url} shows no topic of 20 posts on the first pages of its latest topics"
    assert not (tmp_path / "report.md").exists()
    check_nothing_is_left(tmp_path)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_interrupted_it_leaves_nothing_behind(wrk: str, engine: str, number: signal.Signals, tmp_path: Path) -> None:
    before = schemas() if engine == "postgresql" else []
    arguments = [*SHORT, "--seconds", "60", "--only", "topic", *database(engine)]
    process = start_bench(*arguments, folder=tmp_path)
    with ended(process):
        deadline = time.monotonic() + 120
        while not any("plan.lua" in each for each in list_processes(tmp_path)):
            assert process.poll() is None and time.monotonic() < deadline, process.communicate()[1]
            time.sleep(0.1)
        assert len(list_processes(tmp_path)) >= 3  # the forum, the ceiling, the load
        process.send_signal(number)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 130 and "interrupted" in said and "Traceback" not in said
    assert not (tmp_path / "report.md").exists()
    check_nothing_is_left(tmp_path)
    if engine == "postgresql":
        assert schemas() == before


def schemas() -> list[str]:
    """Those that this tool makes."""
    import asyncio

    import asyncpg

    url = os.environ.get(POSTGRES)
    if not url:
        pytest.skip(f"{POSTGRES} is not set: nothing measured on PostgreSQL")

    async def work() -> list[str]:
        connection = await asyncpg.connect(url)
        try:
            rows = await connection.fetch("SELECT nspname FROM pg_namespace WHERE starts_with(nspname, 'bench_')")
            return sorted(row[0] for row in rows)
        finally:
            await connection.close()

    return asyncio.run(work())
