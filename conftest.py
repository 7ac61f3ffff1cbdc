"""What tests borrow from the machine, what a skip means on CI, and what is said about the house at the end.

A forum to test against comes from the plugin `tertulia.testing`; an empty one without HTTP from `tests/conftest.py`.
"""

from __future__ import annotations

import os
from collections.abc import Generator
from pathlib import Path

import pytest

CORPUS = "TERTULIA_CORPUS"
BORROWED = (
    "TERTULIA_TEST_POSTGRES",
    "TERTULIA_TEST_REDIS",
    "TERTULIA_TEST_CHROMIUM",
    "TERTULIA_TEST_NODE",
    "TERTULIA_TEST_NODE_MODULES",
)


def borrowed(variable: str, *, what: str) -> Path:
    """The path that `variable` holds; without one the test is skipped, with the reason."""
    value = os.environ.get(variable)
    if not value:
        pytest.skip(f"{variable} is not set, so there is no {what}")
    path = Path(value)
    if not path.exists():
        # A wrong path is a mistake to correct, not a machine that lacks something.
        pytest.fail(f"{variable} names {path}, which does not exist")
    return path


@pytest.fixture(scope="session")
def corpus() -> Path:
    """A folder with real archives."""
    return borrowed(CORPUS, what="real archive to read")


@pytest.fixture(scope="session")
def chromium() -> Path:
    return borrowed("TERTULIA_TEST_CHROMIUM", what="browser")


@pytest.fixture(scope="session")
def node() -> Path:
    return borrowed("TERTULIA_TEST_NODE", what="Node to run JavaScript clients")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """On CI nothing is missing silently: a skip for want of what `.ci/run` provides is a failure."""
    report = yield
    if report.skipped and os.environ.get("CI") == "true" and isinstance(report.longrepr, tuple):
        reason = report.longrepr[2]
        reads_corpus = "corpus" in getattr(item, "fixturenames", ()) or CORPUS in reason
        if any(variable in reason for variable in BORROWED) or (reads_corpus and os.environ.get(CORPUS)):
            report.outcome = "failed"
            report.longrepr = f"skipped on CI, where it must run: {reason}"
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    from tests.house import sizes, sources

    if terminalreporter.config.rootpath == sources.ROOT:
        terminalreporter.write_line(f"house: {sizes.summary()}")
