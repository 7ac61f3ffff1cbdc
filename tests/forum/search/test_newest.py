"""A search without words gives the newest first, however few posts it looks at to begin with."""

from __future__ import annotations

import pytest

from tertulia.forum.unit import Ports
from tertulia.store.fulltext.searching import CANDIDATES_PER_HIT
from tests.forum.search.paging import pages
from tests.forum.sites.given import add_post, add_topic, add_user

pytestmark = pytest.mark.anyio


async def test_whoever_wrote_much_in_one_topic_is_still_found_in_the_others(ports: Ports) -> None:
    mary = await add_user(ports, "mary")
    others = [await add_topic(ports, f"Another topic {number}", "hello", user_id=mary, at=number) for number in (1, 2)]
    long = await add_topic(ports, "A long topic", "hello", user_id=mary, at=3)
    for number in range(2, 3 * CANDIDATES_PER_HIT + 3):
        await add_post(ports, long, number, "hello", user_id=mary, at=number + 3)
    newest_first = [long, *reversed(others)]
    assert await pages(ports, "@mary", per_page=2) == [newest_first[:2], newest_first[2:]]
    assert await pages(ports, "@mary", per_page=1) == [[each] for each in newest_first]
    assert await pages(ports, "@mary", per_page=50) == [newest_first]


async def test_pages_of_the_newest_hold_every_topic_once_in_order(ports: Ports) -> None:
    mary = await add_user(ports, "mary")
    made = [await add_topic(ports, f"A topic {number}", "hello", user_id=mary, at=number // 3) for number in range(25)]
    found = await pages(ports, "@mary", per_page=4)
    assert [topic for page in found for topic in page] == made[::-1]
    assert [len(page) for page in found] == [4] * 6 + [1]
