"""The statements that make an empty database a forum's: tables, indexes, the full-text index, triggers."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Table
from sqlalchemy.schema import CreateIndex, CreateTable

from tertulia.store.accounts import tally_triggers
from tertulia.store.engine.base import Database
from tertulia.store.engine.query import SQLITE, engine_dialect
from tertulia.store.fulltext.schema import POSTGRESQL_STATEMENTS, SQLITE_STATEMENTS
from tertulia.store.readers import falling_behind
from tertulia.store.reports import triggers as report_triggers
from tertulia.store.schema import METADATA

_WITH_TRIGGERS = (report_triggers, tally_triggers, falling_behind)


def statements(engine: str) -> Iterator[str]:
    """Every CREATE statement in the engine's words, in an order in which they can be run, and run again."""
    for table in METADATA.sorted_tables:
        yield from table_statements(engine, table)
    yield from SQLITE_STATEMENTS if engine == SQLITE else POSTGRESQL_STATEMENTS
    yield from triggers(engine)


def table_statements(engine: str, table: Table) -> Iterator[str]:
    """Those of the statements that make one table and its indexes."""
    dialect = engine_dialect(engine)
    yield str(CreateTable(table, if_not_exists=True).compile(dialect=dialect))
    for index in sorted(table.indexes, key=lambda index: str(index.name)):
        yield str(CreateIndex(index, if_not_exists=True).compile(dialect=dialect))


def triggers(engine: str) -> Iterator[str]:
    """Those of the statements that make triggers."""
    for room in _WITH_TRIGGERS:
        yield from room.SQLITE_TRIGGERS if engine == SQLITE else room.POSTGRESQL_TRIGGERS


def trigger_names() -> list[str]:
    """The names of all triggers that there are on SQLite."""
    made = [statement for room in _WITH_TRIGGERS for statement in room.SQLITE_TRIGGERS]
    return [statement.removeprefix("CREATE TRIGGER IF NOT EXISTS ").split()[0] for statement in made]


async def create_tables(database: Database) -> None:
    """Makes every table, index, full-text index and trigger that is missing, all or none."""
    await database.create(statements(database.engine))
