"""What we aim at, said as shares of the ceiling, since machines differ; and whether it was reached.

Absolute numbers of the aims belong to a core on which the ceiling of the topic is 42,000 requests a second.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bench.serving.measuring import Row

REFERENCE = 42_000
_MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Share:
    """At least so much of the operation's own ceiling."""

    least: float


@dataclass(frozen=True)
class Rate:
    """At least so many a second where the ceiling of the topic is REFERENCE, elsewhere in proportion."""

    least: int


SQLITE: Mapping[str, Share | Rate] = {
    "topic": Share(0.60),
    "topic-key": Rate(6_000),
    "page": Share(0.50),
    "reply-90": Rate(600),
}
POSTGRESQL: Mapping[str, Share | Rate] = {"topic": Share(0.30), "reply-90": Rate(300)}
POSTGRESQL_WITH_REDIS: Mapping[str, Share | Rate] = {"topic": Rate(6_000), "reply-90": Rate(300)}
SQLITE_WITH_REDIS: Mapping[str, Share | Rate] = {**SQLITE, "topic": Rate(6_000)}
UNDER_WRITES = 0.010  # seconds, p99
MEMORY = 250 * _MEGABYTE
START = 1.0  # seconds


@dataclass(frozen=True)
class Judged:
    """One aim: what was wanted here, what came, and whether that is enough."""

    name: str
    wanted: str
    reached: str
    met: bool


def pick_aims(*, postgres: bool, redis: bool) -> Mapping[str, Share | Rate]:
    if postgres:
        return POSTGRESQL_WITH_REDIS if redis else POSTGRESQL
    return SQLITE_WITH_REDIS if redis else SQLITE


def judge_rows(rows: Mapping[str, Row], aims: Mapping[str, Share | Rate]) -> list[Judged]:
    """The aims that can be judged by these rows; rates need the topic's ceiling."""
    judged = []
    for name, aim in aims.items():
        row = rows.get(name)
        if row is None or (isinstance(aim, Rate) and "topic" not in rows):
            continue
        title = row.operation.title
        if isinstance(aim, Share):
            wanted, reached = f"{aim.least:.0%} of its ceiling", f"{row.ratio:.1%}"
            judged.append(Judged(title, wanted, reached, row.ratio >= aim.least))
        else:
            least = aim.least * scale(rows)
            wanted = f"{least:,.0f}/s ({aim.least:,}/s where the ceiling is {REFERENCE:,}/s)"
            judged.append(Judged(title, wanted, f"{row.ours.rate:,.0f}/s", row.ours.rate >= least))
    if "under-writes" in rows and "topic" in rows:
        judged.append(_judge_waiting(rows["under-writes"], scale(rows)))
    return judged


def scale(rows: Mapping[str, Row]) -> float:
    """How this core compares with the one that the absolute numbers belong to."""
    return rows["topic"].ceiling.rate / REFERENCE


def _judge_waiting(row: Row, scaled: float) -> Judged:
    most = UNDER_WRITES / scaled
    wanted = f"{most * 1000:.1f} ms ({UNDER_WRITES * 1000:.0f} ms on that core)"
    return Judged(f"p99 of {row.operation.title}", wanted, f"{row.ours.p99 * 1000:.1f} ms", row.ours.p99 <= most)


def judge_process(*, memory: int, start: float) -> list[Judged]:
    """Memory is PSS in bytes, the start in seconds; both as they are, whatever the core."""
    return [
        Judged("memory under load", f"{MEMORY / _MEGABYTE:.0f} MB", f"{memory / _MEGABYTE:.0f} MB", memory <= MEMORY),
        Judged("start to first answer", f"{START:.1f} s", f"{start:.2f} s", start <= START),
    ]
