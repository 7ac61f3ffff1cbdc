"""Topics made up by a process of their own: the same ones, and the process never outlives its reader."""

from __future__ import annotations

import subprocess
import sys
from random import Random

import pytest

from tertulia.forum.seeding import ahead, shares
from tertulia.forum.seeding.ahead import Order, write_ahead
from tertulia.forum.seeding.blocks import make_pool
from tertulia.forum.seeding.vocabulary import rare_phrases, rare_words
from tertulia.forum.seeding.writing import Cast

RARE = rare_words(Random(8))
NAMES = ("talvi", "moreno2", "skailu_7")


@pytest.fixture(scope="module")
def order() -> Order:
    rng = Random(3)
    cast = Cast(
        engine="sqlite", now=1_700_000_000_000, seed=3, user_ids=(11, 12, 13), usernames=NAMES,
        user_weights=shares.zipf_weights(3), category_ids=(5,), category_weights=(1.0,), tag_ids=(1, 2),
        tag_weights=(1.0, 2.0), pool=make_pool(rng, usernames=NAMES), rare=RARE,
        phrases=rare_phrases(rng, RARE),
    )  # fmt: skip
    begun = [1_600_000_000_000] * 30
    return Order(cast=cast, sizes=[50] * 30, beginnings=begun, first_topic_id=70, first_post_id=900)


@pytest.fixture
def processes(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen[bytes]]:
    """The processes that were started; every order is worth one."""
    started: list[subprocess.Popen[bytes]] = []
    popen = subprocess.Popen

    def start(command: list[str], *, stdin: int, stdout: int, start_new_session: bool) -> subprocess.Popen[bytes]:
        started.append(popen(command, stdin=stdin, stdout=stdout, start_new_session=start_new_session))
        return started[-1]

    monkeypatch.setattr(ahead, "_WORTH_A_PROCESS", 1)
    monkeypatch.setattr(subprocess, "Popen", start)
    return started


def test_a_process_of_its_own_makes_up_the_same_topics(order: Order, processes: list[subprocess.Popen[bytes]]) -> None:
    from_process = [piece for handful in write_ahead(order) for piece in handful]
    assert [process.returncode for process in processes] == [0]
    here = [piece for handful in ahead._handfuls(order) for piece in handful]
    assert len(processes) == 1 and from_process == here
    assert sum(piece.post_count for piece in here) == 1_500
    assert all(len(rows.columns) == len(row) for piece in here for rows in piece.tables.values() for row in rows.values)


def test_a_reader_that_stops_ends_the_process(
    order: Order, processes: list[subprocess.Popen[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ahead, "_LYING_READY", 1)
    handfuls = write_ahead(order)
    assert next(handfuls)
    assert processes[0].poll() is None
    handfuls.close()
    assert processes[0].returncode is not None


def test_a_reader_that_vanished_ends_the_process_quietly(order: Order) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "tertulia.forum.seeding.ahead"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdin is not None and process.stdout is not None and process.stderr is not None
    ahead._hand_over(process.stdin, order)
    process.stdout.read(100)
    process.stdout.close()
    assert process.wait(timeout=30) == 0
    assert process.stderr.read() == b""
    process.stdin.close()
    process.stderr.close()


def test_a_process_that_fails_is_no_complete_forum(
    order: Order, processes: list[subprocess.Popen[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises((RuntimeError, BrokenPipeError)):
        list(write_ahead(order))
