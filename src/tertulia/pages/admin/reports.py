"""The list of reports, and a report: a form for its days, a chart, and the numbers as a table."""

from __future__ import annotations

import msgspec

from tertulia.forum.reports.days import day_text, parse_day
from tertulia.forum.reports.reading import latest, list_reports, read_report
from tertulia.http.call import Answer, Call
from tertulia.model.errors import ParameterInvalid
from tertulia.model.reports import Number, Report, ReportKind, ReportQuery
from tertulia.pages.admin.charts import Chart, chart, filled
from tertulia.pages.rendering import Around, page

_GROUPS = (("Requests", ("_reqs", "page_views", "api_requests")), ("Messages", ("private_messages",)))


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One chart with what it shows."""

    title: str
    chart: Chart


async def get_reports(call: Call) -> Answer:
    kinds = list_reports(call.unit)
    return page(
        call,
        "admin/reports.html",
        around=Around(title="Reports", section="admin", json_path="/admin/reports.json", noindex=True),
        groups=_grouped(kinds),
    )


async def get_report(call: Call) -> Answer:
    usual = latest(call.unit, call.word("type"))
    query = msgspec.structs.replace(
        usual,
        first=_day(call, "start_date", default=usual.first),
        last=_day(call, "end_date", default=usual.last),
        category_id=call.query.integer("category_id", minimum=1),
    )
    return _render(call, await read_report(call.unit, query))


def _render(call: Call, report: Report) -> Answer:
    kind, query = report.kind, report.query
    return page(
        call,
        "admin/report.html",
        around=Around(title=kind.title, section="admin", json_path=_json_path(query), noindex=True),
        kind=kind,
        first=day_text(query.first),
        last=day_text(query.last),
        category_id=query.category_id,
        empty=query.first > query.last,
        lines=_lines(report),
        numbers=_numbers(report),
        heads=_heads(report),
        rows=_rows(report),
    )


def _json_path(query: ReportQuery) -> str:
    return f"/admin/reports/{query.type}.json?start_date={day_text(query.first)}&end_date={day_text(query.last)}"


def _lines(report: Report) -> list[Line]:
    if report.kind.form == "stacked":
        return [Line(title=each.title, chart=chart(report, each.points, title=each.title)) for each in report.lines]
    if report.kind.form == "series":
        return [Line(title="", chart=chart(report, report.points, title=report.kind.title))]
    return []


def _numbers(report: Report) -> list[tuple[str, str]]:
    kind = report.kind
    summed = sum(point.value for point in report.points) if kind.form == "series" and not kind.average else None
    totals: tuple[tuple[str, Number | None], ...] = (("Total", report.total),)
    if summed is not None and report.total is not None:
        totals = (("In these days", summed), ("Ever", report.total if report.total != summed else None))
    shown = (*totals, ("The 30 days before", report.previous_30_days))
    percent = " %" if kind.percent else ""
    return [(name, f"{value:,}{percent}") for name, value in shown if value is not None]


def _heads(report: Report) -> list[str]:
    if report.kind.form == "stacked":
        return ["Day", *(line.title for line in report.lines)]
    return [column.title for column in report.kind.columns]


def _rows(report: Report) -> list[list[str]]:
    """Days, the latest first; without days what the report's table holds."""
    query = report.query
    if report.kind.form == "table":
        keys = [column.key for column in report.kind.columns]
        return [[_text(row.values.get(key)) for key in keys] for row in report.rows]
    lines = [line.points for line in report.lines] or [report.points]
    columns = [filled(points, first=query.first, last=query.last) for points in lines]
    days = range(query.last - query.first + 1)
    return [[day_text(query.first + at), *(_text(column[at][1]) for column in columns)] for at in reversed(days)]


def _text(value: str | int | float | None) -> str:
    return "" if value is None else value if isinstance(value, str) else f"{value:,}"


def _grouped(kinds: list[ReportKind]) -> list[tuple[str, list[ReportKind]]]:
    def group(kind: ReportKind) -> str:
        return next((name for name, ends in _GROUPS if any(end in kind.type for end in ends)), "The forum")

    names = ("The forum", *(name for name, _ in _GROUPS))
    return [(name, [kind for kind in kinds if group(kind) == name]) for name in names]


def _day(call: Call, name: str, *, default: int) -> int:
    text = call.query.text(name, default="").strip()
    if not text:
        return default
    day = parse_day(text)
    if day is None:
        raise ParameterInvalid(name=name, problem="time")
    return day
