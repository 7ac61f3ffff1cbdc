"""A list searched by title loses nothing that it would hold otherwise: deleted topics, old ones of a category."""

from __future__ import annotations

import pytest

from tertulia.forum.topics.listing import list_topics
from tertulia.forum.unit import Ports
from tertulia.model.topics import ListTopics
from tertulia.store.lists import clauses
from tertulia.store.lists import topics as store
from tests.forum.sites.given import acting, add_topic

pytestmark = pytest.mark.anyio


async def listed(ports: Ports, person: int | None = 1, **fields: object) -> list[int]:
    async with acting(ports, person) as unit:
        return [item.topic.id for item in (await list_topics(unit, ListTopics(**fields))).items]


async def test_deleted_topics_are_found_by_their_title(ports: Ports) -> None:
    async with acting(ports) as unit:
        now = unit.now
    gone = await add_topic(ports, "Sharks deleted", "sharks", deleted_at=now)
    assert await listed(ports, status="deleted") == [gone]
    assert await listed(ports, status="deleted", search="sharks") == [gone]


async def test_a_category_and_a_person_are_searched_to_their_end(ports: Ports, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clauses, "SEARCHED_TOPICS", 3)
    for each in vars(store).values():
        if hasattr(each, "cache_clear"):
            each.cache_clear()
    old = await add_topic(ports, "Sharks of old", "sharks", category_id=3)
    for number in range(5):
        await add_topic(ports, f"Whales {number}", "whales")
    assert await listed(ports, category_id=3, search="sharks") == [old]
    for each in vars(store).values():
        if hasattr(each, "cache_clear"):
            each.cache_clear()
