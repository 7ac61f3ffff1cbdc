"""Both engines for every test that asks for `ports` (an empty founded forum without HTTP)."""

from __future__ import annotations

import os
import secrets
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.house.promises import Promises

ENGINES = ["sqlite", "postgresql"]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def promises() -> Iterator[Promises]:
    """Everything that is answered during the session, held against what the rows promise."""
    from tests.house.promises import watch

    with watch() as watched:
        yield watched


@pytest.fixture(autouse=True)
def answers_keep_their_promise(promises: Promises) -> Iterator[None]:
    """Fails the test during which a route answered with another shape than the OpenAPI description says."""
    promises.broken.clear()
    yield
    assert not promises.broken, "correct the shape or the answer:\n" + "\n".join(promises.broken)


@pytest.fixture(params=ENGINES)
async def ports(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[object]:
    """Ports of a freshly founded forum: system user, admin (1), built-in groups, categories 1 and 3."""
    from tertulia.backends.blobs.memory import MemoryBlobs
    from tertulia.backends.limits import SlidingWindows
    from tertulia.backends.local import LocalWakeup, SystemClock, ThreadOffload
    from tertulia.backends.mail.captured import CapturedMailer
    from tertulia.backends.outbound.captured import CapturedOutbound
    from tertulia.effects.table import EFFECTS
    from tertulia.forum.sites.found import FoundSite, found_site, found_tables
    from tertulia.forum.unit import Ports
    from tertulia.settings import load
    from tertulia.store.engine.base import Database
    from tertulia.store.engine.postgres import PostgresDatabase
    from tertulia.store.engine.sqlite import SqliteDatabase

    schema = f"t_{secrets.token_hex(6)}"
    database: Database
    url = os.environ.get("TERTULIA_TEST_POSTGRES", "")
    if request.param == "postgresql":
        if not url:
            if os.environ.get("CI") == "true":
                pytest.fail("CI needs TERTULIA_TEST_POSTGRES")
            pytest.skip("TERTULIA_TEST_POSTGRES is not set: nothing tested on PostgreSQL")
        import asyncpg

        connection = await asyncpg.connect(url)
        await connection.execute(f"CREATE SCHEMA {schema}")
        await connection.close()
        relaxed = {"synchronous_commit": "off"}  # nobody needs a test's forum after a power cut
        database = PostgresDatabase(f"{url}?schema={schema}", pool_size=5, server_settings=relaxed)
    else:
        database = SqliteDatabase(tmp_path / "forum.db", synchronous="OFF")
    await database.open()
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
    await found_tables(database)
    async with made.unit() as unit:
        await found_site(unit, FoundSite(password_hash="!"))
        await unit.commit()
    yield made
    await database.close()
    if request.param == "postgresql":
        connection = await asyncpg.connect(url)
        await connection.execute(f"DROP SCHEMA {schema} CASCADE")
        await connection.close()


@pytest.fixture(autouse=True)
def request_lines() -> Iterator[None]:
    """A command that ran in this process leaves its own writer of request lines behind; tests read them by logging."""
    yield
    from tertulia.telemetry.requests import write_in_batches

    write_in_batches(None)
