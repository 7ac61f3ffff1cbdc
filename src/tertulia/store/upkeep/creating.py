"""The statements that make an empty database a forum's: tables, indexes, the full-text index, triggers."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy.schema import CreateIndex, CreateTable

from tertulia.store.engine.base import Database
from tertulia.store.engine.query import SQLITE, engine_dialect
from tertulia.store.fulltext.schema import POSTGRESQL_STATEMENTS, SQLITE_STATEMENTS
from tertulia.store.reports.triggers import POSTGRESQL_TRIGGERS, SQLITE_TRIGGERS
from tertulia.store.schema import METADATA


def statements(engine: str) -> Iterator[str]:
    """Every CREATE statement in the engine's words, in an order in which they can be run, and run again."""
    dialect = engine_dialect(engine)
    for table in METADATA.sorted_tables:
        yield str(CreateTable(table, if_not_exists=True).compile(dialect=dialect))
        for index in sorted(table.indexes, key=lambda index: str(index.name)):
            yield str(CreateIndex(index, if_not_exists=True).compile(dialect=dialect))
    yield from SQLITE_STATEMENTS if engine == SQLITE else POSTGRESQL_STATEMENTS
    yield from SQLITE_TRIGGERS if engine == SQLITE else POSTGRESQL_TRIGGERS


async def create_tables(database: Database) -> None:
    """Makes every table, index, full-text index and trigger that is missing, all or none."""
    await database.create(statements(database.engine))
