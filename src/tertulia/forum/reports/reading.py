"""Reports as staff read them, one or many, over days that are bounded."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from tertulia.forum.permissions import allow
from tertulia.forum.reports.catalogue import FIRST, KINDS
from tertulia.forum.reports.counting import breathe
from tertulia.forum.reports.series import build_lines, build_series
from tertulia.forum.reports.tables import build_table
from tertulia.forum.unit import Unit
from tertulia.model.errors import NotFound
from tertulia.model.reports import USUAL_FACETS, Report, ReportKind, ReportQuery, Storage
from tertulia.store.reports.storage import find_size

DAY = 86_400_000
DEFAULT_DAYS = 30
MOST_DAYS = 3_660  # ten years
_BUILDERS = {"series": build_series, "stacked": build_lines, "table": build_table}


def list_reports(unit: Unit) -> list[ReportKind]:
    """Every report that there is, by title. Raises LoginRequired, NotAllowed."""
    allow(unit, "staff")
    return sorted(KINDS.values(), key=lambda kind: (kind.title, kind.type))


async def read_report(unit: Unit, query: ReportQuery) -> Report:
    """A report over the days asked for, at most the last ten years of them; today counts up to this moment.

    Raises LoginRequired, NotAllowed, and NotFound for a report that there is not."""
    allow(unit, "staff")
    kind = KINDS.get(query.type)
    if kind is None:
        raise NotFound()
    bounded = msgspec.structs.replace(query, first=max(query.first, query.last - MOST_DAYS + 1))
    return await _BUILDERS[kind.form](unit, kind, bounded)


async def read_overview(unit: Unit) -> list[Report]:
    """The last 30 days of every report: signups, topics, visits, topics, posts, then all others.

    Raises LoginRequired, NotAllowed."""
    allow(unit, "staff")
    made = await _read_many(unit, (*dict.fromkeys(FIRST), *KINDS), facets=frozenset(("total",)))
    return [*(made[type_] for type_ in FIRST), *(made[type_] for type_ in made if type_ not in FIRST)]


async def read_reports(unit: Unit, types: Iterable[str]) -> dict[str, Report]:
    """The last 30 days of these reports, and the sum of the 30 before. Raises LoginRequired, NotAllowed, NotFound."""
    return await _read_many(unit, types, facets=frozenset(("prev_period",)))


async def _read_many(unit: Unit, types: Iterable[str], *, facets: frozenset[str]) -> dict[str, Report]:
    made: dict[str, Report] = {}
    for type_ in types:
        if type_ not in made:
            made[type_] = await read_report(unit, latest(unit, type_, facets=facets))
            await breathe(unit)
    return made


def latest(unit: Unit, type_: str, *, facets: frozenset[str] = USUAL_FACETS) -> ReportQuery:
    """The last 30 days of a report, today included."""
    today = unit.now // DAY
    return ReportQuery(type=type_, first=today - DEFAULT_DAYS + 1, last=today, facets=facets)


async def read_storage(unit: Unit) -> Storage:
    """Which database the forum is in, and how much room it takes. Raises LoginRequired, NotAllowed."""
    allow(unit, "staff")
    return Storage(engine=unit.tx.engine, size=await find_size(unit.tx))
