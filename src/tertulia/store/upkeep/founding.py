"""The first rows of a forum: given ids, built-in groups, and the counters behind generated ids."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Table

from tertulia.store.engine import Tx, insert_query
from tertulia.store.engine.query import SQLITE
from tertulia.store.schema import METADATA
from tertulia.store.schema.categories import categories, category_grants
from tertulia.store.schema.groups import groups

_GROUP = insert_query(groups, "id", "name", "name_key", "automatic", "created_at", "updated_at")
_CATEGORY = insert_query(
    categories, "id", "name", "name_key", "slug", "slug_key", "position", "color", "text_color", "description",
    "restricted", "created_at", "updated_at",
)  # fmt: skip
_GRANT = insert_query(category_grants, "category_id", "holder", "holder_id", "bits")


async def insert_built_in_groups(tx: Tx, rows: Iterable[tuple[int, str]], *, now: int) -> None:
    await tx.many(
        _GROUP,
        [
            {"id": group_id, "name": name, "name_key": name, "automatic": 1, "created_at": now, "updated_at": now}
            for group_id, name in rows
        ],
    )


async def insert_first_category(tx: Tx, *, fields: Mapping[str, Any], grants: Mapping[int, int]) -> None:
    """A category with its id, and bits per group id."""
    await tx.run(_CATEGORY, **fields)
    await tx.many(
        _GRANT,
        [
            {"category_id": fields["id"], "holder": 0, "holder_id": group_id, "bits": bits}
            for group_id, bits in grants.items()
        ],
    )


async def set_counter(tx: Tx, table_name: str, *, least: int = 0) -> None:
    """Lets generated ids of a table begin above its highest id (and above `least`)."""
    table: Table = METADATA.tables[table_name]
    highest = (await tx.text(f'SELECT COALESCE(MAX(id), 0) FROM "{table.name}"'))[0][0]
    wanted = max(int(highest), least)
    if tx.engine == SQLITE:
        await tx.text("DELETE FROM sqlite_sequence WHERE name = ?", table.name)
        await tx.text("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", table.name, wanted)
        return
    await tx.text(
        "SELECT setval(pg_get_serial_sequence($1, 'id'), GREATEST($2::bigint, 1), $2::bigint > 0)", table.name, wanted
    )
