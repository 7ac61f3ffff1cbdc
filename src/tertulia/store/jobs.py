"""Job rows: put, claim, finish, retry later."""

from __future__ import annotations

import msgspec
from sqlalchemy import and_, delete, func, or_, select, update

from tertulia.store.engine import Mapper, Tx, insert_query, parameter, query
from tertulia.store.schema.events import jobs


class Job(msgspec.Struct, frozen=True):
    """One piece of work. `failed_at` is set when every attempt was used up."""

    id: int
    kind: str
    arguments: str
    unique_key: str | None
    run_at: int
    attempts: int
    maximum_attempts: int
    claimed_by: str | None
    claimed_until: int | None
    problem: str | None
    failed_at: int | None
    created_at: int


_JOB = Mapper(Job, jobs)
_INSERT = insert_query(jobs, "kind", "arguments", "unique_key", "run_at", "maximum_attempts", "created_at", ignore=True)
_DUE = query(
    lambda: (
        select(*_JOB.columns)
        .where(
            jobs.c.failed_at.is_(None),
            jobs.c.run_at <= parameter("now"),
            or_(jobs.c.claimed_until.is_(None), jobs.c.claimed_until < parameter("now")),
        )
        .order_by(jobs.c.run_at, jobs.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
)
_WAITING = query(
    lambda: (
        select(jobs.c.id)
        .where(
            jobs.c.failed_at.is_(None),
            jobs.c.run_at <= parameter("now"),
            or_(jobs.c.claimed_until.is_(None), jobs.c.claimed_until < parameter("now")),
        )
        .limit(1)
    )
)
_CLAIM = query(
    lambda: (
        update(jobs)
        .where(jobs.c.id == parameter("job_id"))
        .values(
            claimed_by=parameter("worker", str),
            claimed_until=parameter("until"),
            attempts=jobs.c.attempts + 1,
        )
    )
)
_DELETE = query(
    lambda: delete(jobs).where(and_(jobs.c.id == parameter("job_id"), jobs.c.claimed_by == parameter("worker", str)))
)
_RETRY = query(
    lambda: (
        update(jobs)
        .where(jobs.c.id == parameter("job_id"))
        .values(
            claimed_by=None,
            claimed_until=None,
            run_at=parameter("run_at"),
            problem=parameter("problem", str),
            failed_at=parameter("failed_at"),
        )
    )
)
_NEXT = query(lambda: select(func.min(jobs.c.run_at)).where(jobs.c.failed_at.is_(None)))
_COUNTS = query(
    lambda: select(func.count(jobs.c.id), func.count(jobs.c.failed_at), func.coalesce(func.min(jobs.c.run_at), 0))
)


async def insert_job(tx: Tx, *, kind: str, arguments: str, unique_key: str | None, run_at: int, now: int) -> None:
    """Puts a job; one with a unique key that is already waiting is left as it is."""
    await tx.run(
        _INSERT,
        kind=kind,
        arguments=arguments,
        unique_key=unique_key,
        run_at=run_at,
        maximum_attempts=8,
        created_at=now,
    )


async def find_due(tx: Tx, *, now: int) -> int | None:
    """The id of some due job, without taking it, so that idle workers never ask for the turn to write."""
    value = await tx.value(_WAITING, now=now)
    return None if value is None else int(value)


async def claim_job(tx: Tx, *, worker: str, now: int, until: int) -> Job | None:
    """The oldest due job, taken by `worker` until the given time; its attempts count this one."""
    job = _JOB.maybe(await tx.one(_DUE, now=now))
    if job is None:
        return None
    await tx.run(_CLAIM, job_id=job.id, worker=worker, until=until)
    return msgspec.structs.replace(job, attempts=job.attempts + 1, claimed_by=worker, claimed_until=until)


async def delete_job(tx: Tx, job_id: int, *, worker: str) -> bool:
    """Done. False when the claim was lost to another worker meanwhile."""
    return await tx.run(_DELETE, job_id=job_id, worker=worker) == 1


async def retry_job(tx: Tx, job_id: int, *, run_at: int, problem: str, failed_at: int | None) -> None:
    """Gives the job back for a later attempt, or (with `failed_at`) leaves it as a dead letter."""
    await tx.run(_RETRY, job_id=job_id, run_at=run_at, problem=problem[:2000], failed_at=failed_at)


async def find_next_run(tx: Tx) -> int | None:
    """When the next job is due (ms), or None."""
    value = await tx.value(_NEXT)
    return None if value is None else int(value)


async def count_jobs(tx: Tx) -> tuple[int, int, int]:
    """(all, dead letters, run_at of the oldest) of the jobs that are left."""
    row = await tx.one(_COUNTS)
    return (int(row[0]), int(row[1]), int(row[2])) if row else (0, 0, 0)
