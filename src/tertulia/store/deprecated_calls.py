"""Calls that showed a key in query or body, per route, address, program and key: noted, listed, forgotten."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from sqlalchemy import delete, func, select

from tertulia.store.engine import Mapper, Tx, among, parameter, query, upsert_query
from tertulia.store.schema.keys import deprecated_calls as table


class NotedCall(msgspec.Struct, frozen=True):
    """A row; `key_id` 0: what was shown is no key."""

    id: int
    route: str
    address: str
    agent: str
    key_id: int
    calls: int
    first_at: int
    last_at: int


_NOTED = Mapper(NotedCall, table)
_CALLER = ("route", "address", "agent", "key_id")
_SAVE = upsert_query(
    table, columns=(*_CALLER, "calls", "first_at", "last_at"), key=_CALLER, update=("last_at",), add=("calls",)
)
_COUNT = query(lambda: select(func.count(table.c.id)))
_KNOWN = query(
    lambda: select(*_NOTED.columns).where(among(table.c.route, "routes"), among(table.c.address, "addresses"))
)
_LIST = query(
    lambda: (
        select(*_NOTED.columns)
        .where(table.c.last_at > parameter("since"))
        .order_by(table.c.last_at.desc(), table.c.id.desc())
        .limit(parameter("limit"))
    )
)
_FORGET = query(lambda: delete(table).where(table.c.last_at <= parameter("before")))


async def count_noted_calls(tx: Tx) -> int:
    return int(await tx.value(_COUNT))


async def list_callers(tx: Tx, *, routes: Iterable[str], addresses: Iterable[str]) -> set[tuple[str, str, str, int]]:
    """(route, address, agent, key id) that have a row already, of the given routes and addresses."""
    rows = _NOTED.all(await tx.all(_KNOWN, routes=sorted(set(routes)), addresses=sorted(set(addresses))))
    return {(row.route, row.address, row.agent, row.key_id) for row in rows}


async def save_noted_calls(tx: Tx, noted: Iterable[tuple[tuple[str, str, str, int], int, int, int]]) -> None:
    """Adds (caller, calls, first_at, last_at) to each caller's row, or begins one."""
    rows = [
        {**dict(zip(_CALLER, caller, strict=True)), "calls": calls, "first_at": first_at, "last_at": last_at}
        for caller, calls, first_at, last_at in sorted(noted)
    ]
    await tx.many(_SAVE, rows)


async def list_noted_calls(tx: Tx, *, since: int, limit: int) -> list[NotedCall]:
    """Rows with a call after `since` (ms), the latest first."""
    return _NOTED.all(await tx.all(_LIST, since=since, limit=limit))


async def delete_noted_calls(tx: Tx, *, before: int) -> int:
    """Forgets callers that did not call again since."""
    return await tx.run(_FORGET, before=before)
