"""Writing in bulk with given ids: rows of any table, sets of ids, counters behind generated ids.

For `forum/loading` only. Nothing here asks who may, counts or tells. Read next: `recounting.py`.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import Table, delete, func, select, update

from tertulia.store.engine import Database, Query, Tx, among, insert_query, parameter, query
from tertulia.store.engine.query import POSTGRESQL, SQLITE
from tertulia.store.schema import METADATA
from tertulia.store.schema.categories import category_grants
from tertulia.store.schema.users import users

_CACHE_KIB = 128 * 1024
# Every column that names a user, whatever the table: what follows an account that gets another id.
_NAMES_A_USER = (
    "user_id", "followed_id", "created_by", "acting_user_id", "target_user_id", "actor_id", "last_editor_id",
    "deleted_by", "locked_by", "reply_to_user_id", "last_post_user_id", "suspended_by", "silenced_by",
)  # fmt: skip

_LOADED = "posts, post_search, topics, topic_posters, topic_tags, topic_states, topic_links, votes, users"


@functools.cache
def _insert(table: str, columns: tuple[str, ...], ignore: bool) -> Query:
    return insert_query(METADATA.tables[table], *columns, ignore=ignore)


@functools.cache
def _known(table: str, column: str) -> Query:
    shown = METADATA.tables[table].c[column]
    return query(lambda: select(shown).where(among(shown, "wanted")).order_by(shown))


@functools.cache
def _by_key(table: str, key: str) -> Query:
    source: Table = METADATA.tables[table]
    return query(lambda: select(source.c[key], source.c.id).where(among(source.c[key], "wanted")))


@functools.cache
def _highest(table: str) -> Query:
    source: Table = METADATA.tables[table]
    return query(lambda: select(func.coalesce(func.max(source.c.id), 0)))


@functools.cache
def _delete(table: str, column: str) -> Query:
    source: Table = METADATA.tables[table]
    return query(lambda: delete(source).where(among(source.c[column], "ids")))


@functools.cache
def _replace(table: str, columns: tuple[str, ...]) -> Query:
    source: Table = METADATA.tables[table]
    return query(
        lambda: (
            update(source)
            .where(source.c.id == parameter("row_id"))
            .values({name: parameter(f"new_{name}", _kind(source, name)) for name in columns})
        )
    )


@functools.cache
def _rename(table: str, column: str) -> Query:
    source: Table = METADATA.tables[table]
    return query(
        lambda: update(source).where(source.c[column] == parameter("old_id")).values({column: parameter("new_id")})
    )


_RENAME_HOLDER = query(
    lambda: (
        update(category_grants)
        .where(category_grants.c.holder == 1, category_grants.c.holder_id == parameter("old_id"))
        .values(holder_id=parameter("new_id"))
    )
)


def _kind(table: Table, column: str) -> type[int] | type[str] | type[float]:
    found = table.c[column].type.python_type
    return found if found in (int, float) else str


async def insert_rows(tx: Tx, table: str, rows: Sequence[Mapping[str, Any]], *, ignore: bool = False) -> None:
    """Inserts rows that all have the same columns. `ignore` passes over those whose key exists.

    Raises UniqueViolation."""
    if rows:
        await tx.many(_insert(table, tuple(rows[0]), ignore), rows)


async def copy_rows(tx: Tx, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """The same for many rows of plain integers, floats and texts, each with two columns or more."""
    if rows:
        columns = tuple(rows[0])
        await tx.copy(METADATA.tables[table].name, columns, [*map(itemgetter(*columns), rows)])


async def copy_values(tx: Tx, table: str, columns: Sequence[str], values: Sequence[Sequence[Any]]) -> None:
    """The same for rows that are their values in the order of the columns."""
    if values:
        await tx.copy(METADATA.tables[table].name, columns, values)


async def widen_writer(tx: Tx) -> None:
    """SQLite: a cache for large indexes, and commits that leave it to `checkpoint_elsewhere` to move pages."""
    if tx.engine == SQLITE:
        await tx.text(f"PRAGMA cache_size=-{_CACHE_KIB}")
        await tx.text("PRAGMA wal_autocheckpoint=0")


def checkpoint_elsewhere(database: Database) -> Callable[[], None] | None:
    """Moving pages from SQLite's log to their place, as work for a thread; None where that is not needed.

    Whoever reads or writes meanwhile is not waited for, and does not wait."""
    if database.engine != SQLITE:
        return None
    from tertulia.store.engine.sqlite import SqliteDatabase

    if not isinstance(database, SqliteDatabase):
        return None

    def work() -> None:
        connection = database.thread_connection()
        try:
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
        finally:
            connection.close()

    return work


async def list_known(tx: Tx, table: str, column: str, *, wanted: Iterable[Any]) -> list[Any]:
    """Those of the wanted values that the column holds, in order."""
    return [row[0] for row in await tx.all(_known(table, column), wanted=list(wanted))]


async def list_ids_by_key(tx: Tx, table: str, key: str, *, wanted: Iterable[str]) -> dict[str, int]:
    """Ids by the normal form of a name, for those of the wanted that exist."""
    return {str(row[0]): int(row[1]) for row in await tx.all(_by_key(table, key), wanted=list(wanted))}


async def find_highest_id(tx: Tx, table: str) -> int:
    """The highest id in a table; 0 when it is empty."""
    return int(await tx.value(_highest(table)))


async def find_last_given_id(tx: Tx, table: str) -> int:
    """The highest id that rows of a table ever had; nobody else is given one until the unit ends."""
    name = METADATA.tables[table].name
    if tx.engine == SQLITE:
        rows = await tx.text("SELECT seq FROM sqlite_sequence WHERE name = ?", name)
        return max(int(rows[0][0]) if rows else 0, await find_highest_id(tx, table))
    await tx.text(f"LOCK TABLE {name} IN SHARE ROW EXCLUSIVE MODE")
    rows = await tx.text(f"SELECT nextval(pg_get_serial_sequence('{name}', 'id'))")
    return max(int(rows[0][0]) - 1, await find_highest_id(tx, table))


async def delete_rows(tx: Tx, table: str, column: str, *, ids: Iterable[int]) -> None:
    await tx.run(_delete(table, column), ids=list(ids))


async def replace_row(tx: Tx, table: str, row_id: int, *, values: Mapping[str, Any]) -> None:
    """Gives the named columns of one row new values."""
    await tx.run(
        _replace(table, tuple(values)), row_id=row_id, **{f"new_{name}": value for name, value in values.items()}
    )


async def change_user_id(tx: Tx, old_id: int, *, new_id: int) -> None:
    """Moves an account to another id, with its keys, sessions and everything else that names it."""
    for table in METADATA.sorted_tables:
        for column in table.columns:
            if column.name in _NAMES_A_USER:
                await tx.run(_rename(table.name, column.name), old_id=old_id, new_id=new_id)
    await tx.run(_RENAME_HOLDER, old_id=old_id, new_id=new_id)
    await tx.run(_rename(users.name, "id"), old_id=old_id, new_id=new_id)


async def raise_counter(tx: Tx, table: str, *, least: int) -> None:
    """Lets generated ids of a table begin above `least`; a counter that is further already stays."""
    name = METADATA.tables[table].name
    if tx.engine == SQLITE:
        await tx.text("UPDATE sqlite_sequence SET seq = MAX(seq, ?) WHERE name = ?", least, name)
        await tx.text(
            "INSERT INTO sqlite_sequence (name, seq) SELECT ?, ? "
            "WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = ?)",
            name, least, name,
        )  # fmt: skip
        return
    sequence = f"pg_get_serial_sequence('{name}', 'id')"
    counted = (await tx.text(f"SELECT nextval({sequence})"))[0][0]  # the only way to ask that is exact
    await tx.text(f"SELECT setval({sequence}, $1::bigint)", max(int(counted), least, 1))


async def renew_statistics(tx: Tx) -> None:
    """Has PostgreSQL look at what was loaded: a search that is planned for empty tables takes a hundred times as long.

    SQLite gets no statistics, which nobody would renew; there the queries say what index they want."""
    if tx.engine == POSTGRESQL:
        await tx.text(f"ANALYZE {_LOADED}")
