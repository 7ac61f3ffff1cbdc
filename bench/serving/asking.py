"""Single requests outside the measured time: to learn what a forum holds, and to see that it answers as it should."""

from __future__ import annotations

import http.client
import json
import secrets
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from bench.serving.plans import Step, all_headers
from bench.serving.problems import Problem

_PATIENCE = 30  # seconds
_SHOWN = 300
# What each server says for itself; the rest of an answer's headers is counted among its bytes.
_OWN = {"date", "server", "connection", "keep-alive", "transfer-encoding", "content-length"}


@dataclass(frozen=True)
class Answered:
    """An answer as it came."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    @property
    def own_headers(self) -> list[tuple[str, str]]:
        return [(name, value) for name, value in self.headers if name.lower() not in _OWN]


def ask(url: str, step: Step) -> Answered:
    """The answer to one request on a connection of its own. Raises OSError."""
    parts = urlsplit(url)
    make = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = make(parts.hostname or "", parts.port, timeout=_PATIENCE)
    body = None
    if step.body is not None:
        before, after = step.parts()
        body = f"{before}{secrets.token_hex(8)}{after}".encode()
    try:
        connection.request(step.method, parts.path + step.path, body, all_headers(step))
        response = connection.getresponse()
        return Answered(response.status, response.getheaders(), response.read())
    except http.client.HTTPException as problem:
        raise ConnectionError(f"{type(problem).__name__}: {problem}") from problem
    finally:
        connection.close()


def demand(url: str, step: Step) -> Answered:
    """The same, which must be a success with something in it. Raises Problem."""
    try:
        answered = ask(url, step)
    except OSError as problem:
        raise Problem(f"{step.method} {url}{step.path}: {problem}") from problem
    if not 200 <= answered.status <= 299 or not answered.body:
        where = dict(answered.headers).get("location") or dict(answered.headers).get("Location")
        said = f"to {where}" if where else answered.body[:_SHOWN].decode("utf-8", "replace")
        raise Problem(f"{step.method} {url}{step.path} answers {answered.status} {said}")
    return answered


def demand_json(url: str, step: Step) -> Any:
    """Its JSON. Raises Problem."""
    body = demand(url, step).body
    try:
        return json.loads(body)
    except ValueError as problem:
        raise Problem(f"{url}{step.path} answers no JSON: {body[:_SHOWN]!r}") from problem
