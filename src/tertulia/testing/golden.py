"""The golden image: a founded forum with keys, made once per session and copied for every test.

SQLite copies a file; PostgreSQL copies a template database.
"""

from __future__ import annotations

import secrets
import shutil
import tempfile
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit, urlunsplit

import msgspec

from tertulia.app import make_ports
from tertulia.backends.base import Clock
from tertulia.forum.keys.creating import create_key
from tertulia.forum.sessions.actors import system_actor
from tertulia.forum.sites.found import FoundSite, found_site, found_tables
from tertulia.forum.unit import Ports
from tertulia.model.actor import CredentialKind
from tertulia.model.keys import CreateKey
from tertulia.model.users import ADMIN_ID
from tertulia.settings import Loaded
from tertulia.store.engine.base import Database
from tertulia.store.engine.postgres import PostgresDatabase, copy_database, drop_database
from tertulia.store.engine.sqlite import SqliteDatabase
from tertulia.store.upkeep.snapshots import RESTORE, snapshot_statements

ADMIN_PASSWORD = "admin-password-1"


class Secrets(msgspec.Struct, frozen=True, kw_only=True):
    """The credentials that every copy of the image knows."""

    key: str
    token: str
    master_token: str


class Image(Protocol):
    """Where copies of the golden image come from."""

    secrets: Secrets

    async def make(self, loaded: Loaded, *, clock: Clock) -> None: ...

    async def copy(self) -> Database: ...

    async def drop(self, database: Database) -> None: ...

    async def end(self) -> None: ...


async def fill(ports: Ports, *, password_hash: str) -> Secrets:
    """Founds the forum and makes its keys."""
    await ports.database.open()
    await found_tables(ports.database)
    async with ports.unit() as unit:
        await found_site(unit, FoundSite(password_hash=password_hash))
        await unit.commit()
    made = []
    for kind, user_id in (
        (CredentialKind.ADMIN_KEY, None),
        (CredentialKind.USER_TOKEN, ADMIN_ID),
        (CredentialKind.MASTER_TOKEN, None),
    ):
        async with ports.unit() as unit:
            unit.actor = await system_actor(unit)
            view = await create_key(unit, CreateKey(kind=kind, user_id=user_id, description="golden"))
            await unit.commit()
            made.append(view.secret or "")
    await ports.database.close()
    return Secrets(key=made[0], token=made[1], master_token=made[2])


def _password_hash() -> str:
    from tertulia.forum.users.passwords import hash_password

    return hash_password(ADMIN_PASSWORD)


class SqliteImage:
    """Copies of one file; durability is switched off, as nobody needs a test's forum after a power cut."""

    secrets: Secrets

    def __init__(self) -> None:
        shared_memory = Path("/dev/shm")
        self.folder = Path(tempfile.mkdtemp(prefix="tertulia-", dir=shared_memory if shared_memory.is_dir() else None))
        self.count = 0

    async def make(self, loaded: Loaded, *, clock: Clock) -> None:
        database = SqliteDatabase(self.folder / "golden.db", synchronous="OFF")
        self.secrets = await fill(make_ports(loaded, database=database, clock=clock), password_hash=_password_hash())

    async def copy(self) -> Database:
        self.count += 1
        path = self.folder / f"{self.count}.db"
        shutil.copyfile(self.folder / "golden.db", path)
        return SqliteDatabase(path, synchronous="OFF")

    async def drop(self, database: Database) -> None:
        if isinstance(database, SqliteDatabase):
            for suffix in ("", "-wal", "-shm"):
                Path(database.path + suffix).unlink(missing_ok=True)

    async def end(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


class PostgresImage:
    """Databases on the server that `url` names, each taken back to the golden rows before it is used again.

    Copying a template database for every test would cost half a second of fsync each; this costs some milliseconds."""

    secrets: Secrets

    def __init__(self, url: str) -> None:
        self.url = url
        self.name = f"tertulia_{secrets.token_hex(5)}"
        self.made: list[str] = []
        self.free: list[str] = []

    def _named(self, name: str) -> str:
        return urlunsplit(urlsplit(self.url)._replace(path=f"/{name}"))

    def _database(self, name: str) -> PostgresDatabase:
        return PostgresDatabase(self._named(name), pool_size=5, server_settings={"synchronous_commit": "off"})

    async def make(self, loaded: Loaded, *, clock: Clock) -> None:
        await copy_database(self.url, name=self.name)
        self.made.append(self.name)
        database = self._database(self.name)
        self.secrets = await fill(make_ports(loaded, database=database, clock=clock), password_hash=_password_hash())
        await database.open()
        await database.create(snapshot_statements())
        await database.close()

    async def copy(self) -> Database:
        if not self.free:
            name = f"{self.name}_{len(self.made)}"
            await copy_database(self.url, name=name, template=self.name)
            self.made.append(name)
            return self._database(name)
        database = self._database(self.free.pop())
        await database.open()
        await database.create((RESTORE,))
        await database.close()
        return database

    async def drop(self, database: Database) -> None:
        if isinstance(database, PostgresDatabase):
            self.free.append(urlsplit(database.url).path[1:])

    async def end(self) -> None:
        for name in reversed(self.made):
            await drop_database(self.url, name=name)
