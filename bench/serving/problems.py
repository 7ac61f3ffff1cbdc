"""What ends a measurement."""

from __future__ import annotations


class Problem(Exception):
    """A measurement that cannot be made or trusted, in one sentence that says what to do."""
