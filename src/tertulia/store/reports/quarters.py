"""Quarters of an hour: what was counted of those that ended, read together with finished days.

A quarter is good while it has a row in `report_quarters` and no mark. Quarters are counted from the epoch, 96 a day.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence

import msgspec
from sqlalchemy import ColumnElement, Select, delete, exists, func, literal_column, select

from tertulia.store.engine import Query, Tx, parameter, query, upsert_query
from tertulia.store.reports.kept import DAYS, LOCK_PROGRESS, QUARTERS, SUM_OF_DAYS, VALUES, Numbers, named
from tertulia.store.reports.series import QUARTER, SOURCES
from tertulia.store.schema.reports import report_marks, report_progress, report_quarters

_ROW = report_quarters.c


def _unmarked() -> ColumnElement[bool]:
    return ~exists(
        select(report_marks.c.quarter).where(report_marks.c.kind == _ROW.kind, report_marks.c.quarter == _ROW.quarter)
    )


def _between(first: ColumnElement[int], last: ColumnElement[int]) -> tuple[ColumnElement[bool], ...]:
    return (_ROW.kind == parameter("kind", str), _ROW.quarter >= first, _ROW.quarter <= last, _unmarked())


def _unfinished() -> ColumnElement[int]:
    """The first quarter after the last finished day."""
    length: ColumnElement[int] = literal_column(str(QUARTERS))
    day = select(report_progress.c.day).where(report_progress.c.id == literal_column("1")).scalar_subquery()
    return (day + literal_column("1")) * length


def _rows(first: ColumnElement[int]) -> Select[int, int, int, int]:
    return select(_ROW.quarter, _ROW.count, _ROW.answered, _ROW.waited).where(
        *_between(first, parameter("last_quarter"))
    )


_BOTH = query(
    lambda: DAYS.add_columns(literal_column("0").label("fine")).union_all(
        _rows(_unfinished())  # the bound that indexes are to take, not the first quarter that is asked for
        .where(_ROW.quarter + literal_column("0") >= parameter("first_quarter"))
        .add_columns(literal_column("1").label("fine"))
    )
)
_LIST = query(lambda: _rows(parameter("first_quarter")).order_by(_ROW.quarter))
_SUMS = query(
    lambda: SUM_OF_DAYS.add_columns(literal_column("0").label("fine")).union_all(
        select(
            func.count(),
            func.coalesce(func.sum(_ROW.count), 0),
            literal_column("0").label("marks"),
            literal_column("1").label("fine"),
        ).where(*_between(parameter("first_quarter"), parameter("last_quarter")))
    )
)
_KNOWN = query(
    lambda: select(func.count()).where(
        _ROW.kind == parameter("kind", str),
        _ROW.quarter >= parameter("first_quarter"),
        _ROW.quarter <= parameter("last_quarter"),
    )
)
_DROP = query(
    lambda: delete(report_quarters).where(
        _ROW.kind == parameter("of_kind", str), _ROW.quarter < parameter("before_quarter")
    )
)
_SAVE = upsert_query(report_quarters, columns=("kind", "quarter", *VALUES), key=("kind", "quarter"), update=VALUES)


@functools.cache
def _parts(name: str, moments: int) -> Query:
    """For each moment: how many quarters are known from the next one to the end of its day, their sum, and a count of
    what began before them."""

    def columns() -> Iterable[ColumnElement[int]]:
        for number in range(moments):
            first, last = parameter(f"first_{number}"), parameter(f"last_{number}")
            known = select(func.count()).where(*_between(first, last))
            total = select(func.coalesce(func.sum(_ROW.count), 0)).where(*_between(first, last))
            rest = SOURCES[name].between(parameter(f"since_{number}"), parameter(f"until_{number}"))
            yield from (known.scalar_subquery(), total.scalar_subquery(), rest.scalar_subquery())

    return Query(lambda: select(*columns()))


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """The rest of a day from a moment on. `known` of its whole quarters are kept, with `total` in them; `before` began
    before the first of them."""

    known: int
    total: int
    before: int


class CountedQuarters(msgspec.Struct, frozen=True, kw_only=True):
    """Quarters of one kind that were counted: `numbers` holds each of them."""

    kind: str
    numbers: Mapping[int, Numbers]


async def list_days_and_quarters(
    tx: Tx, kind: str, *, first: int, last: int
) -> tuple[dict[int, Numbers], dict[int, Numbers]]:
    """What is known of the days `first` to `last` (both included), and of quarters of those that are not finished."""
    days: dict[int, Numbers] = {}
    quarters: dict[int, Numbers] = {}
    ends = {"first_quarter": first * QUARTERS, "last_quarter": last * QUARTERS + QUARTERS - 1}
    for row in await tx.all(_BOTH, kind=kind, first=first, last=last, **ends):
        (quarters if row[4] else days)[int(row[0])] = (int(row[1]), int(row[2]), int(row[3]))
    return days, quarters


async def list_quarters(tx: Tx, kind: str, *, first: int, last: int) -> dict[int, Numbers]:
    """What is known of the quarters `first` to `last`, both included."""
    rows = await tx.all(_LIST, kind=kind, first_quarter=first, last_quarter=last)
    return {int(row[0]): (int(row[1]), int(row[2]), int(row[3])) for row in rows}


async def sum_days_and_quarters(
    tx: Tx, kind: str, *, days: tuple[int, int], quarters: tuple[int, int]
) -> tuple[tuple[int, int], tuple[int, int]]:
    """(how many are known, their sum) of these days and of these quarters; each from the first to the last. No day is
    known, or all are that were counted: whether any changed since is asked once for the kind."""
    rows = await tx.all(
        _SUMS, kind=kind, first=days[0], last=days[1], first_quarter=quarters[0], last_quarter=quarters[1]
    )
    found = {bool(row[3]): (0, 0) if row[2] else (int(row[0]), int(row[1])) for row in rows}
    return found[False], found[True]


async def list_parts(tx: Tx, kind: str, *, moments: Sequence[int]) -> list[Part]:
    """What is known of the rest of the day of each moment (ms)."""
    values: dict[str, int] = {}
    for number, since in enumerate(moments):
        first = -(-since // QUARTER)
        values |= {
            f"since_{number}": since,
            f"until_{number}": first * QUARTER,
            f"first_{number}": first,
            f"last_{number}": -(-first // QUARTERS) * QUARTERS - 1,
        }
    row = await tx.one(_parts(kind, len(moments)), kind=kind, **values) or ()
    return [Part(known=int(row[at]), total=int(row[at + 1]), before=int(row[at + 2])) for at in range(0, len(row), 3)]


async def count_known_quarters(tx: Tx, kind: str, *, first: int, last: int) -> int:
    """How many of these quarters were counted, marked or not."""
    return int(await tx.value(_KNOWN, kind=kind, first_quarter=first, last_quarter=last) or 0)


async def drop_quarters(tx: Tx, oldest: Mapping[str, int]) -> None:
    """Forgets, of each of these kinds, the quarters before the oldest that is still of use."""
    await tx.many(_DROP, [{"of_kind": kind, "before_quarter": quarter} for kind, quarter in sorted(oldest.items())])


async def save_quarters(tx: Tx, counted: Iterable[CountedQuarters], *, version: int) -> bool:
    """Keeps what was counted, unless something was forgotten since `version` was read: False then."""
    row = await tx.one(LOCK_PROGRESS)
    if row is None or row[3] != version:
        return False
    for each in counted:
        await tx.many(
            _SAVE,
            [
                {"kind": each.kind, "quarter": quarter, **named(each.numbers[quarter])}
                for quarter in sorted(each.numbers)
            ],
        )
    return True
