"""Empty forums for tests: founded once for each engine, then copied (SQLite) or taken back to that moment (PostgreSQL).

To found one takes a third of a second, most of it for making tables; a copy takes some milliseconds.
"""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from tertulia.effects.table import EFFECTS
from tertulia.forum.sites.found import FoundSite, found_site, found_tables
from tertulia.forum.unit import Ports
from tertulia.store.engine.base import Database
from tertulia.store.engine.postgres import PostgresDatabase, copy_database, drop_database
from tertulia.store.engine.sqlite import SqliteDatabase
from tertulia.store.upkeep.snapshots import RESTORE, snapshot_statements

# What a test may have made or dropped: a database whose tables, indexes or triggers changed is not used again.
_SHAPE = (
    "SELECT (SELECT COUNT(*) FROM pg_attribute), (SELECT MAX(oid::bigint) FROM pg_class), "
    "(SELECT COUNT(*) FROM pg_trigger), (SELECT MAX(oid::bigint) FROM pg_trigger), "
    "(SELECT COUNT(*) FROM pg_namespace), (SELECT MAX(xmin::text::bigint) FROM pg_proc WHERE pronamespace > 16000)"
)


async def _found(ports: Ports) -> None:
    await ports.database.open()
    await found_tables(ports.database)
    async with ports.unit() as unit:
        await found_site(unit, FoundSite(password_hash="!"))
        await unit.commit()


def make_ports(database: Database) -> Ports:
    """Ports of this process for it: nothing leaves it, and only store calls may follow a write."""
    from tertulia.backends.blobs.memory import MemoryBlobs
    from tertulia.backends.limits import SlidingWindows
    from tertulia.backends.local import LocalWakeup, SystemClock, ThreadOffload
    from tertulia.backends.mail.captured import CapturedMailer
    from tertulia.backends.outbound.captured import CapturedOutbound
    from tertulia.settings import load

    made = Ports(
        database=database,
        loaded=load({"enable_oneboxes": False}, environ={}),
        effects=EFFECTS,
        clock=SystemClock(),
        offload=ThreadOffload(),
        wakeup=LocalWakeup(),
    )
    made.strict = True
    made.blobs = MemoryBlobs(clock=made.clock)
    made.mailer = CapturedMailer()
    made.outbound = CapturedOutbound()
    made.windows = SlidingWindows()
    return made


class FoundedFile:
    """SQLite: one file, copied."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "founded.db"

    async def copy(self, path: Path) -> SqliteDatabase:
        """A closed database at `path`."""
        if not self.path.exists():
            database = SqliteDatabase(self.path, synchronous="OFF")
            await _found(make_ports(database))
            await database.close()
        shutil.copyfile(self.path, path)
        return SqliteDatabase(path, synchronous="OFF")


class FoundedServer:
    """PostgreSQL at `url`: databases that are used again as long as tests leave their shape alone."""

    def __init__(self, url: str, *, name: str) -> None:
        self.url = url
        self.name = name
        self.made: list[str] = []
        self.free: list[str] = []
        self._shapes: dict[str, list[object]] = {}

    def _database(self, name: str) -> PostgresDatabase:
        # Nobody needs a test's forum after a power cut.
        url = urlunsplit(urlsplit(self.url)._replace(path=f"/{name}"))
        return PostgresDatabase(url, pool_size=5, server_settings={"synchronous_commit": "off"})

    async def copy(self) -> PostgresDatabase:
        """A closed database in which nothing has happened since it was founded."""
        if self.free:
            database = self._database(self.free.pop())
            await database.open()
            await database.create((RESTORE,))
            await database.close()
            return database
        name = f"{self.name}_{len(self.made)}"
        await copy_database(self.url, name=name)
        self.made.append(name)
        database = self._database(name)
        await _found(make_ports(database))
        await database.create(snapshot_statements())
        self._shapes[name] = await self._shape(database)
        await database.close()
        return database

    async def give_back(self, database: PostgresDatabase) -> None:
        """Closes it. It is used again if its shape is as it was."""
        await database.close()
        name = urlsplit(database.url).path[1:]
        if await self._shape(database) == self._shapes[name]:
            self.free.append(name)

    async def _shape(self, database: PostgresDatabase) -> list[object]:
        import asyncpg

        connection = await asyncpg.connect(database.url)
        try:
            return list(await connection.fetchrow(_SHAPE))
        finally:
            await connection.close()

    def end(self) -> None:
        """Drops all of them."""

        async def drop() -> None:
            for name in self.made:
                await drop_database(self.url, name=name)

        asyncio.run(drop())
