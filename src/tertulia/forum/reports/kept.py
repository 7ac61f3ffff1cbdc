"""Numbers by day as reports read them: kept ones of finished days and of finished quarters of an hour today, and a
count of what came since and of what changed.

Always exact: what changed after it was counted is marked in the same transaction, and counted anew here until the
worker has (`keeping.py`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from tertulia.forum.reports.counting import LIKED, QUARTERLY, breathe, count_days, count_spans, lacking, runs
from tertulia.forum.unit import Unit
from tertulia.store.reports import kept as store
from tertulia.store.reports import people, series
from tertulia.store.reports import quarters as fine
from tertulia.store.reports.kept import QUARTERS, Numbers, Progress
from tertulia.store.reports.series import DAY, QUARTER

_END = 10_000_000  # a day that nothing comes after


async def read_days(
    unit: Unit, kind: str, *, first: int, last: int, categories: Sequence[int] = (), live: bool = False
) -> dict[int, Numbers]:
    """The days `first` to `last`, both included. `live` counts them all anew."""
    found: dict[int, Numbers] = {}
    quarters: dict[int, Numbers] = {}
    if kind in QUARTERLY and not categories and not live:
        found, quarters = await fine.list_days_and_quarters(unit.tx, kind, first=first, last=last)
    elif not live:
        found = await store.list_days(unit.tx, kind, first=first, last=last, categories=categories)
    pieces = lacking(frozenset(found), first, last, kind=kind)
    for number, (start, end) in enumerate(pieces):
        if number:
            await breathe(unit)
        if any(start <= quarter // QUARTERS <= end for quarter in quarters):
            found.update(await _fill(unit, kind, quarters, first=start * QUARTERS, last=(end + 1) * QUARTERS - 1))
        else:
            found.update(await count_days(unit, kind, first=start, last=end, categories=categories))
    return found


async def _fill(unit: Unit, kind: str, known: Mapping[int, Numbers], *, first: int, last: int) -> dict[int, Numbers]:
    """The days of these quarters: those that are known, and a count of the others."""
    days: dict[int, Numbers] = {}
    for quarter in range(first, last + 1):
        if quarter in known:
            _add(days, quarter // QUARTERS, known[quarter])
    for start, end in runs(known, first, last):
        counted = await count_spans(unit, kind, since=start * QUARTER, until=(end + 1) * QUARTER, length=DAY)
        for day, numbers in counted.items():
            _add(days, day, numbers)
    return days


def _add(days: dict[int, Numbers], day: int, more: Numbers) -> None:
    count, answered, waited = days.get(day, (0, 0, 0))
    days[day] = (count + more[0], answered + more[1], waited + more[2])


async def count_total(unit: Unit, kind: str, *, live: bool = False) -> int:
    """How many there are of a source of `store/reports/series.py`, of all time."""
    reached = None if live else await store.find_progress(unit.tx)
    if reached is None:
        return await series.count_between(unit.tx, kind, first=0, last=_END)
    total = await series.count_between(unit.tx, kind, first=0, last=reached.first - 1)
    known, rest = await _sum_known(unit, kind, reached=reached)
    if series.SOURCES[kind].by_day:
        return total + known + await series.count_between(unit.tx, kind, first=rest // QUARTERS, last=_END)
    return total + known + await series.count_moments(unit.tx, kind, since=rest * QUARTER, until=_END * DAY)


async def count_since(unit: Unit, kind: str, *, moments: Sequence[int]) -> list[int]:
    """How many of a source, one that is kept by quarters for long, began from each of `moments` (ms, at least one) to
    now: whole days as they are kept, read and counted once for all moments, and the rest of each first day."""
    firsts = [-(-since // DAY) for since in moments]
    days = await read_days(unit, kind, first=min(firsts), last=unit.now // DAY)
    parts = await fine.list_parts(unit.tx, kind, moments=moments)
    counts = []
    for since, first, part in zip(moments, firsts, parts, strict=True):
        begin = -(-since // QUARTER)
        rest = part.total
        if part.known != first * QUARTERS - begin:
            rest = await series.count_moments(unit.tx, kind, since=begin * QUARTER, until=first * DAY)
        counts.append(part.before + rest + sum(numbers[0] for day, numbers in days.items() if day >= first))
    return counts


async def sum_liked(unit: Unit, *, first: int, last: int, live: bool = False) -> Counter[int]:
    """Likes of these days by the id of whose post it is."""
    last = min(last, unit.now // DAY)
    found: Counter[int] = Counter()
    days: dict[int, Numbers] = {}
    if not live:
        days = await store.list_days(unit.tx, LIKED, first=first, last=last)
        found.update(await store.sum_parts(unit.tx, LIKED, first=first, last=last))
    for start, end in lacking(days, first, last):
        await breathe(unit)
        liked = await people.count_liked(unit.tx, first=start, last=end)
        for (day, user_id), count in liked.items():
            found[user_id] += 0 if day in days else count
    return found


async def _sum_known(unit: Unit, kind: str, *, reached: Progress) -> tuple[int, int]:
    """The sum of everything that may be kept, and the first quarter that is not in it."""
    first, last = reached.first, reached.day
    begin, end = (last + 1) * QUARTERS, reached.quarter if kind in QUARTERLY else (last + 1) * QUARTERS - 1
    (days, total), (quarters, more) = await fine.sum_days_and_quarters(
        unit.tx, kind, days=(first, last), quarters=(begin, end)
    )
    if days != last - first + 1:
        found = await store.list_days(unit.tx, kind, first=first, last=last)
        total = sum(numbers[0] for numbers in found.values())
        for start, stop in lacking(found, first, last):
            await breathe(unit)
            counts = await series.count_days(unit.tx, kind, first=start, last=stop)
            total += sum(count for day, count in counts.items() if day not in found)
    if quarters != end - begin + 1:
        known = await fine.list_quarters(unit.tx, kind, first=begin, last=end)
        more = sum(numbers[0] for numbers in (await _fill(unit, kind, known, first=begin, last=end)).values())
    return total + more, end + 1
