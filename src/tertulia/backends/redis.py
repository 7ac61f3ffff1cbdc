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
        self._warned = 0.0

    async def hit(self, name: str, key: str, *, limit: int, window: int, now: int) -> int:
        try:
            return int(await self._hit(keys=[f"{_PREFIX}:{name}:{key}"], args=[limit, window, now]))
        except (RedisError, OSError, TimeoutError) as problem:
            self._warn(problem)
            return await self._local.hit(name, key, limit=limit, window=window, now=now)

    async def take_back(self, name: str, key: str) -> None:
        try:
            await self._redis.rpop(f"{_PREFIX}:{name}:{key}")
        except (RedisError, OSError, TimeoutError) as problem:
            self._warn(problem)
            await self._local.take_back(name, key)

    def _warn(self, problem: Exception) -> None:
        now = time.monotonic()
        if now - self._warned >= _SILENCE:
            self._warned = now
            _LOG.warning(
                "Redis does not answer; this process counts for itself", extra={"facts": {"problem": str(problem)}}
            )

    async def close(self) -> None:
        """Gives the connections back."""
        await self._redis.aclose()
