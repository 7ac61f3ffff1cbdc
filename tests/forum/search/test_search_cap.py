"""What only others may read, or one endless topic, does not push what a reader may find out of plain searches."""

from __future__ import annotations

import pytest

from tertulia.forum.search.searching import search
from tertulia.forum.unit import Ports
from tertulia.model.search import Search
from tertulia.store.fulltext import ranking
from tests.forum.sites.given import acting, add_post, add_topic

pytestmark = pytest.mark.anyio


async def topics(ports: Ports, q: str, person: int | None = None) -> list[int]:
    async with acting(ports, person) as unit:
        return [hit.post.post.topic_id for hit in (await search(unit, Search(q=q))).hits]


@pytest.fixture(autouse=True)
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranking, "MAXIMUM_RANKED", 5)
    monkeypatch.setattr(ranking, "MAXIMUM_RANKED_LATER", 6)


async def test_what_is_not_to_be_seen_takes_no_place_among_the_newest(ports: Ports) -> None:
    found = await add_topic(ports, "About the sea", "sharks live there")
    for number in range(6):
        await add_topic(ports, f"Talk of staff {number}", "sharks", category_id=3)
    assert await topics(ports, "sharks in:all") == [found]
    assert await topics(ports, "sharks") == [found]


async def test_a_long_topic_takes_one_place_among_the_newest(ports: Ports) -> None:
    found = await add_topic(ports, "About the sea", "sharks live there")
    endless = await add_topic(ports, "Talk without end", "sharks")
    for number in range(2, 9):
        await add_post(ports, endless, number, "sharks again")
    assert sorted(await topics(ports, "sharks order:latest")) == [found, endless]
    assert sorted(await topics(ports, "sharks")) == [found, endless]
