"""`tertulia recook`: what it prints and refuses; what it does is told in `tests/forum/test_recooking.py`."""

from __future__ import annotations

import sqlite3

from tertulia.forum.cooking import VERSION
from tests.cli.commands import invoke


def spoil(place: str, version: int) -> None:
    with sqlite3.connect(f"{place}/forum.db") as connection:
        connection.execute("UPDATE posts SET cooked = 'spoilt', cook_version = ?", (version,))
    connection.close()


def spoilt(place: str) -> int:
    connection = sqlite3.connect(f"{place}/forum.db")
    count = connection.execute("SELECT COUNT(*) FROM posts WHERE cooked = 'spoilt'").fetchone()[0]
    connection.close()
    return int(count)


def test_it_cooks_what_an_older_version_cooked_and_says_how_far_it_is(place: str) -> None:
    assert invoke("seed", "--data", place, "--users", "3", "--topics", "3", "--posts", "30").exit_code == 0
    assert invoke("recook", "--data", place).stdout == "0 posts cooked again.\n"
    spoil(place, VERSION - 1)
    count = spoilt(place)
    shown = invoke("recook", "--data", place)
    assert (shown.exit_code, spoilt(place)) == (0, 0)
    assert shown.stdout == f"{count} posts cooked again.\n"
    assert f"of {count} posts" in shown.stderr


def test_imported_posts_need_a_flag_and_the_worker_can_do_it(place: str) -> None:
    assert invoke("seed", "--data", place, "--users", "3", "--topics", "3", "--posts", "30").exit_code == 0
    spoil(place, 0)
    count = spoilt(place)
    assert invoke("recook", "--data", place).stdout == "0 posts cooked again.\n"
    assert spoilt(place) == count
    assert invoke("recook", "--data", place, "--imported", "--later").stdout == "Left to the worker.\n"
    assert spoilt(place) == count
    assert invoke("worker", "--data", place, "--once").exit_code == 0
    assert spoilt(place) == 0


def test_a_version_that_is_not_there_yet_is_refused(place: str) -> None:
    assert invoke("recook", "--data", place, "--since", str(VERSION + 1)).exit_code == 2
    assert invoke("recook", "--data", place, "--since", "0").exit_code == 2
