"""Sliding windows in Redis or Valkey, shared by every process that names the same server.

When Redis does not answer within its time limit, each process counts for itself until it does: requests are served,
limits hold per process, and the log says so. Imported only when the setting `redis` is set.
"""

from __future__ import annotations

import asyncio
import functools
import logging
import time
from collections.abc import Sequence

from redis.asyncio import BlockingConnectionPool, Redis
from redis.exceptions import RedisError

from tertulia.backends.base import Count, Limit
from tertulia.backends.limits import MOST_MOMENTS, SlidingWindows, slice_width

_SECONDS = 0.25
_CONNECTIONS = 2
_MOST_AT_ONCE = 100  # requests in one question: other processes wait for Redis while it counts
_PAUSE = 1.0  # after a failure, before Redis is asked again
_SILENCE = 30.0  # between two warnings
_PREFIX = "tertulia:windows"
_LOG = logging.getLogger("tertulia.redis")

# One round trip for all limits of all requests that wait; `limits.py` says what is done for each. A window of moments
# is a list, one that counts per slice is a hash from slice to count. ARGV is one text, since each argument costs more
# to send than it says. It holds, for one request after another: now, how many keys are taken back, how many are counted
# in, then per key its numbers. The answer is one text too: per request its numbers, between semicolons.
_COUNT = """
local function newest_slice(key)
  local newest = -1
  for _, name in ipairs(redis.call('HKEYS', key)) do newest = math.max(newest, tonumber(name)) end
  return newest
end
local said, at, first, answers = {}, 1, 0, {}
for word in string.gmatch(ARGV[1], '%S+') do said[#said + 1] = word end
while at <= #said do
  local now, backs, counted = tonumber(said[at]), tonumber(said[at + 1]), tonumber(said[at + 2])
  at = at + 3
  for i = 1, backs do
    if said[at] == '0' then
      redis.call('RPOP', KEYS[first + i])
    else
      local key = KEYS[first + i]
      local newest = newest_slice(key)
      if newest >= 0 and redis.call('HINCRBY', key, newest, -1) <= 0 then redis.call('HDEL', key, newest) end
    end
    at = at + 1
  end
  local found, full = {}, false
  for i = backs + 1, backs + counted do
    local key, one = KEYS[first + i], {}
    one.most, one.window, one.width = tonumber(said[at]), tonumber(said[at + 1]), tonumber(said[at + 2])
    one.aggressive, one.wait, one.total, one.newest = said[at + 3] == '1', 0, 0, -1
    at = at + 4
    local past = now - one.window
    if one.width == 0 then
      local oldest = redis.call('LINDEX', key, 0)
      while oldest and tonumber(oldest) <= past do
        redis.call('LPOP', key)
        oldest = redis.call('LINDEX', key, 0)
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
    local key = KEYS[first + backs + i]
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
    answer[#answer + 1] = string.format('%.0f', one.wait)
    answer[#answer + 1] = string.format('%.0f', math.max(one.most - one.total, 0))
  end
  first = first + backs + counted
  answers[#answers + 1] = table.concat(answer, ' ')
end
return table.concat(answers, ';')
"""


_Question = tuple[list[str], str, "asyncio.Future[bytes]"]


class RedisWindows:
    """Counts on the server at `url`, and in this process while that does not answer.

    Requests that come while Redis is asked share the next question: a hundred of them wait for two round trips."""

    def __init__(self, url: str) -> None:
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
        self._waiting: list[_Question] = []
        self._asking: asyncio.Task[None] | None = None

    async def count(self, limits: Sequence[Limit], *, now: int, back: Sequence[Limit] = ()) -> list[Count]:
        if time.monotonic() >= self._away_until:
            try:
                flat = await self._ask(limits, now=now, back=back)
                return [Count(int(flat[at]), int(flat[at + 1])) for at in range(0, len(flat), 2)]
            except (RedisError, OSError, TimeoutError) as problem:
                self._leave_alone(problem)
        return self._local.count_now(limits, now=now, back=back)

    async def take_back(self, limits: Sequence[Limit]) -> None:
        if time.monotonic() >= self._away_until:
            try:
                await self._ask((), now=0, back=limits)
                return
            except (RedisError, OSError, TimeoutError) as problem:
                self._leave_alone(problem)
        await self._local.take_back(limits)

    async def hit(self, name: str, key: str, *, limit: int, window: int, now: int) -> int:
        return (await self.count((Limit(name, key, limit, window, True),), now=now))[0].wait

    async def _ask(self, limits: Sequence[Limit], *, now: int, back: Sequence[Limit]) -> list[bytes]:
        """The numbers of one request. Raises what the asking raised."""
        keys = [_describe(limit)[0] for limit in (*back, *limits)]
        words = [f"{now} {len(back)} {len(limits)}"]
        words.extend("1" if limit.most > MOST_MOMENTS else "0" for limit in back)
        words.extend(_describe(limit)[1] for limit in limits)
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[bytes] = loop.create_future()
        self._waiting.append((keys, " ".join(words), answer))
        if self._asking is None or self._asking.done():
            self._asking = loop.create_task(self._ask_for_all())
        return (await answer).split()

    async def _ask_for_all(self) -> None:
        while self._waiting:
            asked, self._waiting = self._waiting[:_MOST_AT_ONCE], self._waiting[_MOST_AT_ONCE:]
            try:
                text: bytes = await self._count(
                    keys=[key for keys, _, _ in asked for key in keys],
                    args=[" ".join([said for _, said, _ in asked])],
                )
                answers: list[bytes] = text.split(b";")
            except Exception as problem:
                # Those who came meanwhile would only wait for the next time limit.
                asked, self._waiting = asked + self._waiting, []
                for _, _, answer in asked:
                    if not answer.done():
                        answer.set_exception(problem)
                continue
            for (_, _, answer), said in zip(asked, answers, strict=True):
                if not answer.done():
                    answer.set_result(said)

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
        if self._asking is not None and not self._asking.done():
            await asyncio.wait([self._asking])
        await self._redis.aclose()


@functools.lru_cache(maxsize=4096)
def _describe(limit: Limit) -> tuple[str, str]:
    """Where a limit is kept (apart by its form, so that another setting finds no data of the wrong kind), and what
    the script is told of it."""
    sliced = limit.most > MOST_MOMENTS
    width = slice_width(limit.window) if sliced else 0
    place = f"{_PREFIX}:{'slices' if sliced else 'moments'}:{limit.name}:{limit.key}"
    return place, f"{limit.most} {limit.window} {width} {int(limit.aggressive)}"
