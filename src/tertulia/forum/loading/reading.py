"""Traces of reading in bulk: days on which people were here, topics that they opened, pages shown by day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tertulia.forum.unit import Unit
from tertulia.store.readers import batches as store
from tertulia.store.reports.tallies import add_counts


async def load_visits(unit: Unit, seen: Sequence[tuple[int, int]], *, day: int) -> None:
    """Notes (user id, at in ms) as a visit on `day`, counted in days since the epoch; at most one per user."""
    await unit.write()
    await store.save_seen(unit.tx, seen, day=day)


async def load_views(unit: Unit, views: Sequence[tuple[int, int, int]]) -> None:
    """Counts (topic id, user id, at in ms) as one view each; the reader has entered the topic, and read nothing."""
    await unit.write()
    await store.save_views(unit.tx, [(topic_id, f"user {user_id}", at) for topic_id, user_id, at in views])


async def load_traffic(unit: Unit, counts: Mapping[str, int], *, day: int) -> None:
    """Adds to what is counted on `day` (days since the epoch), by kind, such as `page_view_anon`."""
    await unit.write()
    await add_counts(unit.tx, [(kind, day, "", count) for kind, count in counts.items()])
