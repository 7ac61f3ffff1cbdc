"""Reports: numbers about the forum by day, or tables of what is most. Days are whole days, UTC, since the epoch."""

from __future__ import annotations

import msgspec

Number = int | float
USUAL_FACETS = frozenset(("total", "prev30Days"))  # source: upstream


class ReportColumn(msgspec.Struct, frozen=True):
    """A column of a table: the key in its rows, what stands above it, and what kind of value it holds.

    `kind` is one of text, number, date, user."""

    key: str
    title: str
    kind: str = "text"


class ReportKind(msgspec.Struct, frozen=True, kw_only=True):
    """What there is to know about a report before it is counted.

    `form` is `series` (one number a day), `stacked` (several), or `table`. `average` says that days are not added
    up, `percent` that numbers are parts of a hundred."""

    type: str
    title: str
    description: str
    yaxis: str = ""
    form: str = "series"
    average: bool = False
    percent: bool = False
    higher_is_better: bool = True
    has_dates: bool = True
    by_category: bool = False
    by_group: bool = False
    columns: tuple[ReportColumn, ...] = ()


class ReportQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which days (both included) and whose. `first` after `last` is an empty report.

    `facets` are `total`, `prev30Days` and `prev_period`: what is counted beside the days.
    `live` counts every day anew, whatever is kept of it."""

    type: str
    first: int
    last: int
    category_id: int | None = None
    with_subcategories: bool = False
    group_id: int | None = None
    facets: frozenset[str] = USUAL_FACETS
    limit: int | None = None
    live: bool = False


class ReportPoint(msgspec.Struct, frozen=True):
    """A day and its number."""

    day: int
    value: Number


class ReportLine(msgspec.Struct, frozen=True):
    """One of the lines of a stacked report."""

    key: str
    title: str
    points: tuple[ReportPoint, ...]


class ReportRow(msgspec.Struct, frozen=True):
    """A line of a table: values by the keys of its columns. `user_*` keys ride along for a column of people."""

    values: dict[str, str | int | float | None]


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """A report that was counted. Days without anything have no point. `total` is of all time where it is kept,
    else of the days shown, and None where nothing can be added up."""

    kind: ReportKind
    query: ReportQuery
    points: tuple[ReportPoint, ...] = ()
    lines: tuple[ReportLine, ...] = ()
    rows: tuple[ReportRow, ...] = ()
    total: Number | None = None
    previous_30_days: Number | None = None
    previous_period: Number | None = None
    previous_points: tuple[ReportPoint, ...] | None = None


class Storage(msgspec.Struct, frozen=True, kw_only=True):
    """The database: `sqlite` or `postgresql`, and its size in bytes."""

    engine: str
    size: int
