"""kill -9 in the middle of an import: run again, everything is there once."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

from tests.cli.commands import environment, invoke
from tests.importers.archives import post, topic, write_archive

TOPICS, POSTS_EACH = 300, 4


def test_an_import_that_was_killed_is_run_again_without_doubling(place: str, tmp_path: Path) -> None:
    bodies = [
        topic(number, [post(number * 10 + each, each + 1, user_id=7 + each) for each in range(POSTS_EACH)])
        for number in range(10, 10 + TOPICS)
    ]
    archive = write_archive(tmp_path / "archive", *bodies)
    command = ["import", "discourse-archive", str(archive), "--data", place]
    process = subprocess.Popen(
        [sys.executable, "-m", "tertulia", *command], env=environment(), stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None and "posts" in process.stderr.readline()
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=30)
    assert invoke(*command).exit_code == 0
    connection = sqlite3.connect(f"{place}/forum.db")
    counts = [
        connection.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0]
        for table in ("topics WHERE id > 1", "posts WHERE id > 1", "post_search WHERE rowid > 1", "imported_topics")
    ]
    connection.close()
    assert counts == [TOPICS, TOPICS * POSTS_EACH, TOPICS * POSTS_EACH, TOPICS]
    assert invoke("doctor", "--data", place).exit_code == 0
