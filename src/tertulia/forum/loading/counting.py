"""Counters after a load: of people and categories set-wise, those behind generated ids, and what the planner knows."""

from __future__ import annotations

from collections.abc import Sequence

from tertulia.forum.loading.occupancy import Highest
from tertulia.forum.unit import Unit
from tertulia.store.tags import recount_tags
from tertulia.store.upkeep import loading, recounting


async def recount_users(unit: Unit, ids: Sequence[int]) -> None:
    """Posts, topics, likes received and the last post's time of these users; give at most some hundred."""
    await unit.write()
    await recounting.recount_users(unit.tx, ids)


async def recount_categories(unit: Unit, ids: Sequence[int]) -> None:
    """Topics, posts, what is newest, and how often tags are used, in these categories."""
    await unit.write()
    await recounting.recount_categories(unit.tx, ids)
    for category_id in ids:
        await recount_tags(unit.tx, category_id)


async def reserve_ids(unit: Unit, highest: Highest) -> None:
    """Lets ids that the forum gives itself begin above these, so that none of a load's can be taken meanwhile."""
    await unit.write()
    for table, least in (
        ("users", highest.user),
        ("topics", highest.topic),
        ("posts", highest.post),
        ("categories", highest.category),
    ):
        await loading.raise_counter(unit.tx, table, least=least)


async def skip_ids(unit: Unit, table: str, *, to: int) -> None:
    """Lets the next generated id of `topics`, `posts` or `categories` be `to`, unless ids are as far already."""
    await unit.write()
    if await loading.find_highest_id(unit.tx, table) < to - 1:
        await loading.raise_counter(unit.tx, table, least=to - 1)


async def list_wrong_counts(unit: Unit, *, limit: int = 20) -> list[tuple[int, int, int]]:
    """(topic id, posts that it says it has, posts that there are) where the two differ."""
    return await recounting.list_wrong_topics(unit.tx, limit=limit)


async def renew_statistics(unit: Unit) -> None:
    """Lets the database know how full its tables are now; until then it plans as if they were empty."""
    await unit.write()
    await loading.renew_statistics(unit.tx)
