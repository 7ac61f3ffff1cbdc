"""Indexes and triggers that a large load does without, made again at its end, at once, for a third of the price.

Row by row each index is a walk down a tree that soon is larger than any cache. What is unique stays, as it guards.
A load that is killed leaves some of them missing; whoever finds that (`forum/loading/mending.py`) makes them.
"""

from __future__ import annotations

import asyncio
import functools
import re
from collections.abc import Mapping, Sequence

import msgspec
from sqlalchemy.schema import CreateIndex

from tertulia.store.engine import Database, Tx
from tertulia.store.engine.query import SQLITE, engine_dialect
from tertulia.store.fulltext.schema import POSTGRESQL_STATEMENTS
from tertulia.store.reports.kept import forget_days
from tertulia.store.reports.triggers import POSTGRESQL_TRIGGERS, SQLITE_TRIGGERS
from tertulia.store.schema import METADATA

_TABLES = (
    "posts", "votes", "topics", "topic_states", "topic_posters", "topic_tags", "topic_links", "post_quotes",
    "post_mentions",
)  # fmt: skip
_CACHE_KIB = 128 * 1024
_SORTERS = 2  # threads beside the one that reads; who makes up the content has ended by then
_TRIGGER = re.compile(r"CREATE (?:OR REPLACE )?TRIGGER (?:IF NOT EXISTS )?(\w+) AFTER INSERT ON (posts|topics|votes) ")
_INDEX = re.compile(r"CREATE INDEX IF NOT EXISTS (\w+) ON post_search ")
_THERE_SQLITE = "SELECT name FROM sqlite_master WHERE type IN ('index', 'trigger')"
_THERE_POSTGRESQL = (
    "SELECT relname::text FROM pg_class WHERE relkind = 'i' AND relnamespace = current_schema()::regnamespace "
    "UNION ALL SELECT t.tgname::text FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
    "WHERE c.relnamespace = current_schema()::regnamespace AND NOT t.tgisinternal"
)
# More memory for sorting, unless the server gives more anyway.
_ROOM_TO_SORT = (
    f"SELECT set_config('maintenance_work_mem', '{2 * _CACHE_KIB}kB', false) FROM pg_settings "
    f"WHERE name = 'maintenance_work_mem' AND setting::bigint < {2 * _CACHE_KIB}"
)


class Missing(msgspec.Struct, frozen=True):
    """Statements that make what is not there."""

    indexes: Sequence[str]
    triggers: Sequence[str]

    @property
    def any(self) -> bool:
        return bool(self.indexes or self.triggers)


async def lay_aside(tx: Tx) -> None:
    """Drops them. Until `restore_triggers` has ended nobody says which days of reports change."""
    for name in _indexes(tx.engine):
        await tx.text(f"DROP INDEX IF EXISTS {name}")
    for name, (table, _) in _triggers(tx.engine).items():
        await tx.text(f"DROP TRIGGER IF EXISTS {name}{'' if tx.engine == SQLITE else f' ON {table}'}")


async def find_missing(tx: Tx) -> Missing:
    """What of them is not there."""
    rows = await tx.text(_THERE_SQLITE if tx.engine == SQLITE else _THERE_POSTGRESQL)
    there = {str(row[0]) for row in rows}
    return Missing(
        [statement for name, statement in _indexes(tx.engine).items() if name not in there],
        [statement for name, (_, statement) in _triggers(tx.engine).items() if name not in there],
    )


async def build_indexes(database: Database, statements: Sequence[str]) -> None:
    """Makes each in a transaction of its own: readers go on, writers wait for one at a time."""
    if database.engine == SQLITE:
        await asyncio.to_thread(_build_in_file, database, statements)
        return
    from tertulia.store.engine.postgres import PostgresDatabase

    assert isinstance(database, PostgresDatabase)
    connection = await database.connect()
    try:
        await connection.execute(_ROOM_TO_SORT)
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


async def restore_triggers(tx: Tx, statements: Sequence[str]) -> None:
    """Makes these triggers, and forgets what was counted by day: nobody knows any longer which days changed."""
    for statement in statements:
        await tx.text(statement)
    await forget_days(tx)


def _build_in_file(database: Database, statements: Sequence[str]) -> None:
    from tertulia.store.engine.sqlite import SqliteDatabase

    assert isinstance(database, SqliteDatabase)
    connection = database.thread_connection()
    try:
        connection.execute("PRAGMA query_only=OFF")
        connection.execute(f"PRAGMA cache_size=-{_CACHE_KIB}")
        connection.execute("PRAGMA temp_store=FILE")  # what is sorted may be larger than memory
        connection.execute(f"PRAGMA threads={_SORTERS}")
        for statement in statements:
            connection.execute(statement)
    finally:
        connection.close()


@functools.cache
def _indexes(engine: str) -> Mapping[str, str]:
    """Each one's statement by its name."""
    dialect = engine_dialect(engine)
    found = {
        str(index.name): str(CreateIndex(index, if_not_exists=True).compile(dialect=dialect))
        for table in _TABLES
        for index in sorted(METADATA.tables[table].indexes, key=lambda index: str(index.name))
        if not index.unique
    }
    for statement in POSTGRESQL_STATEMENTS if engine != SQLITE else ():
        if match := _INDEX.match(statement):
            found[match[1]] = statement
    return found


@functools.cache
def _triggers(engine: str) -> Mapping[str, tuple[str, str]]:
    """Each one's table and statement by its name."""
    statements = SQLITE_TRIGGERS if engine == SQLITE else POSTGRESQL_TRIGGERS
    return {match[1]: (match[2], each) for each in statements if (match := _TRIGGER.match(each))}
