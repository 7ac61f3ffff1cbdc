"""The dashboard: the numbers of the last 30 days, what the forum runs on, and calls that need another key."""

from __future__ import annotations

import msgspec

import tertulia
from tertulia.forum.keys.deprecated import list_deprecated_calls
from tertulia.forum.reports.reading import read_reports, read_storage
from tertulia.http.call import Answer, Call
from tertulia.model.keys import DeprecatedCall
from tertulia.model.reports import Number, Report
from tertulia.pages.admin.charts import Chart, chart
from tertulia.pages.rendering import Around, page

_SHOWN = {
    "signups": "Signups",
    "topics": "Topics",
    "posts": "Posts",
    "page_view_total_reqs": "Page views",
    "dau_by_mau": "DAU/MAU",
}
_ENGINES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
_MOST_CALLS = 50


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """A number of the last 30 days beside that of the 30 before, with its chart."""

    title: str
    href: str
    number: str
    before: str
    chart: Chart


class CallLine(msgspec.Struct, frozen=True, kw_only=True):
    """Who calls in a way that is read no longer."""

    route: str
    key: str
    address: str
    agent: str
    calls: int
    first_at: int
    last_at: int


def figure(report: Report, *, title: str) -> Figure:
    kind = report.kind
    return Figure(
        title=title,
        href=f"/admin/reports/{kind.type}",
        number=_shown(_together(report), percent=kind.percent),
        before=_shown(report.previous_period or 0, percent=kind.percent),
        chart=chart(report, report.points, title=title),
    )


def call_line(call: DeprecatedCall) -> CallLine:
    return CallLine(
        route=call.route,
        key=f"{call.key.description} {call.key.truncated}…".strip() if call.key is not None else "",
        address=call.address,
        agent=call.agent,
        calls=call.calls,
        first_at=call.first_at,
        last_at=call.last_at,
    )


async def get_dashboard(call: Call) -> Answer:
    reports = await read_reports(call.unit, _SHOWN)
    storage = await read_storage(call.unit)
    calls = await list_deprecated_calls(call.unit)
    return page(
        call,
        "admin/dashboard.html",
        around=Around(title="Dashboard", section="admin", json_path="/admin/dashboard.json", noindex=True),
        figures=[figure(reports[type_], title=title) for type_, title in _SHOWN.items()],
        facts=_facts(storage.engine, storage.size),
        calls=[call_line(each) for each in calls[:_MOST_CALLS]],
    )


def _facts(engine: str, size: int) -> tuple[tuple[str, str], ...]:
    return (
        ("Version", tertulia.__version__),
        ("Database", _ENGINES.get(engine, engine)),
        ("Room taken", _room(size)),
    )


def _room(size: int) -> str:
    for unit, bytes_ in (("GB", 10**9), ("MB", 10**6)):
        if size >= bytes_:
            return f"{size / bytes_:.1f} {unit}"
    return f"{size // 1000} kB"


def _together(report: Report) -> Number:
    values = [point.value for point in report.points]
    if report.kind.average:
        return round(sum(values) / len(values), 1) if values else 0
    return sum(values)


def _shown(number: Number, *, percent: bool) -> str:
    return f"{round(number, 1)} %" if percent else f"{number:,}"
