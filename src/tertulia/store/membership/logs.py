"""What was changed about a group and its members: lines that owners and admins read."""

from __future__ import annotations

import functools
from typing import Any

from sqlalchemy import Select, select

from tertulia.model.groups import GroupLogLine, GroupLogSpec
from tertulia.store.engine import Query, Tx, insert_query, parameter, query
from tertulia.store.schema.groups import group_logs

_COLUMNS = ("group_id", "action", "acting_user_id", "target_user_id", "subject", "before", "after", "created_at")
_INSERT = insert_query(group_logs, *_COLUMNS)


async def insert_lines(tx: Tx, lines: list[GroupLogLine]) -> None:
    """Adds lines."""
    await tx.many(_INSERT, [{name: getattr(line, name) for name in _COLUMNS} for line in lines])


async def list_lines(tx: Tx, group_id: int, spec: GroupLogSpec, *, limit: int, offset: int) -> list[GroupLogLine]:
    """The newest first. `spec` narrows by what it holds."""
    given = {name: value for name in _FILTERS if (value := getattr(spec, name)) is not None}
    found = await tx.all(_page(frozenset(given)), group_id=group_id, limit=limit, offset=offset, **given)
    return [GroupLogLine(**dict(zip(_COLUMNS, row, strict=True))) for row in found]


_FILTERS = {"action": str, "subject": str, "acting_user_id": int, "target_user_id": int}


@functools.cache
def _page(narrowed: frozenset[str]) -> Query:
    return query(lambda: _select(narrowed))


def _select(narrowed: frozenset[str]) -> Select[Any]:
    clauses = [
        group_logs.c[name] == (parameter(name, str) if _FILTERS[name] is str else parameter(name))
        for name in sorted(narrowed)
    ]
    return (
        select(*(group_logs.c[name] for name in _COLUMNS))
        .where(group_logs.c.group_id == parameter("group_id"), *clauses)
        .order_by(group_logs.c.id.desc())
        .limit(parameter("limit"))
        .offset(parameter("offset"))
    )
