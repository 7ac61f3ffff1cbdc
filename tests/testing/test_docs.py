"""The pages about testing: their examples run, and the reference names what exists and nothing else."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

from tertulia.testing import plugin
from tertulia.testing.client import Response
from tertulia.testing.forum import Forum
from tests.house.sources import ROOT
from tests.testing.projects import run

HOWTO = ROOT / "docs" / "howto" / "test-an-integration.md"
REFERENCE = ROOT / "docs" / "reference" / "fixtures.md"
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ROW = re.compile(r"^\| `([^`]+)` \|", re.MULTILINE)


def rows(heading: str) -> dict[str, str]:
    """What the table under a heading documents: name to signature (empty for attributes)."""
    sections = dict(part.partition("\n")[::2] for part in REFERENCE.read_text(encoding="utf-8").split("\n## ")[1:])
    written = ROW.findall(sections[heading])
    return {each.partition("(")[0]: each[each.find("(") :] if "(" in each else "" for each in written}


def public(thing: object) -> set[str]:
    return {name for name in dir(thing) if not name.startswith("_")}


def test_the_examples_of_the_page_pass_in_a_project_of_their_own(tmp_path: Path) -> None:
    blocks = BLOCK.findall(HOWTO.read_text(encoding="utf-8"))
    assert len(blocks) >= 6
    for number, block in enumerate(blocks):
        name = "conftest.py" if block.startswith("# conftest.py") else f"test_example_{number}.py"
        (tmp_path / name).write_text(block, encoding="utf-8")
    tests = sum(block.count("\ndef test_") + block.startswith("def test_") for block in blocks)
    shown = run(tmp_path)
    assert f"{tests} passed" in shown.stdout, shown.stdout + shown.stderr


@pytest.mark.parametrize("part", ["given", "clock", "mail", "outgoing", "faults"])
def test_each_part_of_the_forum_is_documented_in_full(forum: Forum, part: str) -> None:
    assert set(rows(f"forum.{part}")) == public(getattr(forum, part))


def test_the_forum_and_its_answers_are_documented_in_full(forum: Forum) -> None:
    assert set(rows("The forum")) == public(forum)
    assert set(rows("Responses")) == public(Response(200, [], b""))


def test_signatures_are_those_of_the_code(forum: Forum) -> None:
    parts = {"The forum": forum, **{f"forum.{name}": getattr(forum, name) for name in ("given", "clock", "faults")}}
    wrong = []
    for heading, thing in parts.items():
        for name, written in rows(heading).items():
            if not written:
                continue
            names = re.findall(r"(?:^|[(,] ?)\**([a-z_]+)", written)
            existing = list(inspect.signature(getattr(thing, name)).parameters)
            missing = [each for each in names if each not in existing]
            if missing and "options" not in names:
                wrong.append(f"{heading}: {name}{written} takes {existing}")
    assert not wrong, wrong


def test_every_fixture_and_option_of_the_plugin_is_documented(pytestconfig: pytest.Config) -> None:
    fixtures = {name for name, value in vars(plugin).items() if type(value).__name__ == "FixtureFunctionDefinition"}
    assert "forum" in fixtures
    assert set(rows("Fixtures by name")) == fixtures
    options = {f"--{name.replace('_', '-')}" for name in vars(pytestconfig.option) if name.startswith("forum_")}
    assert set(rows("Options")) == options
