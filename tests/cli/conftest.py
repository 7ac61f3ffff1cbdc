"""A founded forum for commands: made once, copied for each test."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.cli.commands import tertulia

PASSWORD = "correct horse battery"


@pytest.fixture(scope="session")
def golden(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """The folder of a new forum and what `init --json` printed."""
    folder = tmp_path_factory.mktemp("golden") / "forum"
    shown = tertulia("init", "--data", str(folder), "--admin-password", PASSWORD, "--json")
    assert shown.returncode == 0, shown.stderr
    return folder, json.loads(shown.stdout.splitlines()[-1])


@pytest.fixture
def place(golden: tuple[Path, dict[str, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The data directory of a forum of the test's own."""
    import os

    for name in [name for name in os.environ if name.startswith("TERTULIA_")]:
        monkeypatch.delenv(name)
    shutil.copytree(golden[0], tmp_path / "forum")
    return str(tmp_path / "forum")
