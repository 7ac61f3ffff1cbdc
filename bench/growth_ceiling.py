"""How fast this machine is, so that rates can be told for another: the ceiling of a topic, as `make bench` finds it."""

from __future__ import annotations

import re
import subprocess
import sys

from bench.serving.aims import REFERENCE

LOAD = 20_000  # posts a second that a bulk load aims at
_ROW = re.compile(r"^\| topic of 20 posts, JSON, visitor \| [^|]*\| [^|]*\| ([0-9,]+) \|", re.MULTILINE)
_COMMAND = ("-m", "bench.serving", "--only", "topic", "--seconds", "2", "--rounds", "2")


def find_ceiling() -> float:
    """Requests a second, just now; 0.0 where it cannot be measured (without wrk, for instance)."""
    ran = subprocess.run([sys.executable, *_COMMAND], capture_output=True, text=True, timeout=300, check=False)
    return read_ceiling(ran.stdout) if ran.returncode == 0 else 0.0


def read_ceiling(report: str) -> float:
    """Requests a second, as a report of `make bench` tells them; 0.0 where it does not."""
    row = _ROW.search(report)
    return float(row[1].replace(",", "")) if row else 0.0


def tell_load(rate: float, *, ceiling: float) -> str:
    """A load of so many posts a second, said for the core that the aims are for."""
    there = rate * REFERENCE / ceiling
    verdict = "met" if there >= LOAD else "**not met**"
    return (
        f"The ceiling of a topic was {ceiling:,.0f} requests a second just before. On a core on which it is "
        f"{REFERENCE:,} the last load would have run at {there:,.0f} posts/s (aim {LOAD:,}: {verdict})."
    )
