"""What may be asked about reports and the dashboard: staff only, and by keys that may do everything.

Source: the contract's route table.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tertulia.http.routing import Row
from tertulia.http.routing.later import LaterModule

reports = LaterModule("tertulia.dialects.discourse.admin.reports")


def _get(path: str, handler: Callable[..., Any], name: str, **options: Any) -> Row:
    return Row("GET", path, handler, name=name, dialect="discourse", access="staff", **options)


_DASHBOARD = "admin::dashboard"
REPORT_ROWS = (
    _get("/admin/reports", reports.get_reports, "admin::reports/index", summary="Which reports there are"),
    _get("/admin/reports/bulk", reports.get_bulk, "admin::reports/bulk", summary="Several reports at once"),
    _get("/admin/reports/{type}", reports.get_report, "admin::reports/show", summary="A report"),
    _get("/admin/dashboard", reports.get_dashboard, f"{_DASHBOARD}/index", summary="Every report with its total"),
    _get("/admin/dashboard/general", reports.get_general, f"{_DASHBOARD}/general"),
    _get("/admin/dashboard/moderation", reports.get_nothing, f"{_DASHBOARD}/moderation", status=204),
    _get("/admin/dashboard/security", reports.get_nothing, f"{_DASHBOARD}/security", status=204),
    _get("/admin/dashboard/reports", reports.get_nothing, f"{_DASHBOARD}/reports", status=204),
)
