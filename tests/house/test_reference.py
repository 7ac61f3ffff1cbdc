"""The reference pages say what the tables say, and lead to each other."""

from __future__ import annotations

import re
import tomllib

import pytest

from docs import generate
from tests.house.sources import ROOT


@pytest.mark.parametrize("name", sorted(generate.PAGES))
def test_a_reference_page_equals_what_its_table_says(name: str) -> None:
    path = generate.FOLDER / name
    same = path.is_file() and path.read_text("utf-8") == generate.PAGES[name]()  # a diff of megabytes helps nobody
    assert same, "run: python docs/generate.py --write"


def test_every_page_of_the_documentation_is_in_the_index() -> None:
    index = (ROOT / "docs" / "README.md").read_text("utf-8")
    linked = set(re.findall(r"\]\(([^)#]+)", index))
    pages = {path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs").rglob("*.md")}
    own = {page for page in pages if not page.startswith("decisions/0")} - {"README.md"}
    assert own - linked == set(), "add these to docs/README.md"


def test_every_command_is_documented_and_every_documented_one_exists() -> None:
    from tertulia.cli.commands import application

    named = {command.name for command in application.registered_commands}
    named |= {f"{group.name} {command.name}" for group in application.registered_groups if group.typer_instance
              for command in group.typer_instance.registered_commands}  # fmt: skip
    page = (generate.FOLDER / "cli.md").read_text("utf-8")
    groups = {group.name for group in application.registered_groups}
    documented = set(re.findall(r"^## tertulia (.+)$", page, re.MULTILINE))
    assert documented - groups == named, "run: python -m tertulia.cli.reference > docs/reference/cli.md"


def test_every_fixture_for_integrations_is_documented() -> None:
    text = (ROOT / "src/tertulia/testing/plugin.py").read_text("utf-8")
    fixtures = set(re.findall(r"@pytest\.fixture[^\n]*\ndef (\w+)", text))
    page = ROOT / "docs/howto/test-an-integration.md"
    assert page.is_file(), "write docs/howto/test-an-integration.md"
    missing = [name for name in fixtures if f"`{name}`" not in page.read_text("utf-8")]
    assert not missing, f"say in {page.name} what these fixtures give: {missing}"


def test_the_pytest_plugin_is_registered() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["entry-points"]["pytest11"] == {"tertulia": "tertulia.testing.plugin"}
