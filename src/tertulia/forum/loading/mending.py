"""What filling a forum leaves undone when it is killed, and how it is made good: indexes, marks of reports, a topic
that is closed while more of its posts are to come.

Done by whoever fills next, and by the worker; never while anybody still loads.
"""

from __future__ import annotations

from tertulia.forum.loading.progress import Offsets, begin_load
from tertulia.forum.unit import Unit
from tertulia.store.imports import finish_import, list_unfinished
from tertulia.store.upkeep import aside
from tertulia.store.upkeep.claims import mending
from tertulia.store.upkeep.growing import open_last_topic
from tertulia.store.upkeep.loading import renew_statistics

_FILLS = "seed:"


async def begin_fill(unit: Unit, *, after: int, to: int) -> int:
    """Remembers that topics with ids in this range are being put; answers what `end_fill` needs."""
    load = await begin_load(unit, f"{_FILLS}{after}-{to}", offsets=Offsets(topic=after))
    return load.id


async def end_fill(unit: Unit, fill_id: int, *, after: int, to: int) -> None:
    """No more topics come in this range: the last one, if it was to have more posts, is open to everybody now."""
    await unit.write()
    await open_last_topic(unit.tx, after=after, to=to)
    await finish_import(unit.tx, fill_id, at=unit.now)


async def lay_indexes_aside(unit: Unit) -> None:
    """From here on rows of topics are put without the indexes that `put_indexes_back` makes."""
    await unit.write()
    await aside.lay_aside(unit.tx)


async def put_indexes_back(unit: Unit) -> bool:
    """Makes whatever is missing, while others read and write in turns; False when nothing was."""
    missing = await aside.find_missing(unit.tx)
    if missing.indexes:
        await unit.pause()
        await aside.build_indexes(unit.ports.database, missing.indexes)
    if missing.any:
        await unit.write()
        await aside.restore_triggers(unit.tx, missing.triggers)
    return missing.any


async def mend(unit: Unit) -> None:
    """Makes good what fills left that were killed; the caller commits. Costs two small questions when there is none."""
    missing = await aside.find_missing(unit.tx)
    if not (missing.any or await list_unfinished(unit.tx, _FILLS)):
        return
    await unit.pause()
    async with mending(unit.ports.database) as is_alone:
        if not is_alone:
            return
        built = await put_indexes_back(unit)
        await unit.write()
        for each in await list_unfinished(unit.tx, _FILLS):
            await open_last_topic(unit.tx, after=each.topic_offset, to=int(each.fingerprint.rpartition("-")[2]))
            await finish_import(unit.tx, each.id, at=unit.now)
        if built:
            await renew_statistics(unit.tx)
