"""`make bench-growth`: every operation can be asked in forums of any size, and the report says what grows."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from bench import growth, growth_forums, growth_measuring
from bench.growth import Part, ratio, read_size, render
from bench.growth_ceiling import tell_load
from bench.growth_measuring import Cost, Statements
from bench.growth_operations import KEPT, READS, WRITES
from tertulia.store.engine.postgres import PostgresTx
from tertulia.store.engine.sqlite import SqliteTx

pytestmark = pytest.mark.anyio


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> Statements:
    """Counting, undone after the test."""
    for kind in (SqliteTx, PostgresTx):
        for name in ("all", "one", "run", "many", "copy", "text"):
            monkeypatch.setattr(kind, name, getattr(kind, name))
    monkeypatch.setattr(growth_measuring, "_MOST_CALLS", 1)
    monkeypatch.setattr(growth_forums, "_PAGE", 3)
    return Statements()


async def test_every_operation_is_measured_in_forums_of_two_sizes(
    statements: Statements, tmp_path: Path, forum_engine: str
) -> None:
    postgres = os.environ.get("TERTULIA_TEST_POSTGRES", "") if forum_engine == "postgresql" else ""
    if forum_engine == "postgresql" and not postgres:
        pytest.skip("TERTULIA_TEST_POSTGRES is not set: nothing is tested on PostgreSQL")
    part = await growth.examine([100, 300], place=tmp_path, postgres=postgres, rounds=1, only="", statements=statements)
    assert set(part.costs) == set(READS) | set(WRITES)
    assert set(part.kept) == set(KEPT)
    assert all(len(found) == 2 and found[0].milliseconds > 0 for found in part.costs.values())
    assert all(cost.statements > 0 for name, found in part.costs.items() for cost in found)
    assert all(cost.statements == 0 for found in part.kept.values() for cost in found) or postgres
    report = render([part], at=datetime(2026, 1, 1, tzinfo=UTC))
    assert all(f"| {name} |" in report for name in part.costs)
    assert not list(tmp_path.glob("*.db")) or not postgres


async def test_forums_that_were_kept_are_measured_again_without_being_loaded(
    statements: Statements, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def examine() -> Part:
        return await growth.examine(
            [60, 120], place=tmp_path, postgres="", rounds=1, only="newest posts", statements=statements, keep=True
        )

    first = await examine()
    monkeypatch.setattr(growth_forums, "fill_forum", None)
    second = await examine()
    assert second.loads == first.loads
    assert set(second.costs) == {"newest posts"}


def test_sizes_are_written_short_or_long() -> None:
    assert [read_size(text) for text in ("2500", "10k", "1m", "10M")] == [2_500, 10_000, 1_000_000, 10_000_000]
    with pytest.raises(ValueError, match="many"):
        read_size("many")


def test_what_grows_more_than_the_aim_stands_out() -> None:
    fast = [Cost(milliseconds=2.0, statements=10), Cost(milliseconds=2.9, statements=10)]
    slow = [Cost(milliseconds=2.0, statements=10), Cost(milliseconds=3.2, statements=10)]
    part = Part(engine="SQLite", sizes=[10, 1000], loads=[], costs={"fast": fast, "slow": slow}, kept={})
    report = render([part], at=datetime(2026, 1, 1, tzinfo=UTC))
    assert ratio(fast) == 1.45
    assert "| fast | 2.00 | 2.90 | 1.45 | 10 / 10 |" in report
    assert "| slow | 2.00 | 3.20 | **1.60** | 10 / 10 |" in report


def test_a_load_is_told_for_the_core_that_aims_are_for() -> None:
    assert "21,000 posts/s (aim 20,000: met)" in tell_load(5_000, ceiling=10_000)
    assert "18,900 posts/s (aim 20,000: **not met**)" in tell_load(4_500, ceiling=10_000)
    part = Part(engine="SQLite", sizes=[10], loads=["10 posts at 5000 posts/s"], costs={}, kept={}, rate=5_000)
    assert "ceiling" not in render([part], at=datetime(2026, 1, 1, tzinfo=UTC))
    known = msgspec.structs.replace(part, ceiling=10_000)
    assert "The ceiling of a topic was 10,000 requests a second" in render([known], at=datetime(2026, 1, 1, tzinfo=UTC))
