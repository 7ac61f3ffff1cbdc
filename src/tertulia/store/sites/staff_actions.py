"""The staff action log: appended to, never changed."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, func, select

from tertulia.model.sites import StaffAction
from tertulia.store.engine import Mapper, Query, Tx, insert_query, parameter, query
from tertulia.store.schema.sites import staff_actions

_ACTION = Mapper(StaffAction, staff_actions)
_COLUMNS = tuple(name for name in _ACTION.names if name != "id")
_INSERT = insert_query(staff_actions, *_COLUMNS, returning="id")


class StaffActionFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which lines: every field that is not None must hold; `since` and `until` are ms, both inclusive."""

    action: str | None = None
    acting_user_id: int | None = None
    target_user_id: int | None = None
    subject: str | None = None
    since: int | None = None
    until: int | None = None


async def insert_staff_action(tx: Tx, *, fields: dict[str, Any]) -> int:
    """Appends a line; `fields` holds any columns but the id, missing ones are NULL."""
    return int(await tx.value(_INSERT, **{name: fields.get(name) for name in _COLUMNS}))


@functools.cache
def _queries(names: Sequence[str]) -> tuple[Query, Query]:
    def clauses() -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = []
        for name in names:
            if name == "since":
                found.append(staff_actions.c.created_at >= parameter("since"))
            elif name == "until":
                found.append(staff_actions.c.created_at <= parameter("until"))
            else:
                kind = str if name in ("action", "subject") else int
                found.append(staff_actions.c[name] == parameter(name, kind))
        return found

    rows = query(
        lambda: (
            select(*_ACTION.columns)
            .where(*clauses())
            .order_by(staff_actions.c.created_at.desc(), staff_actions.c.id.desc())
            .limit(parameter("limit"))
            .offset(parameter("offset"))
        )
    )
    total = query(lambda: select(func.count(staff_actions.c.id)).where(*clauses()))
    return rows, total


async def list_staff_actions(
    tx: Tx, *, chosen: StaffActionFilter, limit: int, offset: int
) -> tuple[list[StaffAction], int]:
    """(a page of lines, newest first; the number of all that match). Only staff are shown it."""
    values = {name: value for name, value in msgspec.structs.asdict(chosen).items() if value is not None}
    rows, total = _queries(tuple(values))
    found = _ACTION.all(await tx.all(rows, limit=limit, offset=offset, **values))
    return found, int(await tx.value(total, **values))
