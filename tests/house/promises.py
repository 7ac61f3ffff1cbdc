"""Whether answers keep what their rows promise: every answer of the suite, in process or over a socket, is looked at.

`watch` wraps the kit once per session; `tests/conftest.py` fails the test during which a promise was broken.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import jsonschema_rs
import msgspec

from tertulia.http.call import Answer, Call
from tertulia.http.kit import Kit, Send
from tertulia.http.openapi import promised
from tertulia.http.routing import Row
from tertulia.http.schemas import Schemas

_JSON = "application/json"


class Promises:
    """Compiled validators by row, made at a row's first answer, and the promises that were broken."""

    def __init__(self) -> None:
        self.broken: list[str] = []
        self.looked_at = 0
        self._validators: dict[int, tuple[Row, jsonschema_rs.Validator | None]] = {}

    def look(self, call: Call, answer: Answer) -> None:
        row = call.row
        if row is None or not 200 <= answer.status < 300 or answer.reason is not None or not answer.body:
            return
        if not (answer.content_type or "").startswith(_JSON):
            return
        validator = self._validator(row)
        if validator is None:
            return
        self.looked_at += 1
        body = msgspec.json.decode(answer.body)
        if not validator.is_valid(body):
            self.broken.append(f"{row} answered {call.path} with what it does not promise: {told(validator, body)}")

    def _validator(self, row: Row) -> jsonschema_rs.Validator | None:
        known = self._validators.get(id(row))
        if known is None or known[0] is not row:
            known = self._validators[id(row)] = (row, validator_of(row))
        return known[1]


def validator_of(row: Row) -> jsonschema_rs.Validator | None:
    """The compiled promise of a row; None where it promises no JSON."""
    promise = promised(row)
    if promise is None:
        return None
    schemas = Schemas()
    schema = schemas.of(promise)
    return jsonschema_rs.validator_for({**schema, "components": {"schemas": schemas.components}})


def told(validator: jsonschema_rs.Validator, body: Any) -> str:
    problems = [f"{'/'.join(map(str, error.instance_path))}: {error.message}" for error in validator.iter_errors(body)]
    return "; ".join(problems[:5])[:1000]


@contextmanager
def watch() -> Iterator[Promises]:
    """Looks at everything that any kit sends until the block ends."""
    promises, sends = Promises(), Kit._send

    async def send(kit: Kit, call: Call, answer: Answer, sender: Send) -> None:
        promises.look(call, answer)
        await sends(kit, call, answer, sender)

    Kit._send = send
    try:
        yield promises
    finally:
        Kit._send = sends
