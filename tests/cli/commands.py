"""The command `tertulia` in tests: in this process where that is enough, in its own where it is not."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from typer.testing import CliRunner, Result

from tests.house.sources import ROOT


def environment(**more: str) -> dict[str, str]:
    """What a command sees: nothing that names a setting but what the test gives."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("TERTULIA_", "DISCOURSE_", "PYTEST_"))
    }
    return {**kept, "PYTHONPATH": str(ROOT / "src"), **more}


def tertulia(*arguments: str, cwd: Path | None = None, **more: str) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "tertulia", *arguments],
        cwd=cwd,
        env=environment(**more),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def invoke(*arguments: str) -> Result:
    """The command in this process; `serve` and `run` take another way in."""
    from tertulia.cli.commands import application

    return CliRunner().invoke(application, list(arguments), prog_name="tertulia")
