"""The worker's turn: finished days and quarters of an hour are counted once, and again when something in them changed.

A day is finished an hour after it ended and a quarter after another, when nothing that began in it is still being
written. First `reach` makes its changes leave marks, and only a later run counts it. What is read here is kept only if
nothing was forgotten meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterator

from tertulia.forum.reports.counting import (
    BY_PART,
    KEPT,
    LOOKED_BACK,
    QUARTERLY,
    breathe,
    count_days,
    count_parts,
    count_spans,
    lacking,
    runs,
)
from tertulia.forum.unit import Unit
from tertulia.store.accounts import tallies
from tertulia.store.reports import kept as store
from tertulia.store.reports import quarters as fine
from tertulia.store.reports import series
from tertulia.store.reports.kept import QUARTERS, Counted, Progress
from tertulia.store.reports.quarters import CountedQuarters
from tertulia.store.reports.series import DAY, QUARTER

_REST_MS = 3_600_000
_LOOKED_BACK_DAYS = 30  # finished ones; `store/reports/triggers.py` marks their quarters one by one
_MOST_DAYS = 4_000  # a report shows ten years; what is older is one count of a range
_MOST_PIECES = 40  # each a few milliseconds, and others are served between them
_MOST_PARTS = 5_000  # rows that are written in one turn


async def keep_days(unit: Unit) -> None:
    """Does one of these, the first that is due: begins a quarter or day, forgets what is marked, counts what lacks."""
    reached = await store.find_progress(unit.tx)
    day, quarter = (unit.now - _REST_MS) // DAY - 1, unit.now // QUARTER - 2
    if reached is None or reached.quarter < quarter:
        first = reached.first if reached is not None and reached.day >= day else await _first_day(unit, day)
        await unit.write()
        await store.reach(unit.tx, first=first, day=day, quarter=quarter)
        await fine.drop_quarters(unit.tx, {kind: _oldest(kind, day) for kind in QUARTERLY})
    elif await store.has_marks(unit.tx):
        await unit.write()
        await store.settle_marks(unit.tx)
    elif not reached.complete:
        await _count_lacking(unit, reached)


async def gather_tallies(unit: Unit) -> None:
    """Adds up what single people changed in the kept counts of all (`store/accounts/tallies.py`)."""
    if scattered := await tallies.list_scattered(unit.tx):
        await unit.write()
        await tallies.gather(unit.tx, scattered)


def _oldest(kind: str, day: int) -> int:
    """The first quarter that is kept while `day` is the last finished one."""
    return (day + 1 - (_LOOKED_BACK_DAYS if kind in LOOKED_BACK else 0)) * QUARTERS


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
    lacked = [] if counted else await _count_quarters(unit, reached)
    await unit.write()
    if counted:
        await store.save_days(unit.tx, counted, version=reached.version)
    elif lacked:
        await fine.save_quarters(unit.tx, lacked, version=reached.version)
    else:
        await store.save_complete(unit.tx, version=reached.version)


async def _count_quarters(unit: Unit, reached: Progress) -> list[CountedQuarters]:
    counted: list[CountedQuarters] = []
    for kind in QUARTERLY:
        first, last = max(_oldest(kind, reached.day), 0), reached.quarter
        known = await fine.count_known_quarters(unit.tx, kind, first=first, last=last)
        if known == last - first + 1:
            continue
        there = await fine.list_quarters(unit.tx, kind, first=first, last=last)
        for start, end in list(_shortened(runs(there, first, last)))[::-1]:
            if len(counted) >= _MOST_PIECES:
                return counted
            await breathe(unit)
            found = await count_spans(unit, kind, since=start * QUARTER, until=(end + 1) * QUARTER, length=QUARTER)
            numbers = {quarter: found.get(quarter, (0, 0, 0)) for quarter in range(start, end + 1)}
            counted.append(CountedQuarters(kind=kind, numbers=numbers))
    return counted


def _shortened(ranges: Iterator[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The same ranges in pieces of a day at most."""
    for first, last in ranges:
        for start in range(first, last + 1, QUARTERS):
            yield start, min(start + QUARTERS - 1, last)


async def _pieces(unit: Unit, kind: str, reached: Progress) -> list[tuple[int, int]]:
    """The newest days that lack, as reports ask for them most."""
    known = await store.list_days(unit.tx, kind, first=reached.first, last=reached.day)
    return list(lacking(known, reached.first, reached.day, kind=kind))[::-1]


async def _count(unit: Unit, kind: str, first: int, last: int) -> Counted:
    days = await count_days(unit, kind, first=first, last=last)
    parts = await count_parts(unit, kind, first=first, last=last) if kind in BY_PART else {}
    every = {day: days.get(day, (0, 0, 0)) for day in range(first, last + 1)}
    return Counted(kind=kind, first=first, last=last, days=every, parts=parts)
