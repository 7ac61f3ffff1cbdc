"""Sliding windows in Redis or Valkey, shared by every process that names the same server.

When Redis does not answer within its time limit, each process counts for itself until it does: requests are served,
limits hold per process, and the log says so. Imported only when the setting `redis` is set.
"""

from __future__ import annotations

import logging
import time

from redis.asyncio import Redis
from redis.exceptions import RedisError

from tertulia.backends.limits import SlidingWindows

_SECONDS = 0.25
_PAUSE = 1.0  # after a failure, before Redis is asked again
_SILENCE = 30.0  # between two warnings
_PREFIX = "tertulia:window"
_LOG = logging.getLogger("tertulia.redis")

# One round trip: how old the N-th newest moment is, then the new moment. Keeps N + 1, as `SlidingWindows` does.
_HIT = """
local limit, window, now = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local oldest = redis.call('LINDEX', KEYS[1], -limit)
local wait = 0
if oldest then wait = math.max(window - (now - tonumber(oldest)), 0) end
redis.call('RPUSH', KEYS[1], now)
redis.call('LTRIM', KEYS[1], -(limit + 1), -1)
redis.call('PEXPIRE', KEYS[1], window)
return wait
"""


class RedisWindows:
    """Counts on the server at `url`, and in this process while that does not answer."""

    def __init__(self, url: str) -> None:
        self._redis = Redis.from_url(url, socket_timeout=_SECONDS, socket_connect_timeout=_SECONDS)
        self._hit = self._redis.register_script(_HIT)
        self._local = SlidingWindows()
        self._away_until = 0.0
        self._warned = -_SILENCE

    async def hit(self, name: str, key: str, *, limit: int, window: int, now: int) -> int:
        if time.monotonic() >= self._away_until:
            try:
                return int(await self._hit(keys=[_name(name, key)], args=[limit, window, now]))
            except (RedisError, OSError, TimeoutError) as problem:
                self._leave_alone(problem)
        return await self._local.hit(name, key, limit=limit, window=window, now=now)

    async def take_back(self, name: str, key: str) -> None:
        if time.monotonic() >= self._away_until:
            try:
                await self._redis.rpop(_name(name, key))
                return
            except (RedisError, OSError, TimeoutError) as problem:
                self._leave_alone(problem)
        await self._local.take_back(name, key)

    def _leave_alone(self, problem: Exception) -> None:
        """Asks again in a second only: a server that hangs must not cost every request its time limit."""
        now = time.monotonic()
        self._away_until = now + _PAUSE
        if now - self._warned >= _SILENCE:
            self._warned = now
            facts = {"problem": str(problem)}
            _LOG.warning("Redis does not answer; this process counts for itself", extra={"facts": facts})

    async def close(self) -> None:
        """Gives the connections back."""
        await self._redis.aclose()


def _name(name: str, key: str) -> str:
    return f"{_PREFIX}:{name}:{key}"
