"""The revisions arrive at the schema that a new forum has, on both engines."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterable
from pathlib import Path

import pytest

from tertulia.store.engine.base import Database
from tertulia.store.engine.postgres import PostgresDatabase
from tertulia.store.engine.sqlite import SqliteDatabase
from tertulia.store.schema import VERSION
from tertulia.store.upkeep.creating import statements
from tertulia.store.upkeep.migrating import NoForum, UnknownVersion, migrate_database, plan_migration

# Line breaks, and the names of the schemas that the test made.
NOISE = re.compile(r"\s+|\bm_[0-9a-f]{12}\.")

pytestmark = pytest.mark.anyio

SQLITE_SHAPE = "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name"
POSTGRESQL_SHAPE = """
SELECT table_name, column_name, data_type, is_nullable, column_default, collation_name
FROM information_schema.columns WHERE table_schema = current_schema()
UNION ALL
SELECT tablename, indexname, indexdef, '', '', '' FROM pg_indexes WHERE schemaname = current_schema()
ORDER BY 1, 2, 3
"""


async def shape(database: Database, made_by: Iterable[str]) -> list[tuple[str, ...]]:
    """What the catalogue of an empty database holds after the statements."""
    await database.open()
    await database.create(made_by)
    reading = database.read()
    rows = await reading.tx.text(SQLITE_SHAPE if database.engine == "sqlite" else POSTGRESQL_SHAPE)
    await reading.end()
    return [tuple(NOISE.sub(" ", str(value)) for value in row) for row in rows]


async def test_a_new_sqlite_schema_equals_the_migrated_one(tmp_path: Path) -> None:
    fresh, migrated = SqliteDatabase(tmp_path / "fresh.db"), SqliteDatabase(tmp_path / "migrated.db")
    try:
        expected = await shape(fresh, statements("sqlite"))
        version, steps = plan_migration("sqlite", before=None)
        assert version == VERSION
        assert await shape(migrated, steps) == expected
        assert len(expected) > 50
    finally:
        await fresh.close()
        await migrated.close()


async def test_a_new_postgresql_schema_equals_the_migrated_one() -> None:
    url = os.environ.get("TERTULIA_TEST_POSTGRES", "")
    if not url:
        pytest.skip("TERTULIA_TEST_POSTGRES is not set: nothing tested on PostgreSQL")
    import asyncpg

    names = [f"m_{secrets.token_hex(6)}" for _ in range(2)]
    connection = await asyncpg.connect(url)
    shapes = []
    try:
        for name, made_by in zip(
            names, (statements("postgresql"), plan_migration("postgresql", before=None)[1]), strict=True
        ):
            await connection.execute(f"CREATE SCHEMA {name}")
            database = PostgresDatabase(f"{url}?schema={name}", pool_size=2)
            shapes.append(await shape(database, made_by))
            await database.close()
        assert shapes[0] == shapes[1]
        assert len(shapes[0]) > 50
    finally:
        for name in names:
            await connection.execute(f"DROP SCHEMA IF EXISTS {name} CASCADE")
        await connection.close()


async def test_an_empty_database_and_an_unknown_version_are_not_migrated(tmp_path: Path) -> None:
    database = SqliteDatabase(tmp_path / "forum.db")
    await database.open()
    try:
        with pytest.raises(NoForum):
            await migrate_database(database)
        await database.create(
            [
                *statements("sqlite"),
                "INSERT INTO settings (name, value, updated_at) VALUES ('schema_version', '9999', 0)",
            ]
        )
        with pytest.raises(UnknownVersion, match="9999"):
            await migrate_database(database)
    finally:
        await database.close()


def test_a_forum_of_this_version_has_nothing_to_migrate() -> None:
    for engine in ("sqlite", "postgresql"):
        assert plan_migration(engine, before=VERSION) == (VERSION, [])
