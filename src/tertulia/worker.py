"""The job loop: read the event log, claim, run, finish; retry with back-off; dead letters kept.

In the server's process or its own. Job bodies and consumers of events are services in `forum`, found by the dotted
names below and loaded at first use.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import logging
import os
import secrets
import time
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from tertulia.backends.local import LocalWakeup
from tertulia.forum import outbox
from tertulia.forum.sessions.actors import system_actor
from tertulia.forum.sites.knobs import load_settings
from tertulia.forum.unit import Ports, Unit
from tertulia.store import jobs as job_store
from tertulia.store.jobs import Job, Room
from tertulia.telemetry.context import REQUEST_ID
from tertulia.telemetry.counters import count

# Jobs with a lane mostly wait for the outside, so they run beside each other and beside all others.
MOST_BESIDE = 16
MOST_OF_A_LANE = 4

JobBody = Callable[..., Awaitable[bool | None]]  # True: there is more, run it again at once

JOBS: dict[str, str] = {
    "messages.follow": "tertulia.forum.topics.recipients:follow_for_group",
    "mail.send": "tertulia.forum.users.mailing:send_mail",
    "oneboxes.fetch": "tertulia.forum.oneboxes.fetching:fetch_onebox",
    "oneboxes.refresh": "tertulia.forum.onebox_refreshing:refresh_posts",
    "posts.delete_abandoned": "tertulia.forum.posts.abandoned:delete_abandoned",
    "posts.page_forms": "tertulia.forum.page_forms.keeping:renew_page_slice",
    "posts.recook": "tertulia.forum.recooking:recook_slice",
    "users.delete": "tertulia.forum.account_deleting:delete_user_slice",
    "topics.purge": "tertulia.forum.topics.deleting:purge_slice",
    "uploads.delete_blobs": "tertulia.forum.uploads.sweeping:delete_blobs",
    "categories.purge": "tertulia.forum.category_purging:purge_slice",
    "webhooks.deliver": "tertulia.forum.webhooks.delivering:deliver",
    "notifications.fan_out": "tertulia.forum.notifications.fanning_out:fan_out",
    "notifications.trim": "tertulia.forum.notifications.telling:trim_notifications",
    "webhooks.purge": "tertulia.forum.webhooks.sweeping:purge_deliveries",
}
FIRST: dict[str, str] = {  # what is stored before the job itself begins, in a unit of its own
    "webhooks.deliver": "tertulia.forum.webhooks.rendering:render_delivery",
}
PRESENTERS: dict[str, str] = {  # who owns the words of what leaves the forum
    "mail": "tertulia.pages.mail:render",
    "webhooks": "tertulia.dialects.discourse.webhooks:render",
}
CONSUMERS: dict[str, str] = {  # cursor of the event log to who reads it; each is given every event at least once
    "notifications": "tertulia.forum.notifications.fanning_out:consume",
    "oneboxes": "tertulia.forum.onebox_refreshing:consume",
    "webhooks": "tertulia.forum.webhooks.fanning_out:fan_out",
}
PERIODIC: dict[str, int] = {  # dotted name to milliseconds between runs; each may run in several workers at once
    "tertulia.forum.loading.mending:mend": 60_000,
    "tertulia.forum.sites.sweeping:sweep": 60_000,
    "tertulia.forum.oneboxes.sweeping:sweep_oneboxes": 60_000,
    "tertulia.forum.uploads.sweeping:sweep_uploads": 3_600_000,
    "tertulia.forum.users.promoting:review_regulars": 3_600_000,
    "tertulia.forum.reports.keeping:gather_tallies": 5_000,
    "tertulia.forum.reports.keeping:keep_days": 5_000,
    "tertulia.forum.webhooks.sweeping:sweep_deliveries": 60_000,
    "tertulia.forum.indexing.recent:keep_recent": 10_000,
}

CLAIM_MS = 300_000
LANE_CLAIM_MS = 15_000  # short, as whoever runs it asks for more time: what a killed worker ran is soon taken over
BACK_OFF_MS = 5_000
LONGEST_BACK_OFF_MS = 3_600_000
_POLL_SECONDS = 5.0
_EXTEND_SECONDS = 5.0
_STOP_SECONDS = 5.0  # for what runs beside; then it is given back
_BEHIND_SECONDS = 0.05  # events that wait for another transaction to end, or for a consumer that failed; doubled
_REST_SECONDS = 0.05  # between two readings of the log; the first event after a pause is read at once

_LOG = logging.getLogger("tertulia.worker")


def load(name: str) -> Any:
    """The function behind a dotted name."""
    module, _, attribute = name.partition(":")
    return getattr(importlib.import_module(module), attribute)


def present(name: str, facts: Any) -> Any:
    """The facts in the words of the room that owns them; LookupError for a name without a presenter."""
    render: Callable[[Any], Any] = load(PRESENTERS[name])
    return render(facts)


class Worker:
    """Runs due jobs one after another until it is stopped; a running job is finished first.

    Jobs with a lane run beside them, at most 16 in all and 4 of each lane: whoever is slow holds up only itself."""

    def __init__(self, ports: Ports) -> None:
        self.ports = ports
        self.name = f"{os.getpid()}-{secrets.token_hex(4)}"
        self._stopping = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._ran: dict[str, int] = {}
        self.stumbles = 0  # how often a consumer of events failed
        self._beside: dict[asyncio.Task[None], str] = {}
        self._rests_until = 0.0
        self._behind = _BEHIND_SECONDS

    async def run(self) -> None:
        """The loop. Returns after `stop`."""
        while not self._stopping.is_set():
            self._idle.clear()
            try:
                await self._read_now_and_then()
                worked = await self.run_due()
                await self._run_periodic()
            except Exception:
                _LOG.exception("the job loop stumbled and goes on")
                worked = False
            finally:
                self._idle.set()
            if not worked:
                await self._wait()

    async def stop(self) -> None:
        """Lets the running job finish and ends the loop. What runs beside it is given back after five seconds."""
        self._stopping.set()
        self.ports.wakeup.wake()
        await self._idle.wait()
        if self._beside:
            await asyncio.wait(self._beside, timeout=_STOP_SECONDS)
        for task in tuple(self._beside):
            task.cancel()
        await asyncio.gather(*self._beside, return_exceptions=True)

    async def run_due(self) -> bool:
        """Runs one due job, or starts it beside the others; False when there is none that there is room for."""
        room = self._room()
        async with self.ports.unit() as unit:
            if await job_store.find_due(unit.tx, now=unit.now, room=room) is None:
                return False
        async with self.ports.unit() as unit:
            await unit.write()
            until, lane_until = unit.now + CLAIM_MS, unit.now + LANE_CLAIM_MS
            job = await job_store.claim_job(
                unit.tx, worker=self.name, now=unit.now, until=until, lane_until=lane_until, room=room
            )
            await unit.commit()
        if job is None:
            return False
        if job.lane:
            task = asyncio.create_task(self._run_beside(job))
            self._beside[task] = job.lane
            task.add_done_callback(self._forget)
        else:
            await self._run(job)
        return True

    async def drain(self, *, limit: int = 1000) -> int:
        """Runs due jobs until none is left (for tests and `worker --once`); answers how many ran."""
        ran = 0
        while ran < limit:
            ran_beside = bool(self._beside)  # one that ends meanwhile may leave jobs that this look does not see
            read = await self.read_events()
            if await self.run_due():
                ran += 1
            elif self._beside:
                await asyncio.wait(tuple(self._beside), return_when=asyncio.FIRST_COMPLETED)
            elif not read and not ran_beside:
                break
        if self._beside:
            await asyncio.wait(tuple(self._beside))
        return ran

    def _room(self) -> Room:
        lanes = list(self._beside.values())
        full = tuple(lane for lane in sorted(set(lanes)) if lanes.count(lane) >= MOST_OF_A_LANE)
        return Room(beside=len(lanes) < MOST_BESIDE, full=full)

    def _forget(self, task: asyncio.Task[None]) -> None:
        self._beside.pop(task, None)
        self.ports.wakeup.wake()  # there is room again

    async def _run_beside(self, job: Job) -> None:
        keeping = asyncio.create_task(self._keep_claim(job))
        try:
            await self._run(job)
        except asyncio.CancelledError:
            keeping.cancel()
            async with self.ports.unit() as unit:
                await unit.write()
                await job_store.retry_job(
                    unit.tx, job.id, worker=self.name, run_at=unit.now, problem="stopped", failed_at=None
                )
                await unit.commit()
        finally:
            keeping.cancel()

    async def _keep_claim(self, job: Job) -> None:
        while True:
            await asyncio.sleep(_EXTEND_SECONDS)
            try:
                async with self.ports.unit() as unit:
                    await unit.write()
                    until = unit.now + LANE_CLAIM_MS
                    await job_store.extend_claim(unit.tx, job.id, worker=self.name, until=until)
                    await unit.commit()
            except Exception:
                _LOG.exception("a claim was not extended", extra={"facts": {"kind": job.kind}})

    async def read_events(self) -> bool:
        """Gives every consumer one batch of the events it has not seen; False when nobody had any.

        All in one transaction. Where one fails each has its own: that one is logged and given the same events again,
        the others go on."""
        async with self.ports.unit() as unit:
            if not await outbox.has_news(unit, CONSUMERS):
                return False
        with contextlib.suppress(Exception):
            return await self._consume(*CONSUMERS)
        found = False
        for cursor in CONSUMERS:
            try:
                found = await self._consume(cursor) or found
            except Exception:
                self.stumbles += 1
                _LOG.exception("a consumer of events failed", extra={"facts": {"consumer": cursor}})
                count("consumers_total", consumer=cursor, outcome="failed")
        return found

    async def is_behind(self) -> bool:
        """Whether a consumer has events before it, even such as an older running transaction still hides."""
        async with self.ports.unit() as unit:
            return await outbox.has_news(unit, CONSUMERS, hidden=True)

    async def _consume(self, *cursors: str) -> bool:
        read: dict[str, int] = {}
        async with self.ports.unit() as unit:
            unit.settings = await load_settings(unit)
            unit.actor = await system_actor(unit)
            for cursor in cursors:
                read[cursor] = await outbox.consume(unit, cursor, load(CONSUMERS[cursor]))
            await unit.commit()
        for cursor in cursors:
            if read[cursor]:
                count("consumers_total", consumer=cursor, outcome="read")
        return any(read.values())

    async def _run(self, job: Job) -> None:
        token = REQUEST_ID.set(f"job-{job.id}")
        try:
            more = await self._attempt(job)
            count("jobs_total", kind=job.kind, outcome="again" if more else "done")
        except Exception as problem:
            _LOG.exception("job failed", extra={"facts": {"kind": job.kind, "attempt": job.attempts}})
            count("jobs_total", kind=job.kind, outcome="failed")
            await self._give_back(job, problem)
        finally:
            REQUEST_ID.reset(token)

    async def _attempt(self, job: Job) -> bool:
        if job.kind not in JOBS:
            raise LookupError(f"no job is called {job.kind}")
        body: JobBody = load(JOBS[job.kind])
        arguments: dict[str, Any] = msgspec.json.decode(job.arguments)
        if job.kind in FIRST:
            async with self.ports.unit() as unit:
                await self._prepare(unit)
                await load(FIRST[job.kind])(unit, **arguments)
                await unit.commit()
        async with self.ports.unit() as unit:
            await self._prepare(unit)
            more = bool(await body(unit, **arguments))
            await unit.settle()
            await unit.write()
            if more:
                await job_store.retry_job(
                    unit.tx, job.id, worker=self.name, run_at=unit.now, problem="", failed_at=None
                )
            elif not await job_store.delete_job(unit.tx, job.id, worker=self.name):
                _LOG.warning("claim lost; the other worker's result counts", extra={"facts": {"kind": job.kind}})
                return False
            await unit.commit()
        return more

    async def _prepare(self, unit: Unit) -> None:
        unit.settings = await load_settings(unit)
        unit.actor = await system_actor(unit)
        unit.present = present

    async def _give_back(self, job: Job, problem: Exception) -> None:
        async with self.ports.unit() as unit:
            wait = min(BACK_OFF_MS * 2 ** (job.attempts - 1), LONGEST_BACK_OFF_MS)
            dead = unit.now if job.attempts >= job.maximum_attempts else None
            await unit.write()
            text = f"{type(problem).__name__}: {problem}"
            await job_store.retry_job(
                unit.tx, job.id, worker=self.name, run_at=unit.now + wait, problem=text, failed_at=dead
            )
            await unit.commit()

    async def _run_periodic(self) -> None:
        now = self.ports.clock.now()
        for name, interval in PERIODIC.items():
            if now - self._ran.get(name, 0) < interval:
                continue
            self._ran[name] = now
            async with self.ports.unit() as unit:
                unit.settings = await load_settings(unit)
                unit.actor = await system_actor(unit)
                await load(name)(unit)
                await unit.commit()

    async def _read_now_and_then(self) -> None:
        """Events that come fast are read many at a time, so that each does not cost a transaction of its own."""
        now = time.monotonic()
        if now >= self._rests_until and await self.read_events():
            self._rests_until = now + _REST_SECONDS

    async def _seconds_to_wait(self) -> float:
        rest = self._rests_until - time.monotonic()
        if rest > 0:
            return rest
        if not await self.is_behind():
            self._behind = _BEHIND_SECONDS
            return _POLL_SECONDS
        seconds, self._behind = self._behind, min(2 * self._behind, _POLL_SECONDS)
        return seconds

    async def _wait(self) -> None:
        wakeup = self.ports.wakeup
        seconds = await self._seconds_to_wait()
        if not isinstance(wakeup, LocalWakeup):
            await asyncio.sleep(seconds)
            return
        try:
            await asyncio.wait_for(wakeup.event.wait(), seconds)
        except TimeoutError:
            return
        wakeup.event.clear()
