"""`tertulia seed`: what it prints, what it refuses, and that cutting it short does no harm."""

from __future__ import annotations

import hashlib
import json
import shutil
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.commands import environment, invoke

SMALL = ("--users", "5", "--topics", "6", "--posts", "60", "--now", "2026-01-01")


def content(place: str) -> str:
    """A digest of everything that was made up."""
    connection = sqlite3.connect(f"{place}/forum.db")
    digest = hashlib.sha256()
    for table in ("users", "topics", "posts", "votes", "topic_tags", "topic_states", "post_mentions", "topic_links"):
        own = "WHERE id > 1" if table in ("users", "topics", "posts") else ""
        for row in connection.execute(f"SELECT * FROM {table} {own} ORDER BY 1, 2"):
            digest.update(repr(row).encode())
    connection.close()
    return digest.hexdigest()


def counts(place: str) -> tuple[int, int]:
    connection = sqlite3.connect(f"{place}/forum.db")
    found = connection.execute("SELECT COUNT(*), COALESCE(SUM(posts_count), 0) FROM topics WHERE id > 1").fetchone()
    posts = connection.execute("SELECT COUNT(*) FROM posts WHERE topic_id > 1").fetchone()[0]
    connection.close()
    assert found[1] == posts
    return int(found[0]), int(posts)


def test_it_fills_a_forum_and_ends_with_json(place: str) -> None:
    shown = invoke("seed", "--data", place, *SMALL, "--json")
    assert shown.exit_code == 0, shown.output
    answer = json.loads(shown.stdout.splitlines()[-1])
    assert (answer["users"], answer["topics"], answer["posts"], answer["complete"]) == (5, 6, 60, True)
    assert "60 of 60 posts" in shown.stderr
    assert counts(place) == (6, 60)
    assert invoke("doctor", "--data", place).exit_code == 0


def test_the_same_seed_fills_two_forums_alike_byte_for_byte(place: str, tmp_path: Path) -> None:
    places = [place, str(tmp_path / "second"), str(tmp_path / "third")]
    for other in places[1:]:
        shutil.copytree(place, other)
    for other, seed in zip(places, ("7", "7", "8"), strict=True):
        assert invoke("seed", "--data", other, *SMALL, "--seed", seed).exit_code == 0
    first, second, third = (content(other) for other in places)
    assert first == second != third


@pytest.mark.parametrize(
    "arguments",
    [
        ("--users", "0"), ("--users", "-3"), ("--topics", "0"), ("--posts", "0"), ("--topics", "10", "--posts", "9"),
        ("--seed", "-1"), ("--users", "many"), ("--now", "yesterday"), ("--now", "0001-01-01"),
        ("--posts", str(10**12)),
    ],
)  # fmt: skip
def test_nonsense_is_refused_with_two(place: str, arguments: tuple[str, ...]) -> None:
    assert invoke("seed", "--data", place, *arguments).exit_code == 2
    assert counts(place) == (0, 0)


def test_without_a_forum_it_says_what_to_do(tmp_path: Path) -> None:
    shown = invoke("seed", "--data", str(tmp_path / "none"), *SMALL)
    assert shown.exit_code == 1 and "tertulia init" in shown.stderr


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 130), (signal.SIGKILL, -9)])
def test_cut_short_it_leaves_a_sound_forum(place: str, sent: signal.Signals, code: int) -> None:
    command = ["seed", "--data", place, "--users", "20", "--topics", "50", "--posts", "400000"]
    process = subprocess.Popen(
        [sys.executable, "-m", "tertulia", *command], env=environment(), stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None and " of 400000 posts" in process.stderr.readline()
    process.send_signal(sent)
    process.communicate(timeout=30)
    assert process.returncode == code
    topics, posts = counts(place)
    assert 0 < topics <= 50 and 0 < posts < 400_000
    assert invoke("doctor", "--data", place).exit_code == 0
    assert invoke("seed", "--data", place, *SMALL).exit_code == 0
