"""The options, and what the page about them promises."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from bench.serving.forums import SETTINGS
from bench.serving.operations import OPERATIONS
from bench.serving.options import parse_options
from tertulia.settings import load, settings_table
from tests.house.sources import ROOT

PAGE = (ROOT / "docs" / "howto" / "measure.md").read_text("utf-8")
COMMANDS = re.findall(r'^make bench(?: BENCH="([^"]*)")?$', PAGE, re.MULTILINE)


def test_every_command_of_the_page_is_understood() -> None:
    assert len(COMMANDS) >= 5
    for command in COMMANDS:
        parse_options(shlex.split(command))


def test_the_page_names_every_operation_once() -> None:
    table = PAGE.split("| name for `--only` | what |")[1].split("\n\n")[0]
    assert re.findall(r"`([a-z0-9-]+)`", table) == [operation.name for operation in OPERATIONS]


def test_a_run_of_everything_leaves_its_report_in_the_folder_of_the_tool() -> None:
    chosen = parse_options([])
    assert chosen.only == [operation.name for operation in OPERATIONS] and chosen.connections == 16
    assert chosen.report == ROOT / "bench" / "report.md"
    stored = ["--postgres", "postgresql://nowhere/x", "--redis", "redis://nowhere/1"]
    assert parse_options(stored).report == ROOT / "bench" / "report-postgres-redis.md"
    assert parse_options([*stored, "--report", "x.md"]).report == Path("x.md")


def test_a_run_of_some_operations_does_not_replace_the_report_of_all() -> None:
    assert parse_options(["--only", "topic"]).report is None
    assert parse_options(["--only", "topic", "--report", "x.md"]).report == Path("x.md")


def test_the_forum_under_load_counts_its_limits_and_no_limit_is_met() -> None:
    found = load({}, environ={f"TERTULIA_{name.upper()}": value for name, value in SETTINGS.items()})
    assert not found.warnings
    assert found.process.max_reqs_rate_limit_on_private and found.process.max_reqs_per_ip_mode == "block"
    names = {name for name in settings_table() if re.search("_reqs_per_|rate_limit_search_anon|max_creates", name)}
    # The older name of a limit, one of pictures and style sheets, and those of keys that are not used.
    others = {"max_admin_api_reqs_per_key_per_minute", "max_asset_reqs_per_ip_per_10_seconds"}
    others |= {"max_reqs_per_ip_mode", "max_reqs_per_ip_exceptions"}
    others |= {"max_user_api_reqs_per_minute", "max_user_api_reqs_per_day"}
    assert names - others <= set(SETTINGS)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--only", "topics"], "--only: topics is none of topic, "),
        (["--only", ""], "--only: nothing is none of"),
        (["--seconds", "0"], "at least 1 second"),
        (["--connections", "1"], "2 connections"),
        (["--peer-api", "phpbb"], "invalid choice"),
        (["--peer-key", "secret"], "--peer"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_options_are_refused(options: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parse_options(options)
    assert ended.value.code == 2 and said in capsys.readouterr().err
