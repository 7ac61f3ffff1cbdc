"""From flags to an open forum: settings with their warnings, the database, the ports; problems become a Stop.

What a command needs and no more: neither the web kit nor the dialects are loaded here.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import TypeVar

from tertulia.cli.stopping import REFUSED, Stop, say, sentence
from tertulia.forum.unit import Ports
from tertulia.model.errors import ForumError
from tertulia.settings import Loaded, SettingsProblem, load
from tertulia.store.engine.base import Database
from tertulia.store.schema import VERSION

ResultT = TypeVar("ResultT")
DATABASE_FILE = "forum.db"


def load_flags(flags: Mapping[str, object]) -> Loaded:
    """The settings that flags, environment and file give; warnings are said. Raises Stop."""
    try:
        loaded = load(flags, environ=os.environ)
    except SettingsProblem as problem:
        raise Stop("\n".join(problem.problems), code=REFUSED) from None
    for warning in loaded.warnings:
        say(f"warning: {warning}")
    return loaded


def place(loaded: Loaded) -> str:
    """Where the forum is, for messages; without a password."""
    return "the PostgreSQL database" if loaded.process.database else str(loaded.process.data)


def make_database(loaded: Loaded) -> Database:
    """The database that the settings name; not opened yet."""
    if loaded.process.database:
        from tertulia.store.engine.postgres import PostgresDatabase

        return PostgresDatabase(str(loaded.process.database))
    from tertulia.store.engine.sqlite import SqliteDatabase

    return SqliteDatabase(Path(loaded.process.data) / DATABASE_FILE)


def make_ports(loaded: Loaded) -> Ports:
    """The ports of a command."""
    from tertulia.backends.choosing import make_blobs, make_mailer, make_outbound
    from tertulia.backends.limits import SlidingWindows
    from tertulia.backends.local import LocalWakeup, SystemClock, ThreadOffload
    from tertulia.effects.table import EFFECTS

    clock = SystemClock()
    ports = Ports(
        database=make_database(loaded),
        loaded=loaded,
        effects=EFFECTS,
        clock=clock,
        offload=ThreadOffload(),
        wakeup=LocalWakeup(),
    )
    ports.blobs = make_blobs(loaded.process)
    ports.mailer = make_mailer(loaded.process, clock=clock)
    ports.outbound = make_outbound(loaded.process)
    ports.windows = SlidingWindows()
    return ports


def run_with_forum(loaded: Loaded, work: Callable[[Ports], Awaitable[ResultT]]) -> ResultT:
    """Opens a forum that exists and has this version's schema, does the work, closes. Raises Stop."""

    async def checked(ports: Ports) -> ResultT:
        check_version(await ports.database.version(), loaded)
        return await work(ports)

    if not loaded.process.database and not (Path(loaded.process.data) / DATABASE_FILE).is_file():
        raise Stop(nothing_here(loaded))
    return run_with_database(loaded, checked)


def run_with_database(loaded: Loaded, work: Callable[[Ports], Awaitable[ResultT]]) -> ResultT:
    """The same with whatever the database holds. Raises Stop."""

    async def opened() -> ResultT:
        ports = make_ports(loaded)
        try:
            await ports.database.open()
        except Exception as problem:
            raise Stop(f"{place(loaded)} cannot be opened: {problem or type(problem).__name__}") from problem
        try:
            return await work(ports)
        finally:
            await ports.database.close()

    try:
        return asyncio.run(opened())
    except ForumError as problem:
        raise Stop(sentence(problem)) from problem


def check_version(version: str | None, loaded: Loaded) -> None:
    """Raises Stop unless the database holds a forum of this version."""
    if version is None:
        raise Stop(nothing_here(loaded))
    if version != VERSION:
        raise Stop(
            f"{place(loaded)} has schema {version}, this version of Tertulia needs {VERSION}: run `tertulia migrate`"
        )


def nothing_here(loaded: Loaded) -> str:
    """The message for a place without a forum."""
    where = "" if loaded.process.database else f" --data {loaded.process.data}"
    return f"there is no forum in {place(loaded)}: run `tertulia init{where}` first"
