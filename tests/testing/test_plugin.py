"""The plugin in somebody else's project: found by itself, light to load, at home with xdist."""

from __future__ import annotations

from importlib.metadata import entry_points
from pathlib import Path

import pytest

from tests.testing.projects import run

HEAVY = (
    "tertulia.app", "tertulia.store", "tertulia.forum", "tertulia.settings", "sqlalchemy", "starlette", "msgspec",
    "uvicorn", "asyncpg", "jinja2", "argon2",
)  # fmt: skip

TESTS = """
import pytest

@pytest.mark.parametrize("number", range(6))
def test_each_is_alone(forum, number):
    assert forum.get("/latest.json").json["topic_list"]["topics"] == []
    forum.given.topic()
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "test_theirs.py").write_text(TESTS)
    return tmp_path


def test_an_installed_package_brings_its_fixture_along() -> None:
    named = {each.name: each.value for each in entry_points(group="pytest11")}
    assert named["tertulia"] == "tertulia.testing.plugin"


def test_another_project_uses_the_fixture_without_any_set_up(project: Path) -> None:
    shown = run(project)
    assert "6 passed" in shown.stdout, shown.stdout + shown.stderr


def test_processes_of_xdist_do_not_meet(project: Path) -> None:
    shown = run(project, "-n", "2")
    assert "6 passed" in shown.stdout, shown.stdout + shown.stderr


def test_a_session_of_pytest_that_asks_for_no_forum_loads_none(tmp_path: Path) -> None:
    (tmp_path / "test_nothing.py").write_text(
        f"import sys\ndef test_light():\n    assert [name for name in {HEAVY!r} if name in sys.modules] == []\n"
    )
    shown = run(tmp_path)
    assert "1 passed" in shown.stdout, shown.stdout + shown.stderr


def test_settings_of_a_project_hold_for_its_forums(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(
        "import pytest\n"
        "@pytest.fixture(scope='session')\n"
        "def forum_settings():\n"
        "    return {'title': 'Ours', 'min_topic_title_length': 3}\n"
    )
    (tmp_path / "test_theirs.py").write_text(
        "def test_ours(forum):\n"
        "    assert forum.get('/site/basic-info.json').json['title'] == 'Ours'\n"
        "    assert forum.given.topic('Hey you').topic_title == 'Hey you'\n"
    )
    shown = run(tmp_path)
    assert "1 passed" in shown.stdout, shown.stdout + shown.stderr


def test_without_a_server_tests_on_postgresql_are_skipped_and_say_why(project: Path) -> None:
    shown = run(project, "--forum-engine", "postgresql", "-rs")
    assert "6 skipped" in shown.stdout and "TERTULIA_TEST_POSTGRES" in shown.stdout, shown.stdout + shown.stderr
