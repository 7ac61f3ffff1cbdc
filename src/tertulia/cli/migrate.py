"""`tertulia migrate`: brings the database of an earlier version to this version's schema."""

from __future__ import annotations

from pathlib import Path

from tertulia.cli.application import ConfigOption, DatabaseOption, DataOption, application, stoppable
from tertulia.cli.opening import DATABASE_FILE, load_flags, nothing_here, place, run_with_database
from tertulia.cli.stopping import Stop
from tertulia.forum.outbox import repair_after_restore
from tertulia.forum.unit import Ports


@application.command("migrate")
@stoppable
def migrate(data: DataOption = None, database: DatabaseOption = None, config: ConfigOption = None) -> None:
    """Bring the database to this version's schema. Stop the server first; a copy of the data is wise."""
    from tertulia.store.upkeep.migrating import NoForum, UnknownVersion, migrate_database

    loaded = load_flags({"data": data, "database": database, "config": config})
    if not loaded.process.database and not (Path(loaded.process.data) / DATABASE_FILE).is_file():
        raise Stop(nothing_here(loaded))

    async def work(ports: Ports) -> tuple[str, str, int]:
        before, after = await migrate_database(ports.database)
        async with ports.unit() as unit:
            repaired = await repair_after_restore(unit)
            await unit.commit()
        return before, after, repaired

    try:
        before, after, repaired = run_with_database(loaded, work)
    except NoForum:
        raise Stop(nothing_here(loaded)) from None
    except UnknownVersion as problem:
        raise Stop(str(problem)) from None
    if before == after:
        print(f"{place(loaded)} has schema {after} already.")
    else:
        print(f"{place(loaded)}: schema {before} became {after}.")
    if repaired:
        print(f"The database was restored from another server: {repaired} events can be read again.")
