"""The worker's turn: the small full-text index covers the newest posts of a large forum, about as many at any time."""

from __future__ import annotations

from tertulia.forum.unit import Unit
from tertulia.store.fulltext import recent as store

# Enough that a page of hits is full for any word that one post in a thousand has, and few enough to be ranked at once.
RECENT = 50_000
# A forum below this has no small index: there the large one is small.
LEAST = 60_000
SLICE = 1_000  # posts that come or go in one turn
SLACK = 500


async def keep_recent(unit: Unit) -> None:
    """Does one of these, if it is due: begins the small index, fills it by a slice, takes a slice out of it."""
    first, newest = await store.find_first(unit.tx), await store.find_newest(unit.tx)
    if first is None and newest < LEAST:
        return
    wanted = await store.find_post_of_rank(unit.tx, newer=(RECENT if first is not None else LEAST) - 1)
    if first is None:
        if wanted is not None:
            await unit.write()
            await store.begin(unit.tx)
    elif first > (wanted or 1):
        await unit.write()
        await store.reach_back(unit.tx, least=wanted or 1, most=SLICE)
    elif wanted is not None and first < wanted - SLACK:
        await unit.write()
        await store.let_go(unit.tx, least=wanted, most=SLICE)
