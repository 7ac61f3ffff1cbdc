"""The report in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from bench.serving.aims import Judged
from bench.serving.figures import Figure, Row

_QUIET = 0.9  # share of its core that a server under full load gets on a machine that does nothing else


def write_report(facts: Mapping[str, str], rows: Sequence[Row], judged: Sequence[Judged]) -> str:
    """The whole report."""
    parts = ["# What one core serves", _MADE, _list(facts.items()), "## Operations", _operations(rows), _HOW]
    if any(row.peer for row in rows):
        parts += ["## Beside the peer", _peers(rows)]
    parts += ["## Aims", _aims(judged)]
    if warning := _warn(rows):
        parts.insert(3, warning)
    return "\n\n".join(parts) + "\n"


_MADE = "<!-- Written by `make bench`. -->"
_HOW = """\
The ceiling is the same bytes from memory through a bare Starlette application on the same core, measured before,
between and after ours. *ratio*: our requests a second to the ceiling's; *by CPU*: the ceiling's CPU time of a request
to ours, which others on the machine disturb less. Latencies are medians over the turns, and count the time
that a request could not be sent because the one before it was late. *its p99*: the ceiling's.
*core*: how much of its core our server got, the rest being waiting or others' work."""


def _operations(rows: Iterable[Row]) -> str:
    head = [
        "operation",
        "answer",
        "ours /s",
        "ceiling /s",
        "ratio",
        "by CPU",
        "p50 ms",
        "p99 ms",
        "its p99",
        "CPU us",
        "core",
    ]
    return _table(head, [_operation(row) for row in rows])


def _operation(row: Row) -> list[str]:
    ours = row.ours
    title = row.title + (f" ({ours.beside_rate:,.0f}/s)" if ours.beside_rate is not None else "")
    return [
        title,
        f"{row.bytes / 1000:.1f} kB",
        f"{ours.rate:,.0f}",
        f"{row.ceiling.rate:,.0f}",
        f"{row.ratio:.1%}",
        "-" if row.cpu_ratio is None else f"{row.cpu_ratio:.1%}",
        _milliseconds(ours.p50),
        _milliseconds(ours.p99),
        _milliseconds(row.ceiling.p99),
        "-" if ours.cpu is None else f"{ours.cpu * 1e6:,.0f}",
        "-" if ours.share is None else f"{ours.share:.0%}",
    ]


def _peers(rows: Iterable[Row]) -> str:
    head = ["operation", "ours /s", "peer /s", "times", "ours p50, p99 ms", "peer p50, p99 ms"]
    return _table(head, [_beside(row, row.peer) for row in rows if row.peer])


def _beside(row: Row, peer: Figure) -> list[str]:
    return [
        row.title,
        f"{row.ours.rate:,.0f}",
        f"{peer.rate:,.0f}",
        f"{row.ours.rate / peer.rate:.1f}",
        f"{_milliseconds(row.ours.p50)}, {_milliseconds(row.ours.p99)}",
        f"{_milliseconds(peer.p50)}, {_milliseconds(peer.p99)}",
    ]


def _aims(judged: Sequence[Judged]) -> str:
    if not judged:
        return "None of the aims is about what was measured."
    return _table(
        ["aim", "wanted here", "reached", "met"],
        [[each.name, each.wanted, each.reached, "yes" if each.met else "**no**"] for each in judged],
    )


def _warn(rows: Iterable[Row]) -> str:
    """For readers of figures that others have disturbed: the ceiling does nothing but use its core."""
    shares = [row.ceiling.share for row in rows if row.ceiling.share is not None]
    if not shares or min(shares) >= _QUIET:
        return ""
    return (
        f"**Not a quiet machine**: the ceiling's server got only {min(shares):.0%} of its core at times: there was"
        " other work, or the load did not keep up. Trust the ratios by CPU, not the absolute numbers."
    )


def _milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:.2f}" if seconds < 0.01 else f"{seconds * 1000:.1f}"


def _list(items: Iterable[tuple[str, str]]) -> str:
    return "\n".join(f"- {name}: {value}" for name, value in items)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
