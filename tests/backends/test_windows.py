"""Sliding windows in this process and on Redis: the same answers, and a stated policy when Redis is away."""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import AsyncIterator

import pytest

from tertulia.backends.base import Limit, Windows
from tertulia.backends.limits import SlidingWindows

pytestmark = pytest.mark.anyio
SECOND = 1000


def redis_url() -> str:
    url = os.environ.get("TERTULIA_TEST_REDIS", "")
    if not url:
        if os.environ.get("CI") == "true":
            pytest.fail("CI needs TERTULIA_TEST_REDIS")
        pytest.skip("TERTULIA_TEST_REDIS is not set: nothing is tested on Redis")
    return url


@pytest.fixture(params=["local", "redis"])
async def windows(request: pytest.FixtureRequest) -> AsyncIterator[Windows]:
    if request.param == "local":
        yield SlidingWindows()
        return
    from tertulia.backends.redis import RedisWindows

    made = RedisWindows(redis_url())
    yield made
    await made.close()


class Asked:
    """One key of its own in the windows."""

    def __init__(self, windows: Windows, *, limit: int) -> None:
        self.windows = windows
        self.limit = limit
        self.key = secrets.token_hex(8)

    async def hit(self, now: int) -> int:
        return await self.windows.hit("test", self.key, limit=self.limit, window=10 * SECOND, now=now)


async def test_the_window_is_full_after_its_limit_and_slides_on(windows: Windows) -> None:
    asked = Asked(windows, limit=3)
    assert [await asked.hit(now * SECOND) for now in (0, 1, 2)] == [0, 0, 0]
    assert await asked.hit(3 * SECOND) == 7 * SECOND
    other = Asked(windows, limit=3)
    assert await other.hit(3 * SECOND) == 0


async def test_refused_requests_count(windows: Windows) -> None:
    asked = Asked(windows, limit=2)
    for now in range(5):
        await asked.hit(now * SECOND)
    assert await asked.hit(11 * SECOND) == 2 * SECOND
    assert await asked.hit(30 * SECOND) == 0


async def test_what_is_taken_back_leaves_the_window_as_it_was(windows: Windows) -> None:
    asked = Asked(windows, limit=2)
    assert [await asked.hit(0), await asked.hit(1)] == [0, 0]
    assert await asked.hit(2) > 0
    await windows.take_back([Limit("test", asked.key, 2, 10 * SECOND, True)])
    assert await asked.hit(3) > 0


async def test_two_processes_share_one_count() -> None:
    from tertulia.backends.redis import RedisWindows

    first, second = RedisWindows(redis_url()), RedisWindows(redis_url())
    one, two = Asked(first, limit=2), Asked(second, limit=2)
    two.key = one.key
    assert [await one.hit(0), await two.hit(0)] == [0, 0]
    assert await one.hit(0) > 0
    await first.close()
    await second.close()


async def test_a_process_counts_for_itself_while_redis_is_away(caplog: pytest.LogCaptureFixture) -> None:
    from tertulia.backends.redis import RedisWindows

    windows = RedisWindows("redis://127.0.0.1:1/0")
    asked = Asked(windows, limit=2)
    assert [await asked.hit(0), await asked.hit(0)] == [0, 0]
    assert await asked.hit(0) > 0
    assert [record.message for record in caplog.records].count(
        "Redis does not answer; this process counts for itself"
    ) == 1
    await windows.close()


async def test_a_redis_that_hangs_is_asked_again_after_a_pause_only() -> None:
    from tertulia.backends.redis import RedisWindows

    asked: list[asyncio.StreamWriter] = []

    async def hang(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(writer)

    server = await asyncio.start_server(hang, "127.0.0.1", 0)
    windows = RedisWindows(f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}/0")
    calls = Asked(windows, limit=100)
    await calls.hit(0)
    connections = len(asked)
    assert connections > 0
    for now in range(20):
        assert await calls.hit(now) == 0
    assert len(asked) == connections
    await windows.close()
    for writer in asked:
        writer.close()
    server.close()


async def test_the_number_of_keys_is_bounded() -> None:
    windows = SlidingWindows(kept=3)
    keys = [Asked(windows, limit=1) for _ in range(4)]
    for asked in keys:
        await asked.hit(0)
    assert await keys[0].hit(1) == 0
    assert await keys[3].hit(1) > 0
