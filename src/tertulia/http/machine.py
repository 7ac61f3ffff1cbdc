"""Rows for machines that watch the server: status, metrics, and the description of all routes."""

from __future__ import annotations

from tertulia.http.call import TEXT, Answer, Call
from tertulia.http.routing import Row
from tertulia.telemetry.counters import COUNTERS


async def get_status(call: Call) -> Answer:
    """`ok` while requests are served (source: upstream's load balancer check)."""
    return Answer(b"ok", content_type=TEXT)


async def get_metrics(call: Call) -> Answer:
    """Counters of this process in the Prometheus text format."""
    lines = [_line(name, labels, amount) for (name, labels), amount in sorted(COUNTERS.items())]
    return Answer(("\n".join(lines) + "\n").encode(), content_type="text/plain; version=0.0.4; charset=utf-8")


def _line(name: str, labels: tuple[tuple[str, str], ...], amount: float) -> str:
    shown = ",".join(f'{key}="{value}"' for key, value in labels)
    return f"tertulia_{name}{{{shown}}} {amount:g}"


def machine_rows() -> tuple[Row, ...]:
    """Reachable without log-in on every site; metrics only for staff."""
    return (
        Row("GET", "/srv/status", get_status, dialect="discourse", limit="open", summary="Whether the server runs"),
        Row("GET", "/metrics", get_metrics, access="admin", dialect="discourse", summary="Counters for Prometheus"),
    )
