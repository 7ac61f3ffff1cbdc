"""One row changed by its id: columns set, columns added to. The statement is built once per set of columns.

For the tables that this folder writes; read next: `topics.py`, `posts.py`.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Table, bindparam, update

from tertulia.store.engine import Query, Tx, parameter, query


async def change_row(
    tx: Tx, table: Table, row_id: int, *, fields: Mapping[str, Any] | None = None, add: Mapping[str, int] | None = None
) -> None:
    """Sets `fields` and adds `add` to the row with that id, if there is one."""
    fields, add = fields or {}, {name: by for name, by in (add or {}).items() if by}
    if not fields and not add:
        return
    values = {f"new_{name}": value for name, value in fields.items()} | {f"by_{name}": by for name, by in add.items()}
    await tx.put(_change(table, tuple(sorted(fields)), tuple(sorted(add))), row_id=row_id, **values)


@functools.cache
def _change(table: Table, fields: tuple[str, ...], add: tuple[str, ...]) -> Query:
    def build() -> Any:
        changes: dict[str, ColumnElement[Any]] = {
            name: bindparam(f"new_{name}", type_=table.c[name].type) for name in fields
        }
        changes |= {name: table.c[name] + parameter(f"by_{name}") for name in add}
        return update(table).where(table.c.id == parameter("row_id")).values(changes)

    return query(build)
