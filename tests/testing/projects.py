"""Other people's projects: a pytest of its own in a folder, as their authors would start it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.house.sources import ROOT


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A pytest of its own in `folder`, with the plugins that are installed and no others."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TERTULIA_", "PYTEST", "CI"))}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(folder), *arguments],
        cwd=folder,
        env={**kept, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
