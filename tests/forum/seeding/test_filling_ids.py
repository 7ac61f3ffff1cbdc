"""Made-up content takes ids that nobody has and nobody had, whoever writes beside it."""

from __future__ import annotations

import pytest

from tertulia.forum.seeding import filling
from tertulia.forum.seeding.filling import Amount, fill_forum
from tertulia.forum.topics.deleting import purge_topic
from tertulia.forum.unit import Ports, Unit
from tests.forum.writing import ADMIN, Forum, found

pytestmark = pytest.mark.anyio
AMOUNT = Amount(users=3, topics=4, posts=20, seed=1, now=1_767_225_600_000)


async def fill(forum: Forum) -> list[int]:
    before = {row[0] for row in await rows(forum)}
    await fill_forum(AMOUNT, open_unit=forum.ports.unit, tell=lambda done, wanted: None)
    return sorted({row[0] for row in await rows(forum)} - before)


async def rows(forum: Forum) -> list[tuple[int]]:
    async with forum.ports.unit() as unit:
        return [(int(row[0]),) for row in await unit.tx.text("SELECT id FROM topics")]


async def test_ids_of_purged_topics_are_not_given_again(ports: Ports) -> None:
    forum = await found(ports)
    await forum.topic()
    gone = await forum.topic()
    async with forum.acting(ADMIN) as unit:
        await purge_topic(unit, gone.id)
    assert gone.id not in await fill(forum)


async def test_somebody_may_write_while_ids_are_chosen(ports: Ports, monkeypatch: pytest.MonkeyPatch) -> None:
    if ports.database.engine != "sqlite":
        pytest.skip("two units of one process wait for each other here")
    forum = await found(ports)
    await forum.topic()
    look = filling.has_only_welcome_topic

    async def meanwhile(unit: Unit) -> bool:
        if not unit.writes:
            await forum.topic()
        return await look(unit)

    monkeypatch.setattr(filling, "has_only_welcome_topic", meanwhile)
    assert len(await fill(forum)) >= AMOUNT.topics
