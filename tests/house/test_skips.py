"""Skips: aloud on a developer's machine, failures on CI."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.sources import ROOT

BORROWERS = """
import pytest

def test_reads_an_archive(corpus):
    pytest.skip("nothing in it")

def test_looks_at_a_page(chromium):
    pass

def test_asks_a_database():
    pytest.skip("TERTULIA_TEST_POSTGRES is not set")

def test_runs_somewhere_else():
    pytest.skip("this system has no such call")
"""


@pytest.mark.parametrize(
    ("machine", "expected"),
    [
        ({}, "4 skipped"),
        ({"CI": "true"}, "1 failed, 2 skipped, 1 error"),
        ({"CI": "true", "TERTULIA_CORPUS": "."}, "2 failed, 1 skipped, 1 error"),
    ],
    ids=["developer", "CI", "CI with archives"],
)
def test_a_skip_for_want_of_something_is_a_failure_on_ci_only(
    machine: dict[str, str], expected: str, tmp_path: Path
) -> None:
    shutil.copy(ROOT / "conftest.py", tmp_path)
    (tmp_path / "test_borrowers.py").write_text(BORROWERS)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TERTULIA_", "PYTEST_"))}
    shown = subprocess.run(
        [sys.executable, *f"-m pytest -q -p no:cacheprovider --rootdir=. -c {os.devnull} .".split()],
        cwd=tmp_path,
        env={**kept, "CI": "", "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}", **machine},
        capture_output=True,
        text=True,
        check=False,
    )
    assert f"{expected} in" in shown.stdout, shown.stdout + shown.stderr
