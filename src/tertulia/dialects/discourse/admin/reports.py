"""Reports and the dashboard, for staff."""

from __future__ import annotations

from typing import Any

from tertulia.dialects.discourse.answers import nothing
from tertulia.dialects.discourse.shapes.reports import (
    Dashboard,
    GeneralDashboard,
    ReportAnswer,
    ReportList,
    ReportListItem,
    ReportsAnswer,
    report_of,
    unknown_report,
)
from tertulia.dialects.discourse.wire import iso
from tertulia.forum.reports.days import parse_day
from tertulia.forum.reports.reading import list_reports, read_overview, read_report
from tertulia.http.bodies import Parameters
from tertulia.http.call import Answer, Call
from tertulia.model.errors import NotFound, ParameterInvalid, ParameterMissing
from tertulia.model.reports import USUAL_FACETS, ReportQuery

DAY = 86_400_000
_DEFAULT_LENGTH = 30  # source: upstream ends 30 days after the start, and starts yesterday
_MOST_REPORTS = 100


async def get_reports(call: Call) -> ReportList:
    return ReportList([ReportListItem.of(kind) for kind in list_reports(call.unit)])


async def get_report(call: Call) -> ReportAnswer:
    query = _query(call.word("type"), call.query, today=call.unit.now // DAY)
    return ReportAnswer(report_of(await read_report(call.unit, query)))


async def get_bulk(call: Call) -> ReportsAnswer:
    asked = call.query.nested("reports")
    if not asked.values:
        raise ParameterMissing(name="reports")
    if len(asked.values) > _MOST_REPORTS:
        raise ParameterInvalid(name="reports", problem="range")
    today = call.unit.now // DAY
    queries = [_query(type_, _nested(asked, type_), today=today) for type_ in asked]
    return ReportsAnswer([await _found(call, query) for query in queries])


async def get_dashboard(call: Call) -> Dashboard:
    return Dashboard.of(await read_overview(call.unit), now=call.unit.now)


async def get_general(call: Call) -> GeneralDashboard:
    return GeneralDashboard(iso(call.unit.now), None, None)


async def get_nothing(call: Call) -> Answer:
    """These parts of the dashboard are pages of the upstream's client, and hold no data (source: their controller)."""
    answer = nothing()
    answer.status = 204
    return answer


async def _found(call: Call, query: ReportQuery) -> dict[str, Any]:
    try:
        return report_of(await read_report(call.unit, query))
    except NotFound:
        return unknown_report(query.type, first=query.first, last=query.last)


def _nested(asked: Parameters, type_: str) -> Parameters:
    """What was asked about one report; a bare name asks for what is usual."""
    return asked.nested(type_) if isinstance(asked.value(type_), dict) else Parameters({})


def _query(type_: str, parameters: Parameters, *, today: int) -> ReportQuery:
    first = _day(parameters, "start_date", default=today - 1)
    last = _day(parameters, "end_date", default=first + _DEFAULT_LENGTH)
    filters = parameters.nested("filters")
    facets = parameters.texts("facets") if isinstance(parameters.value("facets"), list) else []
    return ReportQuery(
        type=type_,
        first=first,
        last=last,
        category_id=_id(parameters, "category_id") or _id(filters, "category"),
        with_subcategories=filters.boolean("include_subcategories", default=False),
        group_id=_id(parameters, "group_id") or _id(filters, "group"),
        facets=frozenset(facets) or USUAL_FACETS,
        limit=parameters.integer("limit", minimum=0, maximum=100_000) or None,
        live=not parameters.boolean("cache", default=True),
    )


def _id(parameters: Parameters, name: str) -> int | None:
    """Numbers below 1 narrow nothing, as upstream."""
    number = parameters.integer(name)
    return number if number is not None and number > 0 else None


def _day(parameters: Parameters, name: str, *, default: int) -> int:
    """The day of a date or a moment in its own words, whatever its zone. Raises ParameterInvalid."""
    text = (parameters.text(name) or "").strip()
    if not text:
        return default
    day = parse_day(text)
    if day is None:
        raise ParameterInvalid(name=name, problem="time")
    return day
