"""Import contracts: the real rooms keep them, and each contract refuses what it is there to refuse."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.house.sources import ROOT, SOURCE, modules, named, tree

ROOMS = [
    *("testing", "cli", "app", "worker", "dialects", "dialects/discourse", "dialects/nodebb", "pages", "mcp"),
    *("importers", "feeds", "http", "effects", "forum", "forum/topics", "forum/users", "store", "backends"),
    *("backends/limits", "telemetry", "settings", "model"),
]

# What is written where, and the contract that must refuse it; no contract: it is allowed.
CASES = [
    ("model/record.py", "import tertulia.forum", "layers"),
    ("forum/service.py", "import tertulia.http", "layers"),
    ("store/query.py", "import tertulia.backends", "layers"),
    ("pages/screen.py", "import tertulia.dialects.discourse", "layers"),
    ("worker/job.py", "import tertulia.app", "layers"),
    ("garage/__init__.py", "", "layers"),
    ("dialects/nodebb/wire.py", "import tertulia.dialects.discourse", "dialects"),
    ("forum/service.py", "import sqlalchemy", "sql"),
    ("http/kit.py", "import sqlite3", "sql"),
    ("forum/service.py", "import starlette.requests", "web"),
    ("pages/screen.py", "import tertulia.store", "surfaces"),
    ("dialects/nodebb/wire.py", "import tertulia.effects", "surfaces"),
    ("forum/service.py", "import tertulia.backends.limits.local", "makers"),
    ("forum/topics/closing.py", "import tertulia.forum.users.naming", "features"),
    ("forum/service.py", "import tertulia.store\nimport tertulia.backends.limits.base", None),
    ("store/query.py", "import sqlalchemy\nimport sqlite3", None),
    ("http/kit.py", "import starlette.requests", None),
    ("app/start.py", "import tertulia.backends.limits.local", None),
]


def lint(folder: Path, *, packages: Path) -> subprocess.CompletedProcess[str]:
    """What `lint-imports` says about the packages, by the contracts that lie in the folder."""
    command = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    return subprocess.run(
        [sys.executable, "-c", command, "--config", "pyproject.toml", "--no-cache"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(packages), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_rooms_import_downwards_only() -> None:
    shown = lint(ROOT, packages=SOURCE.parent)
    assert shown.returncode == 0, f"see [tool.importlinter] in pyproject.toml\n{shown.stdout}{shown.stderr}"


def test_every_room_that_speaks_to_people_is_kept_from_the_store() -> None:
    rooms = {"dialects", "pages", "mcp", "importers", "feeds"}
    built = {f"tertulia.{room}" for room in rooms if (SOURCE / room).is_dir()}
    for contract in ("surfaces", "makers"):
        unguarded = built - set(contracts()[contract]["source_modules"])
        assert not unguarded, f"add to the contract {contract!r} in pyproject.toml: {sorted(unguarded)}"


@pytest.fixture(scope="module")
def empty_house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A package with every room, nothing in them, and the contracts of this repository."""
    folder = tmp_path_factory.mktemp("house")
    shutil.copy(ROOT / "pyproject.toml", folder)
    for room in ("", *ROOMS):
        (folder / "tertulia" / room).mkdir(parents=True, exist_ok=True)
        (folder / "tertulia" / room / "__init__.py").touch()
    for module in ("backends/limits/base.py", "backends/limits/local.py"):
        (folder / "tertulia" / module).touch()
    (folder / "tertulia/forum/users/naming.py").write_text("import tertulia.forum.topics\n")
    return folder


@pytest.mark.parametrize(("module", "text", "broken"), CASES, ids=[f"{at}-{not_by}" for at, _, not_by in CASES])
def test_a_contract_refuses_what_it_is_there_for(
    module: str, text: str, broken: str | None, empty_house: Path, tmp_path: Path
) -> None:
    house = tmp_path / "house"
    shutil.copytree(empty_house, house)
    (house / "tertulia" / module).parent.mkdir(exist_ok=True)
    (house / "tertulia" / module).write_text(text + "\n")
    shown = lint(house, packages=house)
    if broken is None:
        assert shown.returncode == 0, shown.stdout + shown.stderr
    else:
        name = contracts()[broken]["name"]
        assert shown.returncode == 1 and f"{name} BROKEN" in shown.stdout, shown.stdout + shown.stderr


def contracts() -> dict[str, dict[str, Any]]:
    tool = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    return {contract["id"]: contract for contract in tool["importlinter"]["contracts"]}


def test_the_model_needs_nothing_but_msgspec() -> None:
    allowed = sys.stdlib_module_names | {"msgspec", "tertulia"}
    foreign = [
        f"{named(path)}: {name}"
        for path in modules()
        if path.is_relative_to(SOURCE / "model")
        for name in imported(path)
        if name.split(".")[0] not in allowed
    ]
    assert not foreign, f"records hold values; move what needs these upwards: {foreign}"


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module)
    return names
