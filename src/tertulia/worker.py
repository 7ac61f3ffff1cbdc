"""The job loop: claim, run, finish; retry with back-off; dead letters kept. In the server's process or its own.

Job bodies are services in `forum`, found by the dotted names below and loaded at first use.
"""

from __future__ import annotations

import asyncio
import importlib
import logging
import os
import secrets
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from tertulia.backends.local import LocalWakeup
from tertulia.forum.sessions.actors import system_actor
from tertulia.forum.sites.knobs import load_settings
from tertulia.forum.unit import Ports
from tertulia.store import jobs as job_store
from tertulia.store.jobs import Job
from tertulia.telemetry.context import REQUEST_ID
from tertulia.telemetry.counters import count

JobBody = Callable[..., Awaitable[bool | None]]  # True: there is more, run it again at once

JOBS: dict[str, str] = {
    "mail.send": "tertulia.forum.users.mailing:send_mail",
    "posts.delete_abandoned": "tertulia.forum.posts.abandoned:delete_abandoned",
    "users.delete": "tertulia.forum.account_deleting:delete_user_slice",
    "topics.purge": "tertulia.forum.topics.deleting:purge_slice",
    "categories.purge": "tertulia.forum.category_purging:purge_slice",
}
PRESENTERS: dict[str, str] = {  # who owns the words of what leaves the forum
    "mail": "tertulia.pages.mail:render",
}
PERIODIC: dict[str, int] = {  # dotted name to milliseconds between runs; each may run in several workers at once
    "tertulia.forum.sites.sweeping:sweep": 60_000,
    "tertulia.forum.users.promoting:review_regulars": 3_600_000,
}

CLAIM_MS = 300_000
BACK_OFF_MS = 5_000
LONGEST_BACK_OFF_MS = 3_600_000
_POLL_SECONDS = 5.0

_LOG = logging.getLogger("tertulia.worker")


def load(name: str) -> JobBody:
    """The function behind a dotted name."""
    module, _, attribute = name.partition(":")
    body: JobBody = getattr(importlib.import_module(module), attribute)
    return body


def present(name: str, facts: Any) -> Any:
    """The facts in the words of the room that owns them; LookupError for a name without a presenter."""
    render: Callable[[Any], Any] = load(PRESENTERS[name])
    return render(facts)


class Worker:
    """Runs due jobs one after another until it is stopped; a running job is finished first."""

    def __init__(self, ports: Ports) -> None:
        self.ports = ports
        self.name = f"{os.getpid()}-{secrets.token_hex(4)}"
        self._stopping = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._ran: dict[str, int] = {}

    async def run(self) -> None:
        """The loop. Returns after `stop`."""
        while not self._stopping.is_set():
            self._idle.clear()
            try:
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
        """Lets the running job finish and ends the loop."""
        self._stopping.set()
        self.ports.wakeup.wake()
        await self._idle.wait()

    async def run_due(self) -> bool:
        """Runs one due job; False when there is none."""
        async with self.ports.unit() as unit:
            if await job_store.find_due(unit.tx, now=unit.now) is None:
                return False
        async with self.ports.unit() as unit:
            await unit.write()
            job = await job_store.claim_job(unit.tx, worker=self.name, now=unit.now, until=unit.now + CLAIM_MS)
            await unit.commit()
        if job is None:
            return False
        await self._run(job)
        return True

    async def drain(self, *, limit: int = 1000) -> int:
        """Runs due jobs until none is left (for tests and `worker --once`); answers how many ran."""
        ran = 0
        while ran < limit and await self.run_due():
            ran += 1
        return ran

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
        body = load(JOBS[job.kind])
        arguments: dict[str, Any] = msgspec.json.decode(job.arguments)
        async with self.ports.unit() as unit:
            unit.settings = await load_settings(unit)
            unit.actor = await system_actor(unit)
            unit.present = present
            more = bool(await body(unit, **arguments))
            await unit.settle()
            await unit.write()
            if more:
                await job_store.retry_job(unit.tx, job.id, run_at=unit.now, problem="", failed_at=None)
            elif not await job_store.delete_job(unit.tx, job.id, worker=self.name):
                _LOG.warning("claim lost; the other worker's result counts", extra={"facts": {"kind": job.kind}})
                return False
            await unit.commit()
        return more

    async def _give_back(self, job: Job, problem: Exception) -> None:
        async with self.ports.unit() as unit:
            wait = min(BACK_OFF_MS * 2 ** (job.attempts - 1), LONGEST_BACK_OFF_MS)
            dead = unit.now if job.attempts >= job.maximum_attempts else None
            await unit.write()
            text = f"{type(problem).__name__}: {problem}"
            await job_store.retry_job(unit.tx, job.id, run_at=unit.now + wait, problem=text, failed_at=dead)
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

    async def _wait(self) -> None:
        wakeup = self.ports.wakeup
        if not isinstance(wakeup, LocalWakeup):
            await asyncio.sleep(_POLL_SECONDS)
            return
        try:
            await asyncio.wait_for(wakeup.event.wait(), _POLL_SECONDS)
        except TimeoutError:
            return
        wakeup.event.clear()
