"""Sliding windows in Redis or Valkey, shared by every process that names the same server.

When Redis does not answer within its time limit, each process counts for itself until it does: requests are served,
limits hold per process, and the log says so. Imported only when the setting `redis` is set.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence

from redis.asyncio import BlockingConnectionPool, Redis
from redis.exceptions import RedisError

from tertulia.backends.base import Count, Limit
from tertulia.backends.limits import MOST_MOMENTS, SlidingWindows, slice_width

_SECONDS = 0.25
_CONNECTIONS = 8
_PAUSE = 1.0  # after a failure, before Redis is asked again
_SILENCE = 30.0  # between two warnings
_PREFIX = "tertulia:windows"
_LOG = logging.getLogger("tertulia.redis")

# One round trip for all limits of a request; `limits.py` says what it does. A window of moments is a list, one that
# counts per slice is a hash from slice to count. ARGV: now, how many keys are taken back, then per key its numbers.
_COUNT = """
local now, backs, at = tonumber(ARGV[1]), tonumber(ARGV[2]), 3
local function newest_slice(key)
  local newest = -1
  for _, name in ipairs(redis.call('HKEYS', key)) do newest = math.max(newest, tonumber(name)) end
  return newest
end
for i = 1, backs do
  if ARGV[at] == '0' then
    redis.call('RPOP', KEYS[i])
  else
    local newest = newest_slice(KEYS[i])
    if newest >= 0 and redis.call('HINCRBY', KEYS[i], newest, -1) <= 0 then redis.call('HDEL', KEYS[i], newest) end
  end
  at = at + 1
end
local found, full = {}, false
for i = backs + 1, #KEYS do
  local key, one = KEYS[i], {}
  one.most, one.window, one.width = tonumber(ARGV[at]), tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2])
  one.aggressive, one.wait, one.total, one.newest = ARGV[at + 3] == '1', 0, 0, -1
  at = at + 4
  local past = now - one.window
  if one.width == 0 then
    local first = redis.call('LINDEX', key, 0)
    while first and tonumber(first) <= past do
      redis.call('LPOP', key)
      first = redis.call('LINDEX', key, 0)
    end
    one.total = redis.call('LLEN', key)
    if one.total >= one.most then one.wait = tonumber(redis.call('LINDEX', key, -one.most)) - past end
  else
    local flat, slices = redis.call('HGETALL', key), {}
    for j = 1, #flat, 2 do
      local slice, count = tonumber(flat[j]), tonumber(flat[j + 1])
      if slice < math.floor(past / one.width) then
        redis.call('HDEL', key, flat[j])
      else
        slices[#slices + 1] = {slice, count}
        one.total, one.newest = one.total + count, math.max(one.newest, slice)
      end
    end
    if one.total >= one.most then
      table.sort(slices, function(a, b) return a[1] > b[1] end)
      local seen = 0
      for _, slice in ipairs(slices) do
        seen = seen + slice[2]
        if seen >= one.most then
          one.wait = (slice[1] + 1) * one.width + one.window - now
          break
        end
      end
    end
  end
  full = full or one.wait > 0
  found[#found + 1] = one
end
local answer = {}
for i, one in ipairs(found) do
  local key = KEYS[backs + i]
  if one.aggressive or not full then
    if one.width == 0 then
      redis.call('RPUSH', key, now)
      redis.call('LTRIM', key, -(one.most + 1), -1)
    else
      redis.call('HINCRBY', key, string.format('%.0f', math.max(math.floor(now / one.width), one.newest)), 1)
    end
    redis.call('PEXPIRE', key, one.window + one.width)
    one.total = one.total + 1
  end
  answer[#answer + 1] = one.wait
  answer[#answer + 1] = math.max(one.most - one.total, 0)
end
return answer
"""


class RedisWindows:
    """Counts on the server at `url`, and in this process while that does not answer."""

    def __init__(self, url: str) -> None:
        # A burst of requests waits for one of few connections, instead of opening as many at once as there are.
        self._redis = Redis.from_pool(
            BlockingConnectionPool.from_url(
                url,
                max_connections=_CONNECTIONS,
                timeout=_SECONDS,
                socket_timeout=_SECONDS,
                socket_connect_timeout=_SECONDS,
            )
        )
        self._count = self._redis.register_script(_COUNT)
        self._local = SlidingWindows()
        self._away_until = 0.0
        self._warned = -_SILENCE

    async def count(self, limits: Sequence[Limit], *, now: int, back: Sequence[Limit] = ()) -> list[Count]:
        if time.monotonic() >= self._away_until:
            try:
                flat = await self._run(limits, now=now, back=back)
                return [Count(int(flat[at]), int(flat[at + 1])) for at in range(0, len(flat), 2)]
            except (RedisError, OSError, TimeoutError) as problem:
                self._leave_alone(problem)
        return self._local.count_now(limits, now=now, back=back)

    async def take_back(self, limits: Sequence[Limit]) -> None:
        if time.monotonic() >= self._away_until:
            try:
                await self._run((), now=0, back=limits)
                return
            except (RedisError, OSError, TimeoutError) as problem:
                self._leave_alone(problem)
        await self._local.take_back(limits)

    async def hit(self, name: str, key: str, *, limit: int, window: int, now: int) -> int:
        return (await self.count((Limit(name, key, limit, window, True),), now=now))[0].wait

    async def _run(self, limits: Sequence[Limit], *, now: int, back: Sequence[Limit]) -> list[int]:
        keys = [_place(limit) for limit in (*back, *limits)]
        numbers: list[int] = [now, len(back)]
        numbers.extend(int(limit.most > MOST_MOMENTS) for limit in back)
        for limit in limits:
            width = slice_width(limit.window) if limit.most > MOST_MOMENTS else 0
            numbers.extend((limit.most, limit.window, width, int(limit.aggressive)))
        flat: list[int] = await self._count(keys=keys, args=numbers)
        return flat

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


def _place(limit: Limit) -> str:
    """Where a limit is kept: apart by its form, so that another setting finds no data of the wrong kind."""
    form = "slices" if limit.most > MOST_MOMENTS else "moments"
    return f"{_PREFIX}:{form}:{limit.name}:{limit.key}"
