"""Counters of this process by name and labels, kept as plain numbers and printed by `http`."""

from __future__ import annotations

from collections import defaultdict

COUNTERS: defaultdict[tuple[str, tuple[tuple[str, str], ...]], float] = defaultdict(float)


def count(name: str, amount: float = 1, **labels: str) -> None:
    """Adds to a counter; labels must come from small fixed sets, never from requests' contents."""
    COUNTERS[name, tuple(sorted(labels.items()))] += amount
