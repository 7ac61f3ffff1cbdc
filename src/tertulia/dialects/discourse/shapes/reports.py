"""Reports and the dashboard. Source: the upstream's report records, and for `global_reports` the decisions."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import msgspec

from tertulia.dialects.discourse.wire import avatar, iso
from tertulia.forum.reports.days import day_text
from tertulia.model.reports import Report, ReportColumn, ReportKind, ReportPoint

_SCHEMA_VERSION = 1
_PRIMARY, _SECONDARY = "rgba(10,81,96,1)", "rgba(10,81,96,0.1)"
_COLORS = ("#0a5160", "#8a3306", "#6d7069")
_MODES = {"series": ["table", "chart"], "stacked": ["stacked_chart"], "table": ["table"]}


class ReportListItem(msgspec.Struct):
    """A report by name."""

    type: str
    title: str
    description: str
    description_link: str | None
    plugin: str | None
    plugin_display_name: str | None

    @classmethod
    def of(cls, kind: ReportKind) -> ReportListItem:
        return cls(kind.type, kind.title, kind.description, None, None, None)


class ReportList(msgspec.Struct):
    """Every report that there is."""

    reports: list[ReportListItem]


def report_of(report: Report) -> dict[str, Any]:
    """A report that was counted. `total`, `prev_period` and `limit` are there only where they are known."""
    kind, query = report.kind, report.query
    length = max(query.last - query.first + 1, 0)
    shown: dict[str, Any] = {
        **_words(kind),
        "data": _data(report),
        "start_date": _start(query.first),
        "end_date": _end(query.last),
        "prev_data": None if report.previous_points is None else _points(report.previous_points),
        "prev_start_date": _start(query.first - length),
        "prev_end_date": _start(query.first),
        "prev30Days": report.previous_30_days,
        "report_key": _key(report),
        "available_filters": _filters(report),
    }
    optional = {"total": report.total, "prev_period": report.previous_period, "limit": query.limit}
    return shown | {name: value for name, value in optional.items() if value is not None}


def unknown_report(type_: str, *, first: int, last: int) -> dict[str, Any]:
    """What stands in a bulk answer for a report that there is not."""
    nothing = ReportKind(type=type_, title="", description="")
    return {
        **_words(nothing), "title": None, "yaxis": None, "data": None,
        "start_date": _start(first), "end_date": _end(last), "error": "not_found",
    }  # fmt: skip


def _words(kind: ReportKind) -> dict[str, Any]:
    return {
        "type": kind.type,
        "title": kind.title,
        "xaxis": "Day" if kind.form != "table" else None,
        "yaxis": kind.yaxis or None,
        "description": kind.description or None,
        "description_link": None,
        "dates_filtering": kind.has_dates,
        "primary_color": _PRIMARY,
        "secondary_color": _SECONDARY,
        "labels": [_label(column) for column in kind.columns],
        "average": kind.average,
        "percent": kind.percent,
        "higher_is_better": kind.higher_is_better,
        "modes": _MODES[kind.form],
        "processing": False,
        "legacy": False,
    }


def _label(column: ReportColumn) -> dict[str, Any]:
    if column.kind == "user":
        properties = {"id": "user_id", "username": column.key, "avatar": "user_avatar_template"}
        return {"type": "user", "properties": properties, "title": column.title}
    return {"type": column.kind, "property": column.key, "title": column.title}


def _data(report: Report) -> list[dict[str, Any]]:
    if report.kind.form == "stacked":
        return [
            {"req": line.key, "label": line.title, "color": color, "data": _points(line.points)}
            for line, color in zip(report.lines, _COLORS, strict=False)
        ]
    return [_row(row.values) for row in report.rows] if report.kind.form == "table" else _points(report.points)


def _row(values: dict[str, str | int | float | None]) -> dict[str, Any]:
    if "username" not in values:
        return dict(values)
    shown = {name: value for name, value in values.items() if name != "avatar"}
    template = values["avatar"]
    picture = avatar(str(template) if template else None, username=str(values["username"]))
    return {**shown, "user_avatar_template": picture}


def _points(points: Sequence[ReportPoint]) -> list[dict[str, Any]]:
    return [{"x": day_text(point.day), "y": point.value} for point in points]


def _filters(report: Report) -> list[dict[str, Any]]:
    kind, query = report.kind, report.query
    found: list[dict[str, Any]] = []
    if kind.by_category:
        found.append({"id": "category", "type": "category", "default": query.category_id})
        found.append({"id": "include_subcategories", "type": "bool", "default": query.with_subcategories})
    if kind.by_group:
        found.append({"id": "group", "type": "group", "default": query.group_id})
    return found


def _key(report: Report) -> str:
    query = report.query
    filters = {
        "category": query.category_id, "include_subcategories": query.with_subcategories or None,
        "group": query.group_id,
    }  # fmt: skip
    chosen = {name: value for name, value in filters.items() if value is not None}
    parts = [
        "reports", query.type, day_text(query.first).replace("-", ""), day_text(query.last).replace("-", ""),
        json.dumps(sorted(query.facets)), str(query.limit or ""), json.dumps(chosen) if chosen else "",
        str(_SCHEMA_VERSION),
    ]  # fmt: skip
    return ":".join(part for part in parts if part)


def _start(day: int) -> str:
    return f"{day_text(day)}T00:00:00Z"


def _end(day: int) -> str:
    return f"{day_text(day)}T23:59:59Z"


class ReportAnswer(msgspec.Struct):
    """One report."""

    report: dict[str, Any]


class ReportsAnswer(msgspec.Struct):
    """Several reports, in the order in which they were asked for."""

    reports: list[dict[str, Any]]


class Dashboard(msgspec.Struct):
    """When it was counted, and every report with its total."""

    updated_at: str
    global_reports: list[dict[str, Any]]

    @classmethod
    def of(cls, reports: Sequence[Report], *, now: int) -> Dashboard:
        return cls(iso(now), [{"total": None, **report_of(report)} for report in reports])


class GeneralDashboard(msgspec.Struct):
    """What stands beside the reports on the first page of the dashboard."""

    updated_at: str
    discourse_updated_at: str | None
    release_notes_link: str | None
