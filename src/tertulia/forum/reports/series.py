"""Reports with a number for each day, and what is shown beside the days: totals, the days before.

Read next: `kept.py` for where numbers come from, `store/reports/series.py` for what is counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial

from tertulia.forum import traffic
from tertulia.forum.reports.counting import ANSWERS, breathe, slices
from tertulia.forum.reports.kept import count_total, read_days
from tertulia.forum.unit import Unit
from tertulia.model.reports import Number, Report, ReportKind, ReportLine, ReportPoint, ReportQuery
from tertulia.store.cards import list_category_tree
from tertulia.store.reports import series as store
from tertulia.store.reports.kept import MONTH

Days = Mapping[int, Number]
CountDays = Callable[[Unit, ReportQuery, int, int], Awaitable[Days]]

_MONTH = 30
_HOUR = 3_600_000
DAY = 86_400_000
VIEWS = ("page_view_logged_in", "page_view_anon", "page_view_crawler")
SOURCES = {
    "signups": "signups",
    "topics": "topics",
    "posts": "posts",
    "likes": "likes",
    "bookmarks": "bookmarks",
    "visits": "visits",
    "user_to_user_private_messages": "messages",
    "user_to_user_private_messages_with_replies": "messages_with_replies",
    "system_private_messages": "system_messages",
}
LINES = {
    "consolidated_page_views": (
        ("page_view_logged_in", "Logged in users"), ("page_view_anon", "Anonymous users"),
        ("page_view_crawler", "Crawlers"),
    ),
    "consolidated_api_requests": (("api", "Keys of the forum"), ("user_api", "Keys of members")),
}  # fmt: skip


async def build_series(unit: Unit, kind: ReportKind, query: ReportQuery) -> Report:
    """The days asked for, and beside them the facets asked for."""
    count = _counter(kind.type)
    days = await count(unit, query, query.first, query.last)
    length = max(query.last - query.first + 1, 0)
    before = query.first - 1
    month = previous = None
    if "prev30Days" in query.facets:
        month = await count(unit, query, before - _MONTH + 1, before)
    if "prev_period" in query.facets and length == _MONTH and month is not None:
        previous = month
    elif "prev_period" in query.facets:
        previous = await count(unit, query, before - length + 1, before)
    return Report(
        kind=kind,
        query=query,
        points=_points(days),
        total=await _total(unit, kind, query, days) if "total" in query.facets else None,
        previous_30_days=None if month is None else _together(kind, month),
        previous_period=None if previous is None else _together(kind, previous),
        previous_points=None if previous is None else _points(previous),
    )


async def build_lines(unit: Unit, kind: ReportKind, query: ReportQuery) -> Report:
    """One line for each kind of request."""
    names = LINES[kind.type]
    counts = await traffic.count_by_day(unit, [key for key, _ in names], first=query.first, last=query.last)
    lines = tuple(ReportLine(key, title, _points(counts[key])) for key, title in names)
    total = await traffic.count_all(unit, [key for key, _ in names]) if "total" in query.facets else None
    return Report(kind=kind, query=query, lines=lines, total=total)


def _points(days: Days) -> tuple[ReportPoint, ...]:
    return tuple(ReportPoint(day, days[day]) for day in sorted(days) if days[day])


def _together(kind: ReportKind, days: Days) -> Number:
    """The sum of the days; of averages the mean of the days that have a number."""
    if not kind.average:
        return sum(days.values())
    counted = [value for value in days.values() if value]
    return round(sum(counted) / len(counted), 2) if counted else 0


async def _total(unit: Unit, kind: ReportKind, query: ReportQuery, days: Days) -> Number:
    if kind.type.endswith("_reqs"):
        return await traffic.count_all(unit, _requests(kind.type))
    if kind.type in SOURCES and query.category_id is None and query.group_id is None:
        return await count_total(unit, SOURCES[kind.type], live=query.live)
    return _together(kind, days)


# -- how each is counted ----------------------------------------------------------------------------
def _counter(type_: str) -> CountDays:
    if type_ in SOURCES:
        return partial(_count_source, SOURCES[type_])
    if type_.endswith("_reqs"):
        return partial(_count_requests, _requests(type_))
    return _COUNTERS[type_]


def _requests(type_: str) -> tuple[str, ...]:
    return VIEWS if type_ == "page_view_total_reqs" else (type_.removesuffix("_reqs"),)


async def _count_source(name: str, unit: Unit, query: ReportQuery, first: int, last: int) -> Days:
    if query.group_id is not None and name in store.IN_GROUP:
        return await _count_group(name, unit, query, first, last)
    categories = await _categories(unit, query) if name in store.IN_CATEGORIES else []
    return await _read(unit, query, name, first, last, categories)


async def _count_group(name: str, unit: Unit, query: ReportQuery, first: int, last: int) -> Days:
    """Who is in a group changes and says nothing about the past, so these are always counted."""
    found: dict[int, Number] = {}
    for start, end in slices(first, last):
        if start != first:
            await breathe(unit)
        found.update(await store.count_days(unit.tx, name, first=start, last=end, group_id=query.group_id))
    return found


async def _read(
    unit: Unit, query: ReportQuery, kind: str, first: int, last: int, categories: Sequence[int] = ()
) -> dict[int, Number]:
    days = await read_days(unit, kind, first=first, last=last, categories=categories, live=query.live)
    return {day: numbers[0] for day, numbers in days.items()}


async def _count_requests(kinds: tuple[str, ...], unit: Unit, query: ReportQuery, first: int, last: int) -> Days:
    found: Counter[int] = Counter()
    for days in (await traffic.count_by_day(unit, kinds, first=first, last=last)).values():
        found.update(days)
    return found


async def _count_active_part(unit: Unit, query: ReportQuery, first: int, last: int) -> Days:
    """Those here on a day by those here in the 30 days that end with it, in per cent, rounded up to hundredths."""
    here = await _read(unit, query, "visits", first, min(last, unit.now // DAY))
    month = await _read(unit, query, MONTH, first, min(last, unit.now // DAY))
    return {day: -(-here[day] * 10_000 // month[day]) / 100 for day in here if here[day] and month.get(day)}


async def _count_hours(unit: Unit, query: ReportQuery, first: int, last: int) -> Days:
    categories = await _categories(unit, query)
    days = await read_days(unit, ANSWERS, first=first, last=last, categories=categories, live=query.live)
    return {day: round(waited / answered / _HOUR, 2) for day, (_, answered, waited) in days.items() if answered}


async def _count_unanswered(unit: Unit, query: ReportQuery, first: int, last: int) -> Days:
    return await _read(unit, query, ANSWERS, first, last, await _categories(unit, query))


async def _count_nothing(unit: Unit, query: ReportQuery, first: int, last: int) -> Days:
    return {}


_COUNTERS: dict[str, CountDays] = {
    "new_contributors": partial(_count_source, "new_authors"),
    "daily_engaged_users": partial(_count_source, "engaged"),
    "dau_by_mau": _count_active_part,
    "time_to_first_response": _count_hours,
    "topics_with_no_response": _count_unanswered,
    "flags": _count_nothing,
}


async def _categories(unit: Unit, query: ReportQuery) -> list[int]:
    """The category asked for, with those below it where that was asked; none when it was not."""
    if query.category_id is None:
        return []
    chosen = {query.category_id}
    if query.with_subcategories:
        tree = await list_category_tree(unit.tx)
        while below := {each for each, parent, _ in tree if parent in chosen} - chosen:
            chosen |= below
    return sorted(chosen)
