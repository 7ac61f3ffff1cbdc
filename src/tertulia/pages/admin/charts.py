"""Small charts as drawings in the page: bars by day, no script, colours from the sheet.

Pure: from numbers to coordinates.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from tertulia.forum.reports.days import day_text
from tertulia.model.reports import Number, Report, ReportPoint

_WIDTH, _HEIGHT = 600, 96
_MOST_BARS = 120


class Bar(msgspec.Struct, frozen=True):
    """A bar: its place in the drawing, and what it says when pointed at."""

    x: float
    y: float
    width: float
    height: float
    says: str


class Chart(msgspec.Struct, frozen=True, kw_only=True):
    """A drawing of `width` by `height`; `says` is the same in words."""

    bars: tuple[Bar, ...]
    width: int
    height: int
    says: str
    first: str
    last: str
    highest: Number


def filled(points: Sequence[ReportPoint], *, first: int, last: int) -> list[tuple[int, Number]]:
    """A number for every day, 0 where a report has no point."""
    known = {point.day: point.value for point in points}
    return [(day, known.get(day, 0)) for day in range(first, last + 1)]


def chart(report: Report, points: Sequence[ReportPoint], *, title: str) -> Chart:
    """Bars for the days of a report; of long ranges a bar is several days, added up or (averages) their highest."""
    query = report.query
    days = filled(points, first=query.first, last=query.last)
    group = max(1, -(-len(days) // _MOST_BARS))
    together = max if report.kind.average else sum
    values = [
        (days[at][0], days[min(at + group, len(days)) - 1][0], together([value for _, value in days[at : at + group]]))
        for at in range(0, len(days), group)
    ]
    highest = max((value for _, _, value in values), default=0)
    return Chart(
        bars=_bars(values, highest=highest),
        width=_WIDTH,
        height=_HEIGHT,
        says=f"{title}, {day_text(query.first)} to {day_text(query.last)}: at most {highest:,} at once",
        first=day_text(query.first),
        last=day_text(query.last),
        highest=highest,
    )


def _bars(values: Sequence[tuple[int, int, Number]], *, highest: Number) -> tuple[Bar, ...]:
    step = _WIDTH / max(len(values), 1)
    made = []
    for at, (first, last, value) in enumerate(values):
        height = round(max(value / highest * (_HEIGHT - 2), 2), 1) if value else 0.0
        when = day_text(first) if first == last else f"{day_text(first)} to {day_text(last)}"
        made.append(
            Bar(round(at * step, 1), round(_HEIGHT - height, 1), round(step * 0.8, 1), height, f"{when}: {value:,}")
        )
    return tuple(made)
