"""Pins: everything the package asks for is pinned with hashes, and decisions are numbered without gaps."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from tests.house.sources import ROOT

REQUIREMENTS = ROOT / "requirements"
NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]*")


def names(path: Path) -> set[str]:
    found = (NAME.match(line) for line in path.read_text(encoding="utf-8").splitlines())
    return {normal(match.group()) for match in found if match}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_everything_the_package_depends_on_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = project["dependencies"]
    unpinned = {normal(NAME.match(line).group()) for line in asked if NAME.match(line)} - names(REQUIREMENTS / "run.in")
    assert not unpinned, f"add to requirements/run.in and run `make lock`: {sorted(unpinned)}"


@pytest.mark.parametrize("kind", ["run", "build", "dev"])
def test_every_pin_has_a_version_and_a_hash(kind: str) -> None:
    text = (REQUIREMENTS / f"{kind}.txt").read_text(encoding="utf-8")
    blocks = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)[1:]
    loose = [block.splitlines()[0] for block in blocks if "==" not in block or "--hash=sha256:" not in block]
    assert blocks and not loose, f"run `make lock`: {loose}"
    missing = names(REQUIREMENTS / f"{kind}.in") - names(REQUIREMENTS / f"{kind}.txt")
    assert not missing, f"run `make lock`: {sorted(missing)}"


def test_decision_records_are_numbered_without_gaps_and_fit_on_a_page() -> None:
    records = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
    numbers = [int(record.name[:4]) for record in records]
    assert numbers == list(range(1, len(records) + 1)), f"the next record takes the next number: {numbers}"
    index = (ROOT / "docs" / "decisions" / "README.md").read_text(encoding="utf-8")
    unlisted = [record.name for record in records if f"({record.name})" not in index]
    assert not unlisted, f"add a line to docs/decisions/README.md: {unlisted}"
    long = [record.name for record in records if len(record.read_text(encoding="utf-8").splitlines()) > 60]
    assert not long, f"one page each, at most 60 lines: {long}"
