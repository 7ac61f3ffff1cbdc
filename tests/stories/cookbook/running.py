"""Programs of a cookbook, run as a reader runs them: shell scripts one by one, Python from top to bottom, Node."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

# Every block in one namespace, as if it were one long script; what a block prints is kept apart, and one that fails
# does not keep the next from being tried.
_ONE_AFTER_THE_OTHER = """
import contextlib, io, json, sys, traceback
names, results = {"__name__": "__main__"}, {}
for title, source in json.load(open(sys.argv[1], encoding="utf-8")):
    printed, problem = io.StringIO(), ""
    with contextlib.redirect_stdout(printed):
        try:
            exec(compile(source, title, "exec"), names)
        except BaseException:
            problem = traceback.format_exc()
    results[title] = [printed.getvalue(), problem]
print(json.dumps(results))
"""


@dataclass(frozen=True)
class Ran:
    """What a program printed, and why it failed ("" when it did not)."""

    printed: str
    problem: str

    def ok(self) -> str:
        assert not self.problem, f"{self.problem}\n{self.printed}"
        return self.printed


def run_shell(script: str, *, folder: Path, variables: Mapping[str, str]) -> Ran:
    """One script by bash; a command that fails ends it."""
    done = subprocess.run(
        ["bash", "-c", f"set -e -u -o pipefail\n{script}"],
        cwd=folder,
        env={**_outside(), **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return Ran(done.stdout, f"exit {done.returncode}\n{done.stderr}" if done.returncode else "")


def run_python(blocks: Mapping[str, str], *, folder: Path, variables: Mapping[str, str]) -> dict[str, Ran]:
    """All blocks in order in one process; answers by title."""
    (folder / "blocks.json").write_text(json.dumps(list(blocks.items())), "utf-8")
    done = subprocess.run(
        [sys.executable, "-c", _ONE_AFTER_THE_OTHER, "blocks.json"],
        cwd=folder,
        env={**_outside(), **variables, "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        check=True,
        timeout=180,
    )
    return {title: Ran(*each) for title, each in json.loads(done.stdout).items()}


def _outside() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(("TERTULIA_", "DISCOURSE_"))}
