"""The table itself: complete, in our own words, listed and documented."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from tertulia.settings import (
    ProcessSettings,
    Settings,
    SiteSettings,
    list_settings,
    load,
    settings_table,
    with_database,
)
from tertulia.settings.reference import render_reference
from tertulia.settings.table import PAIRS, rows_of

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "settings.md"
UPSTREAM_DEFAULTS = {
    "min_topic_title_length": 15,
    "max_topic_title_length": 255,
    "min_first_post_length": 20,
    "min_post_length": 20,
    "max_post_length": 32_000,
    "min_personal_message_title_length": 2,
    "min_personal_message_post_length": 10,
    "title_min_entropy": 10,
    "body_min_entropy": 7,
    "unique_posts_mins": 5,
    "min_password_length": 10,
    "min_admin_password_length": 15,
    "min_username_length": 3,
    "max_username_length": 20,
    "allow_uncategorized_topics": False,
    "max_tags_per_topic": 5,
    "editing_grace_period": 300,
    "post_edit_time_limit": 1440,
    "post_undo_action_window_mins": 10,
    "search_page_size": 50,
    "min_search_term_length": 3,
    "maximum_session_age": 1440,
}


@pytest.fixture(autouse=True)
def empty_directory(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """The default data directory is relative: a developer's own forum must not decide a test."""
    monkeypatch.chdir(tmp_path_factory.mktemp("empty"))


def test_every_field_is_a_row_and_every_row_a_field() -> None:
    fields = [*ProcessSettings.__struct_fields__, *SiteSettings.__struct_fields__]
    assert list(settings_table()) == fields
    assert len(set(fields)) == len(fields)
    assert {each for pair in PAIRS for each in pair} <= set(SiteSettings.__struct_fields__)


def test_every_setting_has_one_sentence_and_a_group() -> None:
    for row in settings_table().values():
        assert re.fullmatch(r"[A-Z].*[^.]\.", row.sentence), row.name
        assert row.category, row.name


def test_no_environment_name_is_read_by_two_settings() -> None:
    names = [variable for row in settings_table().values() for variable in row.environment]
    assert len(set(names)) == len(names)
    assert settings_table()["port"].environment == ("TERTULIA_PORT",)


def test_settings_are_spelled_without_the_words_of_a_dialect() -> None:
    words = re.compile(r"(?i)(?<![a-z])(discourse|nodebb|tid|cid|pid|uid)(?![a-z])")
    for row in settings_table().values():
        for text in (row.name, row.sentence, row.category, str(row.default), *row.choices):
            assert not words.search(text), (row.name, text)


def test_defaults_are_the_upstreams() -> None:
    site = SiteSettings()
    assert {name: getattr(site, name) for name in UPSTREAM_DEFAULTS} == UPSTREAM_DEFAULTS


def test_only_loopback_is_trusted_by_default() -> None:
    assert [str(each) for each in ProcessSettings().trusted_proxies] == ["127.0.0.0/8", "::1/128"]


def test_a_field_without_a_knob_or_of_an_unknown_type_is_an_error_of_ours() -> None:
    bare = msgspec.defstruct("Bare", [("x", int, 1)], namespace={"category": "x"})
    with pytest.raises(TypeError, match="no Knob"):
        rows_of(bare, scope="site")


def test_the_list_shows_value_and_origin_and_hides_secrets() -> None:
    loaded = load({"port": 4300}, environ={"TERTULIA_SECRET_KEY": "hunter2"})
    settings = with_database(loaded, rows={"reserved_usernames": "a|b"})
    rows = {row.setting.name: row for row in list_settings(settings)}
    assert list(rows) == list(settings_table())
    assert (rows["port"].value, rows["port"].default, rows["port"].origin) == ("4300", "4200", "flag --port")
    assert rows["secret_key"].value == "********"
    assert (rows["reserved_usernames"].value, rows["reserved_usernames"].origin) == ("a|b", "database")
    assert rows["title"].origin == "default"
    assert "hunter2" not in repr(list_settings(settings))


def test_the_reference_page_is_the_rendered_one() -> None:
    assert PAGE.read_text(encoding="utf-8") == render_reference(), (
        "write it again: python -m tertulia.settings.reference > docs/reference/settings.md"
    )


def test_the_reference_page_names_every_setting_once() -> None:
    assert re.findall(r"^\*\*`(\w+)`\*\*", render_reference(), re.M) == list(settings_table())


def test_the_file_on_the_reference_page_is_one_that_loads(tmp_path: Path) -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", render_reference(), re.S)
    path = tmp_path / "example.toml"
    path.write_text(example, encoding="utf-8")
    loaded = load({}, environ={}, toml_path=path)
    assert loaded.warnings == ()
    assert loaded.process.base_url == "https://forum.example.org"
    assert loaded.fixed["min_topic_title_length"] == 10


def test_reading_settings_imports_nothing_heavy() -> None:
    heavy = ("sqlalchemy", "starlette", "typer", "alembic", "httpx", "asyncio")
    script = (
        "import sys, tertulia.settings as settings; settings.load({}, environ={}); "
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    told = subprocess.run([sys.executable, "-c", script], env=environ, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


def test_settings_cannot_be_changed_in_place() -> None:
    name = "title"
    with pytest.raises(AttributeError):
        setattr(Settings().site, name, "other")
