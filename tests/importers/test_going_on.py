"""An import that is cut short and run again neither doubles nor loses anything."""

from __future__ import annotations

from pathlib import Path

import pytest

from tertulia.forum.unit import Ports
from tertulia.importers.discourse_archive import Progress
from tests.importers.archives import pack, post, topic, write_archive
from tests.importers.conftest import Import

pytestmark = pytest.mark.anyio

COUNTS = (
    "SELECT (SELECT COUNT(*) FROM topics), (SELECT COUNT(*) FROM posts), (SELECT COUNT(*) FROM post_search), "
    "(SELECT COUNT(*) FROM topic_posters), (SELECT COUNT(*) FROM users), (SELECT SUM(post_count) FROM users)"
)


class Cut(Exception):
    """The power goes off."""


def archive(folder: Path, topics: int = 60) -> Path:
    bodies = [
        topic(number, [post(number * 10, 1), post(number * 10 + 1, 2, user_id=8)]) for number in range(10, 10 + topics)
    ]
    return write_archive(folder, *bodies)


async def counts(ports: Ports) -> tuple[int, ...]:
    async with ports.unit() as unit:
        return tuple(int(value) for value in (await unit.tx.text(COUNTS))[0])


async def test_an_import_that_was_cut_short_goes_on_where_it_was(
    ports: Ports, run_import: Import, tmp_path: Path
) -> None:
    def cut(progress: Progress) -> None:
        raise Cut

    folder = archive(tmp_path)
    with pytest.raises(Cut):
        await run_import(folder, tell=cut)
    half = (await counts(ports))[0]
    assert 0 < half < 60
    report = await run_import(folder)
    assert (report.already_here, report.kept["topics"]) == (half, 60 - half)
    assert await counts(ports) == (60, 120, 120, 120, 4, 120)


async def test_a_second_run_changes_nothing_and_says_so(ports: Ports, run_import: Import, tmp_path: Path) -> None:
    folder = archive(tmp_path, topics=3)
    await run_import(folder)
    before = await counts(ports)
    report = await run_import(folder)
    assert await counts(ports) == before
    assert (report.kept["posts"], report.already_here) == (0, 3)
    assert any("imported before" in notice for notice in report.notices)


async def test_packed_and_unpacked_the_archive_is_the_same(ports: Ports, run_import: Import, tmp_path: Path) -> None:
    folder = archive(tmp_path / "folder", topics=3)
    await run_import(pack(folder, tmp_path / "archive.tar.gz", prefix="forum/"))
    assert (await run_import(folder)).already_here == 3


async def test_progress_says_rate_and_time_left(ports: Ports, run_import: Import, tmp_path: Path) -> None:
    told: list[Progress] = []
    await run_import(archive(tmp_path), tell=told.append)
    assert told[-1].done == told[-1].total == 120
    assert all(step.rate > 0 for step in told)
    assert told[-1].seconds_left == 0
