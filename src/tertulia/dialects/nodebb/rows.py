"""Rows of this dialect: JSON only, no suffixes, one base path per generation."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Protocol

import msgspec

from tertulia.http.call import Call
from tertulia.http.routing import Row, absent
from tertulia.http.routing.later import LaterModule

DIALECT = "nodebb"
Handler = Callable[[Call], Awaitable[Any]]


class Status(msgspec.Struct):
    """How it went, in v3."""

    code: str
    message: str


class Envelope(msgspec.Struct):
    """What v3 answers."""

    status: Status
    response: Any


class Payload(msgspec.Struct):
    """What the plugin's versions answer."""

    code: str
    payload: Any


def handlers(name: str) -> LaterModule:
    """The handlers of one module of this dialect, `v3.topics`; it loads at the first request of one of them."""
    return LaterModule(f"tertulia.dialects.nodebb.{name}")


class MakeRow(Protocol):
    """Makes one row under a base path."""

    def __call__(
        self, method: str, path: str, handler: Handler, *, access: str = "user", name: str = "", **rest: Any
    ) -> Row: ...


def rows_under(base: str, *, access: str, answer: type | None = None) -> MakeRow:
    """A maker of rows below `base`, open to `access` unless told; `answer` is what is around every answer."""

    def make(method: str, path: str, handler: Handler, *, access: str = access, name: str = "", **rest: Any) -> Row:
        around: dict[str, Any] = {"answer": answer, "dialect": DIALECT, "suffixes": (), **rest}
        return Row(method, base + path, handler, access=access, name=name, **around)

    return make


def absences(base: str, *, why: str, rows: tuple[str, ...]) -> tuple[Row, ...]:
    """Rows for what is not here, written `METHOD /path`, all for one reason."""
    made = []
    for row in rows:
        method, _, path = row.partition(" ")
        made.append(absent(method, base + path, why=why, dialect=DIALECT))
    return tuple(made)
