"""Requests, page views, crawlers and searches: gathered in memory, written in bulk every half minute.

Processes add up in the database; a report of this process also counts what it has not written yet. What a process
that is killed had gathered is lost. Who decides what a request counts as: `http/traffic.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from tertulia.forum.unit import Ports, Unit
from tertulia.store.reports import tallies as store

CRAWLER = "web_crawler"
SEARCH = "search"
DETAILED = (CRAWLER, SEARCH)
OTHERS = "(others)"
DAY = 86_400_000
_MEMORY = "traffic"
_MOST_DETAILS = 1_000  # different names or terms of one kind, per process and day: what strangers make up is bounded
_LONGEST_DETAIL = 200

Key = tuple[str, int, str]  # kind, day, detail


class _Gathered(msgspec.Struct):
    counts: dict[Key, int] = {}
    day: int = 0
    details: set[tuple[str, str]] = set()


def note_request(ports: Ports, *, now: int, kinds: Iterable[str], crawler: str = "") -> None:
    """A request counts once in each of the kinds; `crawler` is what a crawler calls itself."""
    counts, day = _gathered(ports).counts, now // DAY
    for kind in kinds:
        key = (kind, day, "")
        counts[key] = counts.get(key, 0) + 1
    if crawler:
        _add_detail(ports, CRAWLER, day=day, text=crawler)


def note_search(unit: Unit, term: str) -> None:
    """Somebody searched for these words, unless the site keeps no log of searches."""
    if unit.site.log_search_queries and term.strip():
        _add_detail(unit.ports, SEARCH, day=unit.now // DAY, text=term.lower())


async def flush_traffic(unit: Unit) -> None:
    """Writes what was gathered; it is forgotten here once the caller has committed."""
    gathered = _gathered(unit.ports)
    taken = dict(gathered.counts)
    if not taken:
        return
    await unit.write()
    await store.add_counts(unit.tx, [(*key, count) for key, count in taken.items()])

    def forget() -> None:
        for key, count in taken.items():
            gathered.counts[key] -= count
            if not gathered.counts[key]:
                del gathered.counts[key]

    unit.after_commit.append(forget)


async def sweep_details(unit: Unit, *, keep_days: int) -> None:
    """Forgets names of crawlers and terms of searches that are older. For units that write."""
    await store.delete_details(unit.tx, DETAILED, before=unit.now // DAY - keep_days)


async def count_by_day(unit: Unit, kinds: Sequence[str], *, first: int, last: int) -> dict[str, dict[int, int]]:
    """How many on each of the days `first` to `last`, by kind."""
    found: dict[str, dict[int, int]] = {kind: {} for kind in kinds}
    for kind, day, count in await store.list_counts(unit.tx, kinds, first=first, last=last):
        found[kind][day] = count
    for (kind, day, _), count in _gathered(unit.ports).counts.items():
        if kind in found and first <= day <= last:
            found[kind][day] = found[kind].get(day, 0) + count
    return found


async def count_all(unit: Unit, kinds: Sequence[str]) -> int:
    """How many there ever were of these kinds together."""
    waiting = sum(count for (kind, _, _), count in _gathered(unit.ports).counts.items() if kind in kinds)
    return waiting + await store.count_all(unit.tx, kinds)


async def list_details(unit: Unit, kind: str, *, first: int, last: int, limit: int) -> list[tuple[str, int]]:
    """(name or term, how often), the most frequent first."""
    kept = await store.list_details(unit.tx, kind, first=first, last=last, limit=limit + _MOST_DETAILS)
    counts = dict(kept)
    for (each, day, detail), count in _gathered(unit.ports).counts.items():
        if each == kind and detail and first <= day <= last:
            counts[detail] = counts.get(detail, 0) + count
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:limit]


def _add_detail(ports: Ports, kind: str, *, day: int, text: str) -> None:
    gathered = _gathered(ports)
    if gathered.day != day:
        gathered.day = day
        gathered.details.clear()
    detail = " ".join(text[:_LONGEST_DETAIL].replace("\0", "").encode("utf-8", "ignore").decode().split())
    if not detail:
        return
    if (kind, detail) not in gathered.details:
        if sum(each == kind for each, _ in gathered.details) >= _MOST_DETAILS:
            detail = OTHERS
        else:
            gathered.details.add((kind, detail))
    key = (kind, day, detail)
    gathered.counts[key] = gathered.counts.get(key, 0) + 1


def _gathered(ports: Ports) -> _Gathered:
    found: _Gathered = ports.memory.setdefault(_MEMORY, _Gathered())
    return found
