"""Run as a module: fills the forum it is given in short slices, says so after the first, and waits to be killed."""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path

from tertulia.backends.local import LocalWakeup, SystemClock, ThreadOffload
from tertulia.forum.seeding import filling
from tertulia.forum.unit import Ports
from tertulia.settings import load
from tertulia.store.engine.base import Database
from tertulia.store.engine.postgres import PostgresDatabase
from tertulia.store.engine.sqlite import SqliteDatabase


def _wait(done: int, _: int) -> None:
    print(done, flush=True)
    time.sleep(600)


async def main(where: str) -> None:
    """A topic of 500 posts, of which 200 get there."""
    database: Database = PostgresDatabase(where) if "://" in where else SqliteDatabase(Path(where))
    await database.open()
    ports = Ports(
        database=database, loaded=load({}, environ={}), effects={}, clock=SystemClock(), offload=ThreadOffload(),
        wakeup=LocalWakeup(),
    )  # fmt: skip
    filling._ALONE = 100
    filling._WORTH_INDEXING = 1
    amount = filling.Amount(users=5, topics=1, posts=500, seed=1, now=1_767_225_600_000)
    await filling.fill_forum(amount, open_unit=ports.unit, tell=_wait)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
