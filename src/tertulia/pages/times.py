"""Times for people: how long ago, with the exact moment in `datetime` and on hover. All from epoch milliseconds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache

from markupsafe import Markup

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST, _LAST = -62_135_596_800_000, 253_402_300_799_000  # the years 1 to 9999
_MINUTE, _HOUR, _DAY = 60_000, 3_600_000, 86_400_000
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def moment(ms: int) -> datetime:
    """The moment in UTC; what lies beyond the years 1 to 9999 becomes the nearest that can be shown."""
    return _EPOCH + timedelta(milliseconds=min(max(ms, _FIRST), _LAST))


def day(ms: int) -> str:
    """The day as people write it: `3 May 2024`."""
    at = moment(ms)
    return f"{at.day} {_MONTHS[at.month - 1]} {at.year}"


def ago(ms: int, *, now: int) -> str:
    """How long ago, in words; the day for anything older than four weeks or yet to come."""
    passed = now - ms
    if passed < -_MINUTE or passed >= 28 * _DAY:
        return day(ms)
    if passed < _MINUTE:
        return "just now"
    if passed < _HOUR:
        return f"{passed // _MINUTE} min ago"
    if passed < _DAY:
        return f"{passed // _HOUR} h ago"
    days = passed // _DAY
    return "yesterday" if days == 1 else f"{days} days ago"


def time_tag(ms: int, *, now: int) -> Markup:
    """The `time` element for a moment."""
    return Markup(f"{_opening(ms)}{ago(ms, now=now)}</time>")  # digits and our own words, nothing to escape


@lru_cache(maxsize=4096)
def _opening(ms: int) -> str:
    at = moment(ms)
    iso = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return f'<time datetime="{iso}" title="{day(ms)}, {at:%H:%M} UTC">'
