"""What may be asked about webhooks, beside the other rows in `../routes.py`. All of it is for admins."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tertulia.http.routing import Row
from tertulia.http.routing.later import LaterModule

web_hooks = LaterModule("tertulia.dialects.discourse.admin.web_hooks")
_HOOK = "/admin/api/web_hooks/{hook_id:int}"


def _row(method: str, path: str, handler: Callable[..., Any], action: str, summary: str) -> Row:
    name = f"admin::web_hooks/{action}"
    return Row(method, path, handler, name=name, access="admin", summary=summary, dialect="discourse")


WEBHOOK_ROWS = (
    _row("GET", "/admin/api/web_hooks", web_hooks.get_web_hooks, "index", "Webhooks"),
    _row("POST", "/admin/api/web_hooks", web_hooks.create_web_hook, "create", "Makes a webhook"),
    _row("GET", _HOOK, web_hooks.get_web_hook, "show", "A webhook"),
    _row("PUT", _HOOK, web_hooks.update_web_hook, "update", "Changes a webhook"),
    _row("DELETE", _HOOK, web_hooks.delete_web_hook, "destroy", "Deletes a webhook"),
    _row("GET", "/admin/api/web_hook_events/{hook_id:int}", web_hooks.get_events, "list_events", "Its deliveries"),
    _row("GET", f"{_HOOK}/events", web_hooks.get_events, "list_events", "Its deliveries, under its own address"),
    _row("GET", f"{_HOOK}/events/bulk", web_hooks.get_events_by_id, "bulk_events", "Deliveries by id"),
    _row("POST", f"{_HOOK}/events/{{event_id:int}}/redeliver", web_hooks.redeliver_event, "redeliver_event",
         "Sends a delivery again"),
    _row("POST", f"{_HOOK}/events/failed_redeliver", web_hooks.redeliver_failed_events, "redeliver_failed_events",
         "Sends failed deliveries again"),
    _row("POST", f"{_HOOK}/ping", web_hooks.ping, "ping", "Sends a ping"),
)  # fmt: skip
