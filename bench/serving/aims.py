"""What we aim at, said as shares of the ceiling, since machines differ; and whether it was reached.

Absolute numbers of the aims belong to a core on which the ceiling of the topic is 42,000 requests a second.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bench.serving.figures import Figure, Row

REFERENCE = 42_000
_MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Share:
    """At least so much of the operation's own ceiling."""

    least: float


@dataclass(frozen=True)
class Rate:
    """At least so many a second on that core: elsewhere the same share of the topic's ceiling."""

    least: int

    @property
    def share(self) -> float:
        return self.least / REFERENCE


@dataclass(frozen=True)
class Wait:
    """At most so many seconds for 99 of 100 requests on that core: elsewhere as many times longer as it is slower."""

    most: float


Aims = Mapping[str, Share | Rate | Wait]
SQLITE: Aims = {
    "topic": Share(0.60),
    "topic-key": Rate(6_000),
    "page": Share(0.50),
    "reply-90": Rate(600),
    "under-writes": Wait(0.010),
}
POSTGRESQL: Aims = {"topic": Share(0.30), "reply-90": Rate(300)}
REDIS: Aims = {"topic": Rate(6_000)}
MEMORY = 250 * _MEGABYTE
START = 1.0  # seconds on that core


@dataclass(frozen=True)
class Judged:
    """One aim: what was wanted here, what came, and whether that is enough."""

    name: str
    wanted: str
    reached: str
    met: bool


def pick_aims(*, postgres: bool, redis: bool) -> Aims:
    """Those of the engine. With limits in Redis there is one of its own, beside PostgreSQL's for replies."""
    if redis:
        return {**POSTGRESQL, **REDIS}
    return POSTGRESQL if postgres else SQLITE


def judge_rows(rows: Mapping[str, Row], aims: Aims) -> list[Judged]:
    """The aims that can be judged by these rows; rates need the topic's ceiling."""
    judged = []
    for name, aim in aims.items():
        row = rows.get(name)
        if row is None or (not isinstance(aim, Share) and "topic" not in rows):
            continue
        if isinstance(aim, Wait):
            judged.append(_judge_waiting(row, aim, slower(rows["topic"].ceiling)))
            continue
        if isinstance(aim, Share):
            wanted, least, reached = f"{aim.least:.0%} of its ceiling", aim.least, row.share_of(row.ceiling)
        else:
            least, reached = aim.share, row.share_of(rows["topic"].ceiling)
            wanted = f"{least:.2%} of the topic's ceiling ({aim.least:,}/s on that core)"
        judged.append(Judged(row.title, wanted, f"{reached:.2%}", reached >= least))
    return judged


def slower(ceiling: Figure) -> float:
    """How many times as long this core takes for the topic's ceiling as that of the absolute numbers."""
    return (ceiling.cpu or 1 / ceiling.rate) * REFERENCE


def _judge_waiting(row: Row, aim: Wait, times: float) -> Judged:
    most = aim.most * times
    wanted = f"{most * 1000:.1f} ms ({aim.most * 1000:.0f} ms on that core)"
    return Judged(f"p99 of {row.title}", wanted, f"{row.ours.p99 * 1000:.1f} ms", row.ours.p99 <= most)


def judge_process(*, memory: int, start: float, ceiling: Figure | None) -> list[Judged]:
    """Memory is PSS in bytes, whatever the core; the start in seconds, of this core if the topic's ceiling is known."""
    most = START * slower(ceiling) if ceiling is not None else START
    wanted = f"{most:.2f} s ({START:.1f} s on that core)" if ceiling is not None else f"{START:.1f} s"
    return [
        Judged("memory under load", f"{MEMORY / _MEGABYTE:.0f} MB", f"{memory / _MEGABYTE:.0f} MB", memory <= MEMORY),
        Judged("start to first answer", wanted, f"{start:.2f} s", start <= most),
    ]
