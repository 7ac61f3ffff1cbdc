"""Job rows: put, claim, finish, retry later. Those with a lane run beside the others, so many of a lane at once."""

from __future__ import annotations

import msgspec
from sqlalchemy import and_, delete, func, or_, select, update

from tertulia.store.engine import Mapper, Tx, among, insert_query, parameter, query
from tertulia.store.schema.events import jobs


class Job(msgspec.Struct, frozen=True):
    """One piece of work. `failed_at` is set when every attempt was used up."""

    id: int
    kind: str
    lane: str
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


class NewJob(msgspec.Struct, frozen=True, kw_only=True):
    """A job that is to be put."""

    kind: str
    lane: str
    arguments: str
    unique_key: str | None
    run_at: int
    created_at: int
    maximum_attempts: int = 8


class Room(msgspec.Struct, frozen=True):
    """What a worker has room for: jobs without a lane always, `beside` them those of lanes that are not `full`."""

    beside: bool = True
    full: tuple[str, ...] = ()


_JOB = Mapper(Job, jobs)
_INSERT = insert_query(
    jobs, "kind", "lane", "arguments", "unique_key", "run_at", "maximum_attempts", "created_at", ignore=True
)
_HAS_ROOM = or_(jobs.c.lane == "", and_(parameter("beside") == 1, among(jobs.c.lane, "full", negated=True)))
_DUE = query(
    lambda: (
        select(*_JOB.columns)
        .where(
            jobs.c.failed_at.is_(None),
            jobs.c.run_at <= parameter("now"),
            or_(jobs.c.claimed_until.is_(None), jobs.c.claimed_until < parameter("now")),
            _HAS_ROOM,
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
            _HAS_ROOM,
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
_EXTEND = query(
    lambda: (
        update(jobs)
        .where(and_(jobs.c.id == parameter("job_id"), jobs.c.claimed_by == parameter("worker", str)))
        .values(claimed_until=parameter("until"))
    )
)
_DELETE = query(
    lambda: delete(jobs).where(and_(jobs.c.id == parameter("job_id"), jobs.c.claimed_by == parameter("worker", str)))
)
_RETRY = query(
    lambda: (
        update(jobs)
        .where(and_(jobs.c.id == parameter("job_id"), jobs.c.claimed_by == parameter("worker", str)))
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


async def insert_job(tx: Tx, job: NewJob) -> None:
    """Puts a job; one with a unique key that is already waiting is left as it is."""
    await tx.run(_INSERT, **msgspec.structs.asdict(job))


async def find_due(tx: Tx, *, now: int, room: Room) -> int | None:
    """The id of some due job that there is room for; not taken, so that idle workers ask for no turn to write."""
    value = await tx.value(_WAITING, now=now, beside=int(room.beside), full=room.full)
    return None if value is None else int(value)


async def claim_job(
    tx: Tx, *, worker: str, now: int, until: int, lane_until: int | None = None, room: Room | None = None
) -> Job | None:
    """The oldest due job that there is room for, taken by `worker`; its attempts count this one.

    It is taken until `until`, one with a lane until `lane_until`: its worker asks for more time while it waits."""
    room = room or Room()
    job = _JOB.maybe(await tx.one(_DUE, now=now, beside=int(room.beside), full=room.full))
    if job is None:
        return None
    until = lane_until if job.lane and lane_until is not None else until
    await tx.run(_CLAIM, job_id=job.id, worker=worker, until=until)
    return msgspec.structs.replace(job, attempts=job.attempts + 1, claimed_by=worker, claimed_until=until)


async def extend_claim(tx: Tx, job_id: int, *, worker: str, until: int) -> bool:
    """More time for a job that still runs. False when the claim was lost to another worker."""
    return await tx.run(_EXTEND, job_id=job_id, worker=worker, until=until) == 1


async def delete_job(tx: Tx, job_id: int, *, worker: str) -> bool:
    """Done. False when the claim was lost to another worker meanwhile."""
    return await tx.run(_DELETE, job_id=job_id, worker=worker) == 1


async def retry_job(tx: Tx, job_id: int, *, worker: str, run_at: int, problem: str, failed_at: int | None) -> None:
    """Gives the job back for a later attempt, or (with `failed_at`) leaves it as a dead letter.

    Does nothing where the claim was lost to another worker."""
    await tx.run(_RETRY, job_id=job_id, worker=worker, run_at=run_at, problem=problem[:2000], failed_at=failed_at)


async def find_next_run(tx: Tx) -> int | None:
    """When the next job is due (ms), or None."""
    value = await tx.value(_NEXT)
    return None if value is None else int(value)


async def count_jobs(tx: Tx) -> tuple[int, int, int]:
    """(all, dead letters, run_at of the oldest) of the jobs that are left."""
    row = await tx.one(_COUNTS)
    return (int(row[0]), int(row[1]), int(row[2])) if row else (0, 0, 0)
