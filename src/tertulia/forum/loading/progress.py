"""How far a load came, kept with what it loaded, so that it can be cut short and run again."""

from __future__ import annotations

import msgspec

from tertulia.forum.unit import Unit
from tertulia.store import imports as store
from tertulia.store.imports import Import
from tertulia.store.reports.kept import forget_days


class Offsets(msgspec.Struct, frozen=True, kw_only=True):
    """What is added to the ids of a load."""

    user: int = 0
    topic: int = 0
    post: int = 0
    category: int = 0


class Load(msgspec.Struct, frozen=True, kw_only=True):
    """One load that was begun. `topic_ids` are in this forum already."""

    id: int
    offsets: Offsets
    finished: bool
    topic_ids: frozenset[int] = frozenset()


async def find_load(unit: Unit, fingerprint: str) -> Load | None:
    """The load of this archive that was begun before, with the topics that are here already."""
    row = await store.find_import(unit.tx, fingerprint)
    return None if row is None else _load(row, topic_ids=await store.list_imported_topics(unit.tx, row.id))


async def begin_load(unit: Unit, fingerprint: str, *, offsets: Offsets) -> Load:
    """Remembers that the load began. Raises UniqueViolation when it had begun before."""
    await unit.write()
    ordered = (offsets.user, offsets.topic, offsets.post, offsets.category)
    return _load(await store.insert_import(unit.tx, fingerprint, offsets=ordered, now=unit.now), topic_ids=set())


async def finish_load(unit: Unit, load_id: int) -> None:
    """Remembers that everything is here; reports count days that they had counted before anew."""
    await unit.write()
    await forget_days(unit.tx)
    await store.finish_import(unit.tx, load_id, at=unit.now)


def _load(row: Import, *, topic_ids: set[int]) -> Load:
    return Load(
        id=row.id,
        offsets=Offsets(
            user=row.user_offset, topic=row.topic_offset, post=row.post_offset, category=row.category_offset
        ),
        finished=row.finished_at is not None,
        topic_ids=frozenset(topic_ids),
    )
