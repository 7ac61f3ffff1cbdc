"""Both engines for every test that asks for `ports` (an empty founded forum without HTTP)."""

from __future__ import annotations

import os
import secrets
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tertulia.forum.unit import Ports
    from tests.founded import FoundedFile, FoundedServer
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


@pytest.fixture(scope="session")
def founded_file(tmp_path_factory: pytest.TempPathFactory) -> FoundedFile:
    from tests.founded import FoundedFile

    return FoundedFile(tmp_path_factory.mktemp("founded"))


@pytest.fixture(scope="session")
def founded_server() -> Iterator[FoundedServer]:
    from tests.founded import FoundedServer

    url = os.environ.get("TERTULIA_TEST_POSTGRES", "")
    if not url:
        if os.environ.get("CI") == "true":
            pytest.fail("CI needs TERTULIA_TEST_POSTGRES")
        pytest.skip("TERTULIA_TEST_POSTGRES is not set: nothing tested on PostgreSQL")
    server = FoundedServer(url, name=f"tertulia_founded_{secrets.token_hex(5)}")
    yield server
    server.end()


@pytest.fixture(params=ENGINES)
async def ports(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Ports]:
    """Ports of a freshly founded forum: system user, admin (1), built-in groups, categories 1 and 3."""
    from tests.founded import make_ports

    if request.param == "postgresql":
        server: FoundedServer = request.getfixturevalue("founded_server")
        database = await server.copy()
        await database.open()
        yield make_ports(database)
        await server.give_back(database)
    else:
        file: FoundedFile = request.getfixturevalue("founded_file")
        copied = await file.copy(tmp_path / "forum.db")
        await copied.open()
        yield make_ports(copied)
        await copied.close()


@pytest.fixture(autouse=True)
def request_lines() -> Iterator[None]:
    """A command that ran in this process leaves its own writer of request lines behind; tests read them by logging."""
    yield
    from tertulia.telemetry.requests import write_in_batches

    write_in_batches(None)
