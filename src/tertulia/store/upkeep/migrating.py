"""From the schema of one version to the next, with Alembic's revisions in `migrations/versions/`.

Alembic only writes the statements; our own drivers run them, all or none. So a revision must say what it does in
SQL and may not ask the database. Nothing else imports this: a server compares versions and never needs Alembic.
"""

from __future__ import annotations

import io
from pathlib import Path

from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from tertulia.store.engine.base import Database
from tertulia.store.engine.query import engine_dialect

_FOLDER = Path(__file__).parents[1] / "migrations"
_REMEMBER = "UPDATE settings SET value = '{version}' WHERE name = 'schema_version'"


class NoForum(Exception):
    """The database holds no forum: there is nothing to migrate."""


class UnknownVersion(Exception):
    """The database has a schema that these revisions do not lead from (a newer one, most likely)."""


class _Statements(io.StringIO):
    """Takes each statement that Alembic writes as one entry."""

    def __init__(self) -> None:
        super().__init__()
        self.entries: list[str] = []

    def write(self, text: str) -> int:
        if text.strip():
            self.entries.append(text.strip().removesuffix(";"))
        return len(text)


def plan_migration(engine: str, *, before: str | None) -> tuple[str, list[str]]:
    """The newest version, and the statements that lead there from `before` (None: from an empty database).

    Raises UnknownVersion."""
    script = ScriptDirectory(str(_FOLDER))
    known = {revision.revision for revision in script.walk_revisions()}
    if before is not None and before not in known:
        raise UnknownVersion(f"the database has schema {before}, and this version of Tertulia does not know it")
    newest = str(script.get_current_head())
    written = _Statements()
    context = MigrationContext.configure(
        dialect=engine_dialect(engine), opts={"as_sql": True, "output_buffer": written}
    )
    with Operations.context(context):
        for revision in reversed(list(script.iterate_revisions("head", before or "base"))):
            revision.module.upgrade()
    return newest, written.entries


async def migrate_database(database: Database) -> tuple[str, str]:
    """Brings an open database to the newest version; answers the version before and after.

    Raises NoForum, UnknownVersion."""
    before = await database.version()
    if before is None:
        raise NoForum
    after, statements = plan_migration(database.engine, before=before)
    if before != after:
        await database.create([*statements, _REMEMBER.format(version=after)])
    return before, after
