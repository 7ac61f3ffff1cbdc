"""Numbers by day as reports read them: kept ones of finished days, and a count of today and of what changed.

Always exact: a day that changed after it was counted is marked in the same transaction, and counted anew here until
the worker has (`keeping.py`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from tertulia.forum.reports.counting import LIKED, breathe, count_days, lacking
from tertulia.forum.unit import Unit
from tertulia.store.reports import kept as store
from tertulia.store.reports import people, series
from tertulia.store.reports.kept import Numbers

DAY = 86_400_000
_END = 10_000_000  # a day that nothing comes after


async def read_days(
    unit: Unit, kind: str, *, first: int, last: int, categories: Sequence[int] = (), live: bool = False
) -> dict[int, Numbers]:
    """The days `first` to `last`, both included. `live` counts them all anew."""
    found = {} if live else await store.list_days(unit.tx, kind, first=first, last=last, categories=categories)
    pieces = lacking(frozenset(found), first, last, kind=kind)
    for number, (start, end) in enumerate(pieces):
        if number:
            await breathe(unit)
        found.update(await count_days(unit, kind, first=start, last=end, categories=categories))
    return found


async def count_total(unit: Unit, kind: str, *, live: bool = False) -> int:
    """How many there are of a source of `store/reports/series.py`, of all time."""
    reached = None if live else await store.find_progress(unit.tx)
    if reached is None:
        return await series.count_between(unit.tx, kind, first=0, last=_END)
    total = await _sum_known(unit, kind, first=reached.first, last=reached.day)
    total += await series.count_between(unit.tx, kind, first=0, last=reached.first - 1)
    return total + await series.count_between(unit.tx, kind, first=reached.day + 1, last=_END)


async def count_since(unit: Unit, kind: str, *, moments: Sequence[int]) -> list[int]:
    """How many of a source began from each of `moments` (ms, at least one) to now: whole days as they are kept, read
    and counted once for all moments, and the rest of each first day."""
    firsts = [-(-since // DAY) for since in moments]
    days = await read_days(unit, kind, first=min(firsts), last=unit.now // DAY)
    counts = []
    for since, first in zip(moments, firsts, strict=True):
        rest = await series.count_moments(unit.tx, kind, since=since, until=first * DAY)
        counts.append(rest + sum(numbers[0] for day, numbers in days.items() if day >= first))
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


async def _sum_known(unit: Unit, kind: str, *, first: int, last: int) -> int:
    known, total = await store.sum_days(unit.tx, kind, first=first, last=last)
    if known == last - first + 1:
        return total
    days = await store.list_days(unit.tx, kind, first=first, last=last)
    total = sum(numbers[0] for numbers in days.values())
    for start, end in lacking(days, first, last):
        await breathe(unit)
        counts = await series.count_days(unit.tx, kind, first=start, last=end)
        total += sum(count for day, count in counts.items() if day not in days)
    return total
