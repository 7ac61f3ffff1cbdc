"""`tertulia init`: scripts rely on its last line, its exit codes, and on all or nothing."""

from __future__ import annotations

import json
import re
import sqlite3
import stat
import time
from pathlib import Path

import pytest

from tests.cli.commands import tertulia
from tests.cli.conftest import PASSWORD

KEYS = ["url", "admin_username", "admin_password", "discourse_api_key", "nodebb_user_token", "nodebb_master_token"]
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def rows(folder: Path, sql: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(folder / "forum.db")
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


def test_the_last_line_is_one_json_object_with_everything_a_script_needs(
    golden: tuple[Path, dict[str, str]],
) -> None:
    _, printed = golden
    assert list(printed) == KEYS
    assert (printed["url"], printed["admin_username"]) == ("http://127.0.0.1:4200", "admin")
    assert printed["admin_password"] == PASSWORD
    assert re.fullmatch("[0-9a-f]{64}", printed["discourse_api_key"])
    assert UUID.fullmatch(printed["nodebb_user_token"]) and UUID.fullmatch(printed["nodebb_master_token"])


def test_the_admin_is_user_one_and_the_welcome_topic_is_topic_one(golden: tuple[Path, dict[str, str]]) -> None:
    folder, _ = golden
    assert rows(folder, "SELECT id, username, admin FROM users WHERE id > 0") == [(1, "admin", 1)]
    assert rows(folder, "SELECT id, user_id, category_id, first_post_id FROM topics") == [(1, -1, 1, 1)]
    assert rows(folder, "SELECT id, name, restricted FROM categories ORDER BY id") == [
        (1, "Uncategorized", 0),
        (3, "Staff", 1),
    ]


def test_what_is_in_a_new_data_directory_is_for_its_owner_only(golden: tuple[Path, dict[str, str]]) -> None:
    folder, _ = golden
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "forum.db").stat().st_mode) == 0o600


def test_on_an_existing_forum_it_says_so_and_changes_nothing(place: str) -> None:
    before = rows(Path(place), "SELECT * FROM users")
    shown = tertulia("init", "--data", place, "--json")
    assert (shown.returncode, shown.stdout) == (2, "")
    assert "there is a forum in" in shown.stderr and "Traceback" not in shown.stderr
    assert rows(Path(place), "SELECT * FROM users") == before


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--admin-password", "short"], "at least 10 characters"),
        (["--admin-password", "zqzqzqzqzqzqzq"], "different characters"),
        (["--admin-username", "a b"], "username"),
        (["--admin-email", "nobody"], "e-mail"),
        (["--port", "eighty"], "port: 'eighty' (flag --port)"),
        (["--database", "mysql://x"], "database: 'mysql://x'"),
    ],
    ids=lambda value: str(value[0]) if isinstance(value, list) else "",
)
def test_a_wrong_value_is_named_and_nothing_is_founded(options: list[str], said: str, tmp_path: Path) -> None:
    shown = tertulia("init", "--data", str(tmp_path / "forum"), "--json", *options)
    assert shown.returncode in (1, 2) and shown.stdout == ""
    assert said in shown.stderr and "Traceback" not in shown.stderr
    assert tertulia("init", "--data", str(tmp_path / "forum"), "--json").returncode == 0


def test_without_json_it_says_how_to_get_in(tmp_path: Path) -> None:
    shown = tertulia("init", "--data", str(tmp_path / "forum"), "--port", "4321")
    assert shown.returncode == 0
    for word in ("http://127.0.0.1:4321", "Password", "Discourse API key", "NodeBB master token"):
        assert word in shown.stdout


def test_tables_that_an_interrupted_init_left_are_no_obstacle(tmp_path: Path) -> None:
    folder = tmp_path / "forum"
    assert tertulia("init", "--data", str(folder), "--json").returncode == 0
    connection = sqlite3.connect(folder / "forum.db")
    for (table,) in connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'post_search%' AND sql IS NOT NULL"
    ).fetchall():
        connection.execute(f'DELETE FROM "{table}"')
    connection.execute("DELETE FROM post_search")
    connection.commit()
    connection.close()
    shown = tertulia("init", "--data", str(folder), "--json")
    assert shown.returncode == 0, shown.stderr
    assert rows(folder, "SELECT id FROM topics") == [(1,)]


def test_demo_content_has_something_of_everything_and_is_quickly_there(tmp_path: Path) -> None:
    folder = tmp_path / "forum"
    began = time.monotonic()
    shown = tertulia("init", "--data", str(folder), "--demo", "--json")
    assert shown.returncode == 0, shown.stderr
    assert time.monotonic() - began < 20
    assert json.loads(shown.stdout)["admin_username"] == "admin"
    text = "".join(str(row[0]) for row in rows(folder, "SELECT cooked FROM posts"))
    for sign in ("<table", "<code", "<blockquote", 'class="quote', 'class="mention', 'class="emoji', "<ol", "<kbd"):
        assert sign in text
    assert rows(folder, "SELECT COUNT(*) FROM topics WHERE posts_count <> "
                        "(SELECT COUNT(*) FROM posts WHERE topic_id = topics.id)") == [(0,)]  # fmt: skip
    assert rows(folder, "SELECT COUNT(*) FROM votes")[0] == rows(folder, "SELECT SUM(like_count) FROM posts")[0]
