"""Logs through the standard library: one JSON object per line, or a readable line for terminals."""

from __future__ import annotations

import logging
import re
import sys
import time
from collections.abc import Mapping
from typing import Any

import msgspec

from tertulia.telemetry.context import REQUEST_ID
from tertulia.telemetry.requests import RequestLines, flush_requests, write_in_batches

# A path or a name with line breaks or escape codes must not write lines of its own.
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\ud800-\udfff]+")
_encode = msgspec.json.Encoder(enc_hook=str).encode


class JsonFormatter(logging.Formatter):
    """`{"time","level","logger","request_id","message",...}`; the fields given as `extra={"facts": {...}}` join in."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)) + f".{int(record.msecs):03d}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "request_id": REQUEST_ID.get(),
            "message": record.getMessage(),
            **getattr(record, "facts", {}),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return _encode(line).decode()


class TextFormatter(logging.Formatter):
    """`12:00:01 info request_id message key=value`."""

    def format(self, record: logging.LogRecord) -> str:
        clock = time.strftime("%H:%M:%S", time.localtime(record.created))
        facts = " ".join(f"{key}={value}" for key, value in getattr(record, "facts", {}).items())
        line = f"{clock} {record.levelname.lower()} {REQUEST_ID.get()[:8]} {record.getMessage()} {facts}".rstrip()
        text = _UNPRINTABLE.sub(lambda found: found[0].encode("unicode_escape").decode(), line)
        return text + "\n" + self.formatException(record.exc_info) if record.exc_info else text


class _StandardError(logging.Handler):
    """Writes to whatever standard error is at that moment, which a supervisor or a test may have replaced."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            flush_requests()
            sys.stderr.write(self.format(record) + "\n")
            sys.stderr.flush()
        except Exception:
            self.handleError(record)


def _request_text(request_id: str, facts: Mapping[str, Any]) -> str:
    shown = " ".join(f"{key}={value}" for key, value in facts.items())
    line = f"{time.strftime('%H:%M:%S')} info {request_id[:8]} request {shown}"
    return _UNPRINTABLE.sub(lambda found: found[0].encode("unicode_escape").decode(), line)


def set_up_logs(*, level: str, form: str) -> None:
    """Sends every logger to standard error in the given form (json or text)."""
    handler = _StandardError()
    handler.setFormatter(JsonFormatter() if form == "json" else TextFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    write_in_batches(RequestLines(None if form == "json" else _request_text))
    logging.getLogger("uvicorn.access").disabled = True  # the kit logs each request itself, with its id
