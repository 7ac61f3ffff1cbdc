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


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a forum with demo content, only to be read."""
    folder = tmp_path_factory.mktemp("demo") / "forum"
    assert tertulia("init", "--data", str(folder), "--demo").returncode == 0
    return folder


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


def test_demo_content_has_a_picture_and_a_file(demo: Path) -> None:
    assert rows(demo, "SELECT original_filename, width, height FROM uploads ORDER BY id") == [
        ("fern.png", 1380, 860), ("fern.csv", None, None),
    ]  # fmt: skip
    [(cooked, number, likes, at, last)] = rows(
        demo, "SELECT cooked, post_number, posts.like_count, posts.created_at, last_posted_at FROM posts JOIN topics "
              "ON topics.id = topic_id WHERE slug = 'a-bot-that-waters-the-office-plants' ORDER BY post_number DESC "
              "LIMIT 1")  # fmt: skip
    assert 'class="lightbox"' in cooked and '<a class="attachment"' in cooked and "upload://" not in cooked
    assert (number, likes, at) == (4, 2, last)
    kept = {path.suffix for path in (demo / "uploads" / "original").rglob("*") if path.is_file()}
    assert kept == {".png", ".csv"}


def test_a_forum_is_founded_even_where_the_demos_picture_finds_no_place(tmp_path: Path) -> None:
    (tmp_path / "forum").mkdir()
    (tmp_path / "forum" / "uploads").write_bytes(b"a file where the folder must be")
    shown = tertulia("init", "--data", str(tmp_path / "forum"), "--demo", "--json")
    assert shown.returncode == 0
    assert len(json.loads(shown.stdout)["discourse_api_key"]) == 64
    assert "warning: the demo is without its picture" in shown.stderr
    assert rows(tmp_path / "forum", "SELECT COUNT(*) FROM uploads") == [(0,)]


def test_demo_content_has_the_ids_that_copied_examples_ask_for(demo: Path) -> None:
    assert rows(demo, "SELECT id, slug FROM categories WHERE id IN (4, 7) ORDER BY id") == [(4, "support"), (7, "api")]
    assert rows(demo, "SELECT posts_count FROM topics WHERE id = 2837") == [(60,)]
    assert rows(demo, "SELECT topics.id FROM posts JOIN topics ON topics.id = topic_id "
                      "WHERE posts.id = 4837 AND post_number = 1 AND NOT closed AND NOT archived")  # fmt: skip
    assert rows(demo, "SELECT username FROM users WHERE username IN ('mary', 'bob') ORDER BY 1") == [
        ("bob",), ("mary",),
    ]  # fmt: skip
    assert rows(demo, "SELECT messageable_level FROM groups WHERE id = 1 AND name = 'admins'") == [(99,)]


def test_what_comes_after_demo_content_counts_on_from_its_ids(demo: Path) -> None:
    for table in ("users", "categories", "topics", "posts"):
        [(highest,)] = rows(demo, f"SELECT MAX(id) FROM {table}")
        assert rows(demo, f"SELECT seq FROM sqlite_sequence WHERE name = '{table}'") == [(highest,)]


def test_demo_content_has_a_month_behind_it(demo: Path) -> None:
    day = 86_400_000
    assert rows(demo, "SELECT COUNT(DISTINCT day) FROM user_visits") == [(30,)]
    for table, least in (("users", 20), ("topics", 10), ("votes", 15)):
        [(days,)] = rows(demo, f"SELECT COUNT(DISTINCT created_at / {day}) FROM {table}")
        assert days >= least, table
    [(ahead,)] = rows(demo, "SELECT COUNT(*) FROM posts, users WHERE users.id = 1 AND posts.user_id = 1 "
                            "AND posts.created_at < users.created_at")  # fmt: skip
    assert ahead == 0


def test_demo_content_shows_what_topics_can_be(demo: Path) -> None:
    for state in ("closed = 1", "archived = 1", "pinned_at IS NOT NULL AND pinned_globally = 0", "pinned_globally = 1",
                  "archetype = 1", "views > 0"):  # fmt: skip
        assert rows(demo, f"SELECT COUNT(*) FROM topics WHERE {state}") != [(0,)], state
    assert rows(demo, "SELECT user_id FROM bookmarks") == [(1,)]
    assert rows(demo, "SELECT version FROM posts WHERE edit_reason IS NOT NULL") == [(2,)]
    [(group_id,)] = rows(demo, "SELECT id FROM groups WHERE NOT automatic")
    owners = rows(demo, f"SELECT owner, COUNT(*) FROM group_members WHERE group_id = {group_id} GROUP BY 1 ORDER BY 1")
    assert owners == [(0, 2), (1, 1)]


def test_the_administrator_may_not_have_the_name_of_one_of_the_demos_people(tmp_path: Path) -> None:
    for name in ("Mary", "lena"):
        shown = tertulia("init", "--data", str(tmp_path / name), "--demo", "--admin-username", name)
        assert shown.returncode == 2
        assert f"the demo has a {name} of its own" in shown.stderr
