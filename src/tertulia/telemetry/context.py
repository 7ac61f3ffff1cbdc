"""The id of the request (or job) that runs now, for every log line."""

from __future__ import annotations

import os
from contextvars import ContextVar

REQUEST_ID: ContextVar[str] = ContextVar("request_id", default="-")
_DIGITS = 32
_AHEAD = 256  # ids made at once: to ask the system for each took a twentieth of a quick answer
_ready: list[str] = []
os.register_at_fork(after_in_child=_ready.clear)  # no two processes may use the same


def new_request_id() -> str:
    """32 hex digits, unguessable, so that a quoted id leads to one request."""
    try:
        return _ready.pop()
    except IndexError:
        digits = os.urandom(_DIGITS // 2 * _AHEAD).hex()
        made = [digits[start : start + _DIGITS] for start in range(0, len(digits), _DIGITS)]
        _ready.extend(made[1:])
        return made[0]
