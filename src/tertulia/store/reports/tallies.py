"""Facts counted by day as they happen: requests, crawlers, searches. What is counted of finished days: `kept.py`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import delete, func, select

from tertulia.store.engine import Tx, among, parameter, query, upsert_query
from tertulia.store.schema.reports import daily_counts

_ADD = upsert_query(
    daily_counts, columns=("kind", "day", "detail", "count"), key=("kind", "day", "detail"), add=("count",)
)
_INSIDE = (
    among(daily_counts.c.kind, "kinds"),
    daily_counts.c.day >= parameter("first"),
    daily_counts.c.day <= parameter("last"),
)
_DAYS = query(
    lambda: (
        select(daily_counts.c.kind, daily_counts.c.day, func.sum(daily_counts.c.count))
        .where(*_INSIDE)
        .group_by(daily_counts.c.kind, daily_counts.c.day)
        .order_by(daily_counts.c.kind, daily_counts.c.day)
    )
)
_DETAILS = query(
    lambda: (
        select(daily_counts.c.detail, func.sum(daily_counts.c.count).label("times"))
        .where(*_INSIDE, daily_counts.c.detail != "")
        .group_by(daily_counts.c.detail)
        .order_by(func.sum(daily_counts.c.count).desc(), daily_counts.c.detail)
        .limit(parameter("limit"))
    )
)
_TOTAL = query(
    lambda: select(func.coalesce(func.sum(daily_counts.c.count), 0)).where(among(daily_counts.c.kind, "kinds"))
)
_DELETE_DETAILS = query(
    lambda: delete(daily_counts).where(
        among(daily_counts.c.kind, "kinds"), daily_counts.c.day < parameter("before"), daily_counts.c.detail != ""
    )
)


async def add_counts(tx: Tx, counts: Iterable[tuple[str, int, str, int]]) -> None:
    """Adds (kind, day, detail, how many) to what is kept. Rows are taken in one order by everybody."""
    await tx.many(
        _ADD,
        [
            {"kind": kind, "day": day, "detail": detail, "count": count}
            for kind, day, detail, count in sorted(counts)
            if count
        ],
    )


async def list_counts(tx: Tx, kinds: Sequence[str], *, first: int, last: int) -> list[tuple[str, int, int]]:
    """(kind, day, how many) for the days `first` to `last`, both included."""
    rows = await tx.all(_DAYS, kinds=list(kinds), first=first, last=last)
    return [(str(row[0]), int(row[1]), int(row[2])) for row in rows]


async def list_details(tx: Tx, kind: str, *, first: int, last: int, limit: int) -> list[tuple[str, int]]:
    """(detail, how many) in these days, the most frequent first."""
    rows = await tx.all(_DETAILS, kinds=[kind], first=first, last=last, limit=limit)
    return [(str(row[0]), int(row[1])) for row in rows]


async def count_all(tx: Tx, kinds: Sequence[str]) -> int:
    """Everything of these kinds that was ever kept: one row a day, or one a day and detail."""
    return int(await tx.value(_TOTAL, kinds=list(kinds)) or 0)


async def delete_details(tx: Tx, kinds: Sequence[str], *, before: int) -> None:
    """Forgets names and terms of days before `before`."""
    await tx.run(_DELETE_DETAILS, kinds=list(kinds), before=before)
