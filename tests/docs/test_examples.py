"""Every example of the documentation works: `sh` and `python` blocks are run, other fences are only read.

The `sh` blocks of a page are one script, in a folder of their own, against a live forum: $URL, $KEY, $TOKEN, $MASTER.
A `python` block sees `forum` when it names it; the tests that it defines are called.
"""

from __future__ import annotations

import inspect
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.house.sources import ROOT

if TYPE_CHECKING:
    from tertulia.testing.forum import Forum

FENCE = re.compile(r"^```(\w+)[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
ELSEWHERE = {"docs/howto/cookbook.md"}  # `tests/stories/cookbook` runs its programs, on a forum with demo content
SERVED = re.compile(r"http://(?:127\.0\.0\.1|localhost):4200")
# Fences that are for reading: configuration, output, commands that never end or need another machine.
READ = {
    "text",
    "toml",
    "json",
    "bash",
    "http",
    "diff",
    "ini",
    "nginx",
    "yaml",
    "console",
    "html",
    "css",
    "js",
    "mermaid",
}


def pages() -> list[Path]:
    return [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]


def blocks(page: Path, language: str) -> list[str]:
    return [body for name, body in FENCE.findall(page.read_text("utf-8")) if name == language]


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


SCRIPTS = [page for page in pages() if blocks(page, "sh")]
PROGRAMS = [
    (page, number, body)
    for page in pages()
    for number, body in enumerate(blocks(page, "python"), start=1)
    if name_of(page) not in ELSEWHERE
]


@pytest.mark.parametrize("page", SCRIPTS, ids=name_of)
def test_the_commands_of_a_page_work(page: Path, forum: Forum, tmp_path: Path) -> None:
    if not shutil.which("curl"):
        pytest.skip("curl is not installed, so no command of the documentation is tried")
    forum.given.topic("Welcome to the forum")
    lines = "\n".join(blocks(page, "sh"))
    script = "set -e -u -o pipefail\n" + SERVED.sub("$URL", lines)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TERTULIA_")}
    shown = subprocess.run(
        ["bash", "-v", "-c", script],
        cwd=tmp_path,
        env={
            **kept,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{kept['PATH']}",
            "PYTHONPATH": str(ROOT / "src"),
            "URL": forum.url,
            "KEY": forum.key,
            "TOKEN": forum.token,
            "MASTER": forum.master_token,
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert shown.returncode == 0, f"{name_of(page)}\n{shown.stderr[-3000:]}\n{shown.stdout[-1000:]}"


@pytest.mark.parametrize(
    ("page", "number", "body"), PROGRAMS, ids=[f"{name_of(page)}-{number}" for page, number, _ in PROGRAMS]
)
def test_the_python_of_a_page_works(
    page: Path, number: int, body: str, forum: Forum, request: pytest.FixtureRequest
) -> None:
    forum.given.topic("Welcome to the forum")
    namespace: dict[str, Any] = {"__name__": f"{page.stem}_{number}", "forum": forum}
    exec(compile(SERVED.sub(forum.url, body), f"{name_of(page)} block {number}", "exec"), namespace)
    for name, made in list(namespace.items()):
        if name.startswith("test_") and callable(made):
            names = inspect.signature(made).parameters
            made(**{each: forum if each == "forum" else request.getfixturevalue(each) for each in names})


def test_every_fence_says_whether_it_is_run() -> None:
    unknown = {
        f"{name_of(page)}: {name}"
        for page in pages()
        for name, _ in FENCE.findall(page.read_text("utf-8"))
        if name not in READ | {"sh", "python"}
    }
    assert not unknown, f"use sh or python for what is run, text for what is read: {unknown}"


def test_there_are_examples() -> None:
    assert len(SCRIPTS) >= 4
