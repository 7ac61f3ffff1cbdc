"""How many people there are of each rank, and how many were here since when: kept counts, exact at every moment.

Who writes them: `tally_triggers.py`.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Sequence

import msgspec
from sqlalchemy import ColumnElement, Table, func, select

from tertulia.store.engine import Query, Tx, hidden, parameter, query, upsert_query
from tertulia.store.engine.query import SQLITE
from tertulia.store.schema.users import people_ranks, people_seen, users

_HOUR = 3_600_000
_MOST_AT_ONCE = 5_000
_RANK = ("trust_level", "active", "admin", "moderator", "staged")
_KEYS = tuple(people_ranks.c[name] for name in _RANK)
_RANKS = query(lambda: select(*_KEYS, func.sum(people_ranks.c.count)).group_by(*_KEYS).order_by(*_KEYS))


class Rank(msgspec.Struct, frozen=True):
    """How many people share these."""

    trust_level: int
    active: bool
    admin: bool
    moderator: bool
    staged: bool
    count: int


class _Tally:
    """One of the tables, and how rows of single people are added to what is kept of all."""

    def __init__(self, table: Table, *keys: str) -> None:
        columns = (*keys, "user_id")
        self.keys = keys
        self.loose = query(lambda: select(table.c.user_id).where(table.c.user_id != 0).limit(1))
        # Rows that somebody is changing are passed over, so that nobody waits in a ring.
        self.take = (
            f"DELETE FROM {table.name} WHERE ctid = ANY(ARRAY(SELECT ctid FROM {table.name} WHERE user_id <> 0 "
            f"LIMIT {_MOST_AT_ONCE} FOR UPDATE SKIP LOCKED)) RETURNING {', '.join(keys)}, count"
        )
        self.put = upsert_query(table, columns=(*columns, "count"), key=columns, add=("count",))


_TALLIES = {
    "ranks": _Tally(people_ranks, *_RANK),
    "seen": _Tally(people_seen, "hour"),
}


@functools.cache
def _seen(moments: int) -> Query:
    """For each moment whole hours as they are kept, and accounts by their own time in the rest of the first hour."""

    def columns() -> list[ColumnElement[int]]:
        found: list[ColumnElement[int]] = []
        for number in range(moments):
            since, until = parameter(f"since_{number}"), parameter(f"until_{number}")
            first = parameter(f"first_{number}")
            hours = select(func.coalesce(func.sum(people_seen.c.count), 0)).where(people_seen.c.hour >= first)
            rest = select(func.count()).where(
                users.c.last_seen_at >= since, users.c.last_seen_at < until, hidden(users.c.id) > 0
            )
            found += [hours.scalar_subquery(), rest.scalar_subquery()]
        return found

    return Query(lambda: select(*columns()))


async def list_ranks(tx: Tx) -> list[Rank]:
    """People by rank; the system user is none of them."""
    rows = await tx.all(_RANKS)
    return [Rank(int(row[0]), bool(row[1]), bool(row[2]), bool(row[3]), bool(row[4]), int(row[5])) for row in rows]


async def count_seen(tx: Tx, *, moments: Sequence[int]) -> list[int]:
    """How many people were here at or after each of these moments (ms)."""
    values: dict[str, int] = {}
    for number, since in enumerate(moments):
        first = -(-since // _HOUR)
        values |= {f"since_{number}": since, f"first_{number}": first, f"until_{number}": first * _HOUR}
    row = await tx.one(_seen(len(moments)), **values) or ()
    return [int(row[at]) + int(row[at + 1]) for at in range(0, len(row), 2)]


async def list_scattered(tx: Tx) -> list[str]:
    """The tallies that hold rows of single people, for `gather`; never any on SQLite."""
    if tx.engine == SQLITE:
        return []
    return [name for name, tally in _TALLIES.items() if await tx.one(tally.loose) is not None]


async def gather(tx: Tx, names: Sequence[str]) -> None:
    """Adds up to 5,000 rows of single people in each of these tallies to what is kept of all; no sum changes."""
    for name in names:
        tally = _TALLIES[name]
        taken: Counter[tuple[int, ...]] = Counter()
        for row in await tx.text(tally.take):
            taken[tuple(int(value) for value in row[:-1])] += int(row[-1])
        await tx.many(
            tally.put,
            [
                {**dict(zip(tally.keys, key, strict=True)), "user_id": 0, "count": taken[key]}
                for key in sorted(taken)
                if taken[key]
            ],
        )
