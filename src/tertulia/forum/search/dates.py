"""Dates as people write them into a search: `2026-03`, `12` days, `yesterday`, `monday`, `march`.

Read next: `search/operators.py`.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

_DAYS_AGO = re.compile(r"[0-9]{1,3}")
_DATE = re.compile(r"([12][0-9]{3})(?:-([0-9]{1,2}))?(?:-([0-9]{1,2}))?")
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
    "november", "december",
)  # fmt: skip


def parse_date(word: str, *, now: int) -> int | None:
    """Gives the beginning of the day (UTC) that is meant, in milliseconds since the epoch, or None.

    A year or month means its first day; up to three digits are a number of days ago; the name of a weekday or
    month (months also by their first three letters) is the last such day or month that has begun.
    """
    today = datetime.fromtimestamp(now / 1000, UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    text = word.strip().lower()
    try:
        day = _named(text, today=today) or _numbered(text, today=today)
    except (ValueError, OverflowError):
        return None
    return None if day is None else int(day.timestamp()) * 1000


def _named(text: str, *, today: datetime) -> datetime | None:
    if text == "today":
        return today
    if text == "yesterday":
        return today - timedelta(days=1)
    if text in _WEEKDAYS:
        return today - timedelta(days=(today.weekday() - _WEEKDAYS.index(text)) % 7)
    month = next((number for number, name in enumerate(_MONTHS, start=1) if text in (name, name[:3])), None)
    if month is not None:
        return today.replace(year=today.year - (month > today.month), month=month, day=1)
    return None


def _numbered(text: str, *, today: datetime) -> datetime | None:
    if _DAYS_AGO.fullmatch(text):
        return today - timedelta(days=int(text))
    found = _DATE.fullmatch(text)
    if found is None:
        return None
    return datetime(int(found[1]), int(found[2] or 1), int(found[3] or 1), tzinfo=UTC)
