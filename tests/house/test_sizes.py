"""Sizes: what a reader can hold in the head. An exception is a row in exceptions.py, with its record."""

from __future__ import annotations

import statistics

import pytest

from tests.house import exceptions, sizes
from tests.house.sources import ROOT

RULES = [
    (sizes.over_the_gate, exceptions.FILES, "lines; split the file by what it talks about"),
    (sizes.long_functions, exceptions.FUNCTIONS, "lines; give the steps names of their own"),
    (sizes.long_handlers, exceptions.HANDLERS, "lines; rules belong in a service, spelling in wire.py"),
    (sizes.many_arguments, exceptions.ARGUMENTS, "arguments; hand in one record"),
    (sizes.full_folders, exceptions.FOLDERS, "files; make sub-folders by area"),
]


def test_half_of_the_source_files_fit_on_a_screen_or_two() -> None:
    median = statistics.median(sizes.files().values())
    assert median <= sizes.MEDIAN, f"the median file has {median} lines, at most {sizes.MEDIAN}: split some"


def test_nine_of_ten_source_files_are_short() -> None:
    counts = sizes.files()
    long = sorted(((count, name) for name, count in counts.items() if count > sizes.MOST), reverse=True)
    listed = "\n".join(f"{count} {name}" for count, name in long)
    assert len(long) <= len(counts) / 10, f"{len(long)} of {len(counts)} files have over {sizes.MOST} lines:\n{listed}"


@pytest.mark.parametrize(("measure", "excused", "advice"), RULES, ids=lambda value: getattr(value, "__name__", ""))
def test_nothing_grows_past_its_gate(measure: object, excused: dict[str, str], advice: str) -> None:
    assert callable(measure)
    found: dict[str, int] = measure()
    over = "\n".join(f"{name}: {count} {advice}" for name, count in found.items() if name not in excused)
    assert not over, f"too large:\n{over}"
    stale = set(excused) - set(found)
    assert not stale, f"no longer too large; remove from tests/house/exceptions.py: {sorted(stale)}"
    unexplained = [name for name, record in excused.items() if not (ROOT / record).is_file()]
    assert not unexplained, f"name a decision record that exists (docs/decisions/...) for: {unexplained}"
