"""Days as reports count them: whole days in UTC, numbered from 1970-01-01."""

from __future__ import annotations

from datetime import date, datetime, timedelta

_EPOCH = date(1970, 1, 1)
_LATEST_YEAR = 9990  # so that days beside a range can be written too


def parse_day(text: str) -> int | None:
    """The day of an ISO date or moment, in that moment's own words whatever its zone; None for anything else,
    and for days before 1970 or after 9990."""
    try:
        found = datetime.fromisoformat(text.strip().replace("/", "-")).date()
    except ValueError:
        return None
    return (found - _EPOCH).days if found >= _EPOCH and found.year <= _LATEST_YEAR else None


def day_text(day: int) -> str:
    """`2026-11-21`; the first day that can be written for any before it."""
    return (_EPOCH + timedelta(days=max(day, -719_000))).isoformat()
