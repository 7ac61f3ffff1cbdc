"""What was counted of finished days, how far that came, and the marks of what changed since.

A day is good while it has a row in `report_days` and no quarter of an hour in it has a mark. Who writes marks:
`triggers.py`. The same by quarters: `quarters.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec
from sqlalchemy import ColumnElement, and_, delete, exists, func, literal_column, select, update

from tertulia.store.engine import Tx, among, insert_query, parameter, query, upsert_query
from tertulia.store.schema.reports import (
    report_day_parts,
    report_days,
    report_marks,
    report_progress,
    report_quarters,
)

MONTH = "month"  # people here in the 30 days that end with a day: a visit changes 30 of them
MONTH_DAYS = 30
QUARTERS = 96  # in a day
_MOST_MARKS = 2_000

Numbers = tuple[int, int, int]  # how many; of topics without an answer also how many have one, and the ms waited for it


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """Days `first` to `day` may be counted, and quarters to `quarter`. `complete`: all of them were."""

    first: int
    day: int
    quarter: int
    version: int
    complete: bool


def _unmarked() -> ColumnElement[bool]:
    marked = select(report_marks.c.quarter).where(report_marks.c.kind == report_days.c.kind)
    length: ColumnElement[int] = literal_column(str(QUARTERS))
    spread: ColumnElement[int] = literal_column(str(MONTH_DAYS - 1))
    begin = report_days.c.day * length
    return and_(
        ~exists(marked.where(report_marks.c.quarter >= begin, report_marks.c.quarter < begin + length)),
        ~exists(
            marked.where(
                report_days.c.kind == literal_column(f"'{MONTH}'"),
                report_marks.c.quarter >= begin - spread * length,
                report_marks.c.quarter < begin,
            )
        ),
    )


def _range() -> tuple[ColumnElement[bool], ...]:
    return (
        report_days.c.kind == parameter("kind", str),
        report_days.c.day >= parameter("first"),
        report_days.c.day <= parameter("last"),
    )


def _inside() -> tuple[ColumnElement[bool], ...]:
    return (*_range(), _unmarked())


DAYS = select(report_days.c.day, report_days.c.count, report_days.c.answered, report_days.c.waited).where(*_inside())
# Marked or not, and how many marks there are: looking each day up among them costs more than the days.
SUM_OF_DAYS = select(
    func.count(),
    func.coalesce(func.sum(report_days.c.count), 0),
    select(func.count()).where(report_marks.c.kind == parameter("kind", str)).scalar_subquery().label("marks"),
).where(*_range())
_DAYS = query(lambda: DAYS.order_by(report_days.c.day))
_PART = report_day_parts
_OF_CATEGORIES = query(
    lambda: (
        select(
            report_days.c.day,
            *(func.coalesce(func.sum(_PART.c[name]), 0) for name in ("count", "answered", "waited")),
        )
        .select_from(
            report_days.outerjoin(
                _PART,
                and_(
                    _PART.c.kind == report_days.c.kind,
                    _PART.c.day == report_days.c.day,
                    among(_PART.c.part_id, "categories"),
                ),
            )
        )
        .where(*_inside())
        .group_by(report_days.c.day)
        .order_by(report_days.c.day)
    )
)
_PARTS = query(
    lambda: (
        select(_PART.c.part_id, func.sum(_PART.c.count))
        .select_from(
            report_days.join(_PART, and_(_PART.c.kind == report_days.c.kind, _PART.c.day == report_days.c.day))
        )
        .where(*_inside())
        .group_by(_PART.c.part_id)
    )
)
_COUNTED = query(lambda: select(func.count()).select_from(report_days).where(*_range()))
_PROGRESS = select(
    report_progress.c.first,
    report_progress.c.day,
    report_progress.c.quarter,
    report_progress.c.version,
    report_progress.c.complete,
).where(report_progress.c.id == literal_column("1"))
_FIND_PROGRESS = query(lambda: _PROGRESS)
LOCK_PROGRESS = query(_PROGRESS.with_for_update)
_BEGIN = insert_query(report_progress, "id", "first", "day", "quarter", ignore=True)
_REACH = query(
    lambda: (
        update(report_progress)
        .where(
            report_progress.c.id == literal_column("1"),
            (report_progress.c.quarter < parameter("to_quarter")) | (report_progress.c.first < 0),
        )
        .values(
            first=parameter("from_day"),
            day=parameter("to_day"),
            quarter=parameter("to_quarter"),
            complete=literal_column("0"),
        )
    )
)
_COMPLETE = query(
    lambda: (
        update(report_progress)
        .where(report_progress.c.id == literal_column("1"), report_progress.c.version == parameter("known"))
        .values(complete=literal_column("1"))
    )
)
_FORGOTTEN = query(
    lambda: (
        update(report_progress)
        .where(report_progress.c.id == literal_column("1"))
        .values(version=report_progress.c.version + 1, complete=literal_column("0"))
    )
)
_FORGET_ALL = (query(lambda: delete(report_days)), query(lambda: delete(report_quarters)))
_BEGIN_AGAIN = query(lambda: update(report_progress).values(first=literal_column("-1"), complete=literal_column("0")))
_MARKS = query(
    lambda: (
        select(report_marks.c.kind, report_marks.c.quarter, report_marks.c.transaction_id)
        .order_by(report_marks.c.kind, report_marks.c.quarter, report_marks.c.transaction_id)
        .limit(parameter("limit"))
    )
)
_FORGET = query(
    lambda: delete(report_days).where(
        report_days.c.kind == parameter("of_kind", str),
        report_days.c.day >= parameter("from_day"),
        report_days.c.day <= parameter("to_day"),
    )
)
_FORGET_QUARTER = query(
    lambda: delete(report_quarters).where(
        report_quarters.c.kind == parameter("of_kind", str), report_quarters.c.quarter == parameter("in_quarter")
    )
)
_UNMARK = query(
    lambda: delete(report_marks).where(
        report_marks.c.kind == parameter("of_kind", str),
        report_marks.c.quarter == parameter("in_quarter"),
        report_marks.c.transaction_id == parameter("of_transaction"),
    )
)
_FORGET_PARTS = query(
    lambda: delete(_PART).where(
        _PART.c.kind == parameter("of_kind", str),
        _PART.c.day >= parameter("from_day"),
        _PART.c.day <= parameter("to_day"),
    )
)
VALUES = ("count", "answered", "waited")
_SAVE = upsert_query(report_days, columns=("kind", "day", *VALUES), key=("kind", "day"), update=VALUES)
_SAVE_PART = insert_query(_PART, "kind", "day", "part_id", *VALUES)


async def find_progress(tx: Tx) -> Progress | None:
    """How far days were counted; None when the worker has not begun."""
    row = await tx.one(_FIND_PROGRESS)
    if row is None or min(row[0], row[1]) < 0:
        return None
    return Progress(first=row[0], day=row[1], quarter=row[2], version=row[3], complete=bool(row[4]))


async def list_days(tx: Tx, kind: str, *, first: int, last: int, categories: Sequence[int] = ()) -> dict[int, Numbers]:
    """What is known of the days `first` to `last` (both included), of these categories or of everything.

    A day that is not here changed since it was counted, or never was."""
    statement = _OF_CATEGORIES if categories else _DAYS
    rows = await tx.all(statement, kind=kind, first=first, last=last, categories=list(categories))
    return {int(row[0]): (int(row[1]), int(row[2]), int(row[3])) for row in rows}


async def sum_parts(tx: Tx, kind: str, *, first: int, last: int) -> dict[int, int]:
    """The sum of these days, as far as they are known, by part."""
    return {int(row[0]): int(row[1]) for row in await tx.all(_PARTS, kind=kind, first=first, last=last)}


async def count_known(tx: Tx, kind: str, *, first: int, last: int) -> int:
    """How many of these days were counted, marked or not."""
    return int(await tx.value(_COUNTED, kind=kind, first=first, last=last) or 0)


async def reach(tx: Tx, *, first: int, day: int, quarter: int) -> None:
    """From here on days up to `day` and quarters up to `quarter` are marked when they change, and may be counted
    afterwards."""
    await tx.run(_BEGIN, id=1, first=-1, day=-1, quarter=-1)
    await tx.run(_REACH, from_day=first, to_day=day, to_quarter=quarter)


async def settle_marks(tx: Tx) -> bool:
    """Forgets what is marked, and its marks: at most 2,000 at once. False when there were none."""
    rows = await tx.all(_MARKS, limit=_MOST_MARKS)
    if not rows:
        return False
    await tx.one(LOCK_PROGRESS)
    days = sorted({(str(row[0]), int(row[1]) // QUARTERS) for row in rows})
    await tx.many(
        _FORGET,
        [
            {"of_kind": kind, "from_day": day, "to_day": day + (MONTH_DAYS - 1 if kind == MONTH else 0)}
            for kind, day in days
        ],
    )
    quarters = sorted({(str(row[0]), int(row[1])) for row in rows})
    await tx.many(_FORGET_QUARTER, [{"of_kind": kind, "in_quarter": quarter} for kind, quarter in quarters])
    await tx.many(_UNMARK, [{"of_kind": row[0], "in_quarter": row[1], "of_transaction": row[2]} for row in rows])
    await tx.run(_FORGOTTEN)
    return True


async def has_marks(tx: Tx) -> bool:
    """Whether any day changed since it was counted."""
    return bool(await tx.all(_MARKS, limit=1))


class Counted(msgspec.Struct, frozen=True, kw_only=True):
    """Days of one kind that were counted: `days` holds each of them from `first` to `last`, `parts` those by
    (day, part) that are not nothing."""

    kind: str
    first: int
    last: int
    days: dict[int, Numbers]
    parts: dict[tuple[int, int], Numbers]


async def save_days(tx: Tx, counted: Iterable[Counted], *, version: int) -> bool:
    """Keeps what was counted, unless a day was forgotten since `version` was read: False then."""
    row = await tx.one(LOCK_PROGRESS)
    if row is None or row[3] != version:
        return False
    for each in counted:
        await tx.run(_FORGET_PARTS, of_kind=each.kind, from_day=each.first, to_day=each.last)
        await tx.many(_SAVE, [{"kind": each.kind, "day": day, **named(each.days[day])} for day in sorted(each.days)])
        await tx.many(
            _SAVE_PART,
            [
                {"kind": each.kind, "day": day, "part_id": part_id, **named(numbers)}
                for (day, part_id), numbers in sorted(each.parts.items())
            ],
        )
    return True


async def save_complete(tx: Tx, *, version: int) -> None:
    """Remembers that every day and quarter is known, unless one was forgotten since `version` was read."""
    await tx.run(_COMPLETE, known=version)


async def forget_days(tx: Tx) -> None:
    """Forgets every day, and where they began: all are counted anew."""
    await tx.one(LOCK_PROGRESS)
    for statement in _FORGET_ALL:
        await tx.run(statement)
    await tx.run(_FORGOTTEN)
    await tx.run(_BEGIN_AGAIN)


def named(numbers: Numbers) -> dict[str, int]:
    """Numbers by the columns they are kept in."""
    return dict(zip(VALUES, numbers, strict=True))
