"""Figures: what one server did in one operation, and how it compares with the ceiling."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from bench.serving.wrk import Load


@dataclass(frozen=True)
class Slice:
    """One turn of one server; `cpu` in seconds where its process is ours; `beside` is what was written meanwhile."""

    load: Load
    cpu: float | None = None
    beside: Load | None = None


@dataclass(frozen=True)
class Figure:
    """All turns of one server in one operation. Times in seconds."""

    slices: Sequence[Slice]

    @property
    def rate(self) -> float:
        """Requests a second, without those that were written beside."""
        return _rate([each.load for each in self.slices])

    @property
    def beside_rate(self) -> float | None:
        """Of what was written beside."""
        loads = [each.beside for each in self.slices if each.beside]
        return _rate(loads) if loads else None

    @property
    def p50(self) -> float:
        return statistics.median(each.load.p50 for each in self.slices)

    @property
    def p99(self) -> float:
        return statistics.median(each.load.p99 for each in self.slices)

    @property
    def cpu(self) -> float | None:
        """CPU time of one request, those beside counted as well; None for a server that is not ours."""
        done = sum(each.load.requests + (each.beside.requests if each.beside else 0) for each in self.slices)
        used = self._used()
        return None if used is None else used / done

    @property
    def share(self) -> float | None:
        """How much of a core the process got; the rest is waiting, or somebody else's."""
        used = self._used()
        return None if used is None else used / sum(each.load.seconds for each in self.slices)

    def _used(self) -> float | None:
        known = [each.cpu for each in self.slices if each.cpu is not None]
        return sum(known) if len(known) == len(self.slices) else None


def _rate(loads: Sequence[Load]) -> float:
    return sum(each.requests for each in loads) / sum(each.seconds for each in loads)


@dataclass(frozen=True)
class Row:
    """One operation on every server; `bytes` is the length of an answer."""

    name: str
    title: str
    bytes: float
    ours: Figure
    ceiling: Figure
    peer: Figure | None = None

    @property
    def ratio(self) -> float:
        """Our requests a second as a share of the ceiling's."""
        return self.ours.rate / self.ceiling.rate

    @property
    def cpu_ratio(self) -> float | None:
        """The same by CPU time of a request, which others on the machine disturb less."""
        return by_cpu(self.ours, self.ceiling)

    def share_of(self, ceiling: Figure) -> float:
        """Our share of that ceiling by requests or by CPU time, whichever is less.

        By requests a ceiling looks low that did not get its whole core; by CPU time waiting costs nothing."""
        ratio, cpu_ratio = self.ours.rate / ceiling.rate, by_cpu(self.ours, ceiling)
        return ratio if cpu_ratio is None else min(ratio, cpu_ratio)


def by_cpu(ours: Figure, ceiling: Figure) -> float | None:
    """How much of the ceiling's work a second ours does, if each has a whole core."""
    return ceiling.cpu / ours.cpu if ours.cpu and ceiling.cpu else None
