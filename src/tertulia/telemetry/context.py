"""The id of the request (or job) that runs now, for every log line."""

from __future__ import annotations

import os
from contextvars import ContextVar

REQUEST_ID: ContextVar[str] = ContextVar("request_id", default="-")


def new_request_id() -> str:
    """32 hex digits, unguessable, so that a quoted id leads to one request."""
    return os.urandom(16).hex()
