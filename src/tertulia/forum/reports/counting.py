"""How each kind of number by day is counted from the rows themselves: a range of an index for a few days.

Read next: `kept.py`, which counts only what is not kept, and `keeping.py`, which keeps it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Container, Iterator, Sequence

from tertulia.forum.unit import Unit
from tertulia.store.reports import people, responses, series
from tertulia.store.reports.kept import MONTH, MONTH_DAYS, Numbers
from tertulia.store.reports.series import DAY

SLICE = 10  # days counted at once; between slices others are served
ANSWERS = "answers"
LIKED = "liked"  # likes by whose posts they are for
KEPT = (*series.SOURCES, "new_authors", "engaged", MONTH, ANSWERS, LIKED)
# What is kept by quarters of an hour as well, where it happens at a moment and each quarter can be counted by itself:
# of days that are not finished, and of these for the last 30 finished ones, as the about page counts back from now.
QUARTERLY = (*(name for name, source in series.SOURCES.items() if not source.by_day), "new_authors", ANSWERS)
LOOKED_BACK = ("listed_topics", "listed_posts", "signups", "likes")
BY_PART = (*series.BY_CATEGORY, ANSWERS, LIKED)


async def count_days(
    unit: Unit, kind: str, *, first: int, last: int, categories: Sequence[int] = ()
) -> dict[int, Numbers]:
    """The days `first` to `last`, both included; those without anything may lack."""
    if not categories and kind in QUARTERLY:
        return await count_spans(unit, kind, since=first * DAY, until=(last + 1) * DAY, length=DAY)
    if kind == ANSWERS:
        return await responses.count_responses_in(unit.tx, first=first, last=last, categories=categories)
    if kind == MONTH:
        return {day: (await _count_month(unit, day), 0, 0) for day in range(first, last + 1)}
    if kind == "engaged":
        counts = await people.count_engaged(unit.tx, first=first, last=last)
    else:
        kind = "likes" if kind == LIKED else kind
        counts = await series.count_days(unit.tx, kind, first=first, last=last, categories=categories)
    return {day: (count, 0, 0) for day, count in counts.items()}


async def count_spans(unit: Unit, kind: str, *, since: int, until: int, length: int) -> dict[int, Numbers]:
    """What is in `QUARTERLY` from `since` to before `until` (ms), by days or quarters of an hour, whichever is `length`
    ms; those without anything may lack."""
    if kind == ANSWERS:
        return await responses.count_responses(unit.tx, since=since, until=until, length=length)
    if kind == "new_authors":
        counts = await people.count_new_authors(unit.tx, since=since, until=until, length=length)
    else:
        counts = await series.count_spans(unit.tx, kind, since=since, until=until, length=length)
    return {span: (count, 0, 0) for span, count in counts.items()}


async def count_parts(unit: Unit, kind: str, *, first: int, last: int) -> dict[tuple[int, int], Numbers]:
    """The same by (day, category id), for kinds in `BY_PART`; of likes by (day, user id)."""
    if kind == ANSWERS:
        return await responses.count_category_responses(unit.tx, first=first, last=last)
    if kind == LIKED:
        counts = await people.count_liked(unit.tx, first=first, last=last)
    else:
        counts = await series.count_categories(unit.tx, kind, first=first, last=last)
    return {key: (count, 0, 0) for key, count in counts.items()}


async def _count_month(unit: Unit, day: int) -> int:
    return await people.count_visitors(unit.tx, first=day - MONTH_DAYS + 1, last=day)


def slices(first: int, last: int, *, kind: str = "") -> Iterator[tuple[int, int]]:
    """These days in pieces, each counted in a few milliseconds: single days where each looks back over a month."""
    step = 1 if kind == MONTH else SLICE
    for start in range(first, last + 1, step):
        yield start, min(start + step - 1, last)


def lacking(known: Container[int], first: int, last: int, *, kind: str = "") -> Iterator[tuple[int, int]]:
    """Pieces that hold every day of these which is not among the known, and few that are."""
    for start, end in slices(first, last, kind=kind):
        days = [day for day in range(start, end + 1) if day not in known]
        if days:
            yield days[0], days[-1]


def runs(known: Container[int], first: int, last: int) -> Iterator[tuple[int, int]]:
    """The ranges that these numbers lack, each as long as it can be."""
    begin: int | None = None
    for number in range(first, last + 1):
        if number in known:
            if begin is not None:
                yield begin, number - 1
            begin = None
        elif begin is None:
            begin = number
    if begin is not None:
        yield begin, last


async def breathe(unit: Unit) -> None:
    """Lets others be served. What is read afterwards may be newer, which a report may be."""
    if not unit.writes:
        await unit.pause()
        await asyncio.sleep(0)
