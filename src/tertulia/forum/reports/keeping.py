"""The worker's turn: finished days are counted once, and again when something in them changed.

A day is finished an hour after it ended, when no request that began in it can still run. First `reach_day` makes its
changes leave marks, and only a later run counts it. What is read here is kept only if no day was forgotten meanwhile.
"""

from __future__ import annotations

from tertulia.forum.reports.counting import BY_PART, KEPT, breathe, count_days, count_parts, lacking
from tertulia.forum.unit import Unit
from tertulia.store.reports import kept as store
from tertulia.store.reports import series
from tertulia.store.reports.kept import Counted, Progress

DAY = 86_400_000
_REST_MS = 3_600_000
_MOST_DAYS = 4_000  # a report shows ten years; what is older is one count of a range
_MOST_PIECES = 40  # each a few milliseconds, and others are served between them
_MOST_PARTS = 5_000  # rows that are written in one turn


async def keep_days(unit: Unit) -> None:
    """Does one of these, the first that is due: begins a day, forgets what is marked, counts days that lack."""
    reached = await store.find_progress(unit.tx)
    finished = (unit.now - _REST_MS) // DAY - 1
    if reached is None or reached.day < finished:
        first = await _first_day(unit, finished)
        await unit.write()
        await store.reach_day(unit.tx, first=first, day=finished)
    elif await store.has_marks(unit.tx):
        await unit.write()
        await store.settle_marks(unit.tx)
    elif not reached.complete:
        await _count_lacking(unit, reached)


async def _first_day(unit: Unit, finished: int) -> int:
    begun = [await series.find_first_day(unit.tx, name) for name in series.SOURCES]
    first = min((day for day in begun if day is not None), default=finished)
    return max(min(first, finished), finished - _MOST_DAYS + 1, 0)


async def _count_lacking(unit: Unit, reached: Progress) -> None:
    counted: list[Counted] = []
    for kind in KEPT:
        known = await store.count_known(unit.tx, kind, first=reached.first, last=reached.day)
        if known == reached.day - reached.first + 1:
            continue
        for first, last in await _pieces(unit, kind, reached):
            if len(counted) >= _MOST_PIECES or sum(len(each.parts) for each in counted) >= _MOST_PARTS:
                break
            await breathe(unit)
            counted.append(await _count(unit, kind, first, last))
    await unit.write()
    if not counted:
        await store.save_complete(unit.tx, version=reached.version)
    else:
        await store.save_days(unit.tx, counted, version=reached.version)


async def _pieces(unit: Unit, kind: str, reached: Progress) -> list[tuple[int, int]]:
    """The newest days that lack, as reports ask for them most."""
    known = await store.list_days(unit.tx, kind, first=reached.first, last=reached.day)
    return list(lacking(known, reached.first, reached.day, kind=kind))[::-1]


async def _count(unit: Unit, kind: str, first: int, last: int) -> Counted:
    days = await count_days(unit, kind, first=first, last=last)
    parts = await count_parts(unit, kind, first=first, last=last) if kind in BY_PART else {}
    every = {day: days.get(day, (0, 0, 0)) for day in range(first, last + 1)}
    return Counted(kind=kind, first=first, last=last, days=every, parts=parts)
