"""Spelling: times, and what the wire calls things that the core calls otherwise."""

from __future__ import annotations

import time

_MINUTES: dict[int, str] = {}
_KEPT_MINUTES = 10_000


def iso(ms: int) -> str:
    """ISO 8601 with milliseconds, UTC: `2026-11-21T15:00:00.000Z`. The minute's text is kept between calls."""
    minute, rest = divmod(ms, 60_000)
    prefix = _MINUTES.get(minute)
    if prefix is None:
        if len(_MINUTES) >= _KEPT_MINUTES:
            _MINUTES.clear()
        prefix = _MINUTES[minute] = time.strftime("%Y-%m-%dT%H:%M:", time.gmtime(minute * 60))
    seconds, milliseconds = divmod(rest, 1000)
    return f"{prefix}{seconds:02d}.{milliseconds:03d}Z"


def maybe_iso(ms: int | None) -> str | None:
    return None if ms is None else iso(ms)


def parse_time(text: str) -> int | None:
    """Milliseconds of an ISO 8601 text (with or without zone; UTC then) or of Unix seconds; None if it is neither."""
    from datetime import UTC, datetime

    text = text.strip()
    if text.replace(".", "", 1).isdigit() and len(text) <= 13:
        return int(float(text) * 1000)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return int(moment.timestamp() * 1000)


def avatar(template: str | None, *, username: str) -> str:
    """The avatar template with `{size}`; letters where nobody gave a picture."""
    from tertulia.forum.addresses import letter_avatar

    return template or letter_avatar(username)
