"""The line of each request: encoded at once, written in batches, never later than a tenth of a second.

A busy server writes thousands of these in a second; one system call each would cost more than many an answer.
"""

from __future__ import annotations

import asyncio
import atexit
import logging
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from tertulia.telemetry.context import REQUEST_ID

FLUSH_SECONDS = 0.1
_MOST_LINES = 1_000
_LOG = logging.getLogger("tertulia.http")
_encode = msgspec.json.Encoder(enc_hook=str).encode


class RequestLines:
    """Lines that wait to be written to standard error. `make` makes one; without it JSON is made here."""

    def __init__(self, make: Callable[[str, Mapping[str, Any]], str] | None = None) -> None:
        self._make = make
        self._lines: list[bytes] = []
        self._timer: asyncio.TimerHandle | None = None
        self._second = (0, "")

    def add(self, request_id: str, facts: Mapping[str, Any]) -> None:
        """One line; `flush` follows soon."""
        if self._make is not None:
            line = self._make(request_id, facts).encode("utf-8", "backslashreplace")
        else:
            now = time.time()
            second = int(now)
            if self._second[0] != second:
                self._second = (second, time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(second)))
            moment = f"{self._second[1]}.{int(now % 1 * 1000):03d}Z"
            line = _encode(
                {
                    "time": moment,
                    "level": "info",
                    "logger": "tertulia.http",
                    "request_id": request_id,
                    "message": "request",
                    **facts,
                }
            )
        self._lines.append(line)
        if len(self._lines) >= _MOST_LINES:
            self.flush()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(FLUSH_SECONDS, self.flush)

    def flush(self) -> None:
        """Writes what waits."""
        timer, self._timer = self._timer, None
        if timer is not None:
            timer.cancel()
        lines, self._lines = self._lines, []
        if lines:
            text = b"\n".join(lines).decode("utf-8", "backslashreplace")
            try:
                sys.stderr.write(text + "\n")
                sys.stderr.flush()
            except (OSError, ValueError):
                return  # nobody reads; that is no reason not to serve


class _Place:
    """Where lines go in this process; None: through the standard library, as tests and embedders expect."""

    lines: RequestLines | None = None


def write_in_batches(lines: RequestLines | None) -> None:
    """From now on requests are written by `lines`, the rest of which is written at exit."""
    flush_requests()
    _Place.lines = lines
    if lines is not None:
        atexit.register(lines.flush)


def flush_requests() -> None:
    """Writes the lines that wait, so that what is logged otherwise comes after them."""
    if _Place.lines is not None:
        _Place.lines.flush()


def log_request(request_id: str, facts: Mapping[str, Any]) -> None:
    """Logs one request."""
    if not _LOG.isEnabledFor(logging.INFO):
        return
    if _Place.lines is not None:
        _Place.lines.add(request_id, facts)
        return
    token = REQUEST_ID.set(request_id)
    _LOG.info("request", extra={"facts": facts})
    REQUEST_ID.reset(token)
