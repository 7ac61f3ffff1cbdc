"""A unit whose commit lands has committed, also where whoever waits for it is cancelled meanwhile (a shutdown)."""

from __future__ import annotations

import asyncio

import pytest

from tertulia.forum.unit import Ports
from tertulia.store.versions import SETTINGS, bump_version, list_versions

pytestmark = pytest.mark.anyio


async def test_what_follows_a_commit_follows_it_though_the_waiting_is_cancelled(ports: Ports) -> None:
    heard: list[str] = []

    async def undo() -> None:
        heard.append("undone")

    async def write() -> None:
        async with ports.unit() as unit:
            await unit.write()
            await bump_version(unit.tx, SETTINGS)
            unit.after_commit.append(lambda: heard.append("committed"))
            unit.if_undone.append(undo)
            begun.set()
            await unit.commit()

    async with ports.unit() as unit:
        before = (await list_versions(unit.tx)).get(SETTINGS, 0)
    begun = asyncio.Event()
    task = asyncio.create_task(write())
    await begun.wait()  # the commit runs now, off the loop
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with ports.unit() as unit:
        await unit.write()
        landed = (await list_versions(unit.tx)).get(SETTINGS, 0) == before + 1
        await unit.commit()
    assert landed or ports.database.engine != "sqlite"  # elsewhere it may be stopped on its way to the commit
    assert heard == ["committed" if landed else "undone"]
