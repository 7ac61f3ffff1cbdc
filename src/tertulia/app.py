"""The composition root: every route table, both dialects and the pages over one set of ports, as one ASGI app.

Makers are chosen here and nowhere else. Read next: `http/kit.py` for the walk of a request, `worker.py` for jobs.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import gc
import itertools
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

from tertulia.backends.base import Clock
from tertulia.backends.choosing import make_blobs, make_mailer, make_outbound, make_windows
from tertulia.backends.local import LocalWakeup, SystemClock, ThreadOffload
from tertulia.dialects.discourse.dialect import DiscourseDialect
from tertulia.dialects.discourse.routes import ROWS as DISCOURSE_ROWS
from tertulia.dialects.nodebb.dialect import NodebbDialect
from tertulia.dialects.nodebb.routes import ROWS as NODEBB_ROWS
from tertulia.effects.table import EFFECTS
from tertulia.forum.batches import flush
from tertulia.forum.sites.knobs import load_settings
from tertulia.forum.traffic import flush_traffic
from tertulia.forum.unit import Ports
from tertulia.http.call import Call
from tertulia.http.kit import Kit
from tertulia.http.limits import RequestLimits
from tertulia.http.machine import machine_rows
from tertulia.http.negotiation import parse_accept
from tertulia.http.routing import Table
from tertulia.pages.dialect import PagesDialect
from tertulia.pages.routes import ROWS as PAGE_ROWS
from tertulia.settings import Loaded
from tertulia.store.engine.base import Database
from tertulia.store.schema import VERSION
from tertulia.store.settings import SECRET_KEY, find_setting
from tertulia.telemetry.requests import flush_requests
from tertulia.worker import Worker

Message = MutableMapping[str, Any]

_LOG = logging.getLogger("tertulia.app")
_FLUSH_SECONDS = 2.0
_TRAFFIC_ROUNDS = 15  # what only reports read is written every half minute


class NotFounded(Exception):
    """The database holds no forum yet."""


class WrongSchema(Exception):
    """The database's schema is of another version; the message says what to do."""


@functools.cache  # the same for every forum of a process; a test session has thousands
def route_table() -> Table:
    """Every row of every room. Raises ValueError where two answer the same method, path and format."""
    return Table((*machine_rows(), *DISCOURSE_ROWS, *NODEBB_ROWS, *PAGE_ROWS))


def make_database(loaded: Loaded) -> Database:
    """The database that the settings name: a URL, or the file in the data directory."""
    url = str(loaded.process.database or "")
    if url:
        from tertulia.store.engine.postgres import PostgresDatabase

        return PostgresDatabase(url)
    from tertulia.store.engine.sqlite import SqliteDatabase

    return SqliteDatabase(Path(loaded.process.data) / "forum.db")


def make_ports(loaded: Loaded, *, database: Database | None = None, clock: Clock | None = None) -> Ports:
    """The ports of one process; the database is not opened yet."""
    clock = clock or SystemClock()
    ports = Ports(
        database=database or make_database(loaded),
        loaded=loaded,
        effects=EFFECTS,
        clock=clock,
        offload=ThreadOffload(),
        wakeup=LocalWakeup(),
    )
    ports.blobs = make_blobs(loaded.process)
    ports.mailer = make_mailer(loaded.process, clock=clock)
    ports.outbound = make_outbound(loaded.process)
    ports.windows = make_windows(loaded.process)
    return ports


async def open_ports(ports: Ports) -> None:
    """Opens the database, checks its schema and reads the secret. Raises NotFounded, WrongSchema."""
    await ports.database.open()
    try:
        await check_schema(ports)
        async with ports.unit() as unit:
            stored = await find_setting(unit.tx, SECRET_KEY)
            ports.memory[SECRET_KEY] = str(ports.loaded.process.secret_key or stored or "")
            await load_settings(unit)
    except BaseException:
        await ports.database.close()
        raise


async def check_schema(ports: Ports) -> None:
    """Raises NotFounded or WrongSchema unless the database holds a forum of this version."""
    version = await ports.database.version()
    if version is None:
        raise NotFounded("there is no forum yet: run `tertulia init` first")
    if version != VERSION:
        raise WrongSchema(
            f"the database has schema {version}, this version of Tertulia needs {VERSION}: run `tertulia migrate`"
        )


def fallback_dialect(call: Call) -> str:
    """Who answers for a path that no row knows: NodeBB under /api/, pages for browsers, else Discourse."""
    if call.path.startswith("/api/") or call.path == "/api":
        return "nodebb"
    if call.path.endswith((".json", ".rss")) or call.is_xhr or "api-key" in call.headers:
        return "discourse"
    if "user-api-key" in call.headers or call.method not in ("GET", "HEAD"):
        return "discourse"
    ranges = dict(parse_accept(call.headers.get("accept", "")))
    return "pages" if ranges.get("text/html", 0) > 0 else "discourse"


class Application:
    """The ASGI app. Its lifespan opens the ports, runs the worker beside the server, and closes both in order."""

    def __init__(self, ports: Ports, *, with_worker: bool) -> None:
        self.ports = ports
        self.kit = Kit(
            table=route_table(),
            dialects={dialect.name: dialect for dialect in (DiscourseDialect(), NodebbDialect(), PagesDialect())},
            ports=ports,
            fallback=fallback_dialect,
            limits=RequestLimits(ports.windows, settings=ports.loaded.process),
        )
        self.worker = Worker(ports) if with_worker else None
        self._tasks: list[asyncio.Task[None]] = []

    async def __call__(
        self, scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
    ) -> None:
        if scope["type"] == "http":
            await self.kit(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        else:
            await send({"type": "websocket.close", "code": 1000})

    async def _lifespan(
        self, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
    ) -> None:
        await receive()
        try:
            await self.start()
        except Exception as problem:
            _LOG.error("start failed", extra={"facts": {"problem": str(problem)}})
            await send({"type": "lifespan.startup.failed", "message": str(problem)})
            return
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self.stop()
        await send({"type": "lifespan.shutdown.complete"})

    async def start(self) -> None:
        """Opens the ports and starts what runs beside requests."""
        await open_ports(self.ports)
        self._tasks.append(asyncio.create_task(self._flush_often()))
        if self.worker is not None:
            self._tasks.append(asyncio.create_task(self.worker.run()))
        gc.collect()
        gc.freeze()  # what was loaded so far stays: no collection need look at it again

    async def stop(self) -> None:
        """Finishes the running job, writes what was batched, closes."""
        if self.worker is not None:
            await self.worker.stop()
        for task in self._tasks:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        self._tasks.clear()
        async with self.ports.unit() as unit:
            await flush(unit)
            await flush_traffic(unit)
            await unit.commit()
        await self.kit.keeper.freshness.close()
        await self.ports.windows.close()
        await self.ports.database.close()
        flush_requests()

    async def _flush_often(self) -> None:
        for rounds in itertools.count(1):
            await asyncio.sleep(_FLUSH_SECONDS)
            try:
                async with self.ports.unit() as unit:
                    await flush(unit)
                    if rounds % _TRAFFIC_ROUNDS == 0:
                        await flush_traffic(unit)
                    await unit.commit()
            except Exception:
                _LOG.exception("batch not written; it is kept for the next time")


def create_app(loaded: Loaded) -> Application:
    """The app for `serve`."""
    return Application(make_ports(loaded), with_worker=loaded.process.worker)
