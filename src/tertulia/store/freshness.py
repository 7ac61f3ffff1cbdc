"""Whether what was read some time ago still holds, asked before every kept answer is given.

Nothing here waits for a time to pass: SQLite says whether anybody committed, PostgreSQL what is committed by now, and
the log of changes (`changes.py`) says what it was. Why: docs/decisions/0011.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from tertulia.store.changes import EVERYTHING, LISTS, PEOPLE
from tertulia.store.engine.base import Database
from tertulia.store.engine.postgres import PostgresDatabase
from tertulia.store.engine.sqlite import SqliteDatabase

if TYPE_CHECKING:
    import asyncpg

NO_TOPIC, NOBODY = 0, 0
_MOST_NAMED = 50_000
_LOG = logging.getLogger("tertulia.store")


class Freshness:
    """Counts changes as this process learns of them. `position` is the last one; what was read at a position holds
    as long as `holds` says so after a look."""

    def __init__(self) -> None:
        self.position = 0
        self._everything = 0
        self._lists = 0
        self._people = 0
        self._topics: dict[int, int] = {}
        self._persons: dict[int, int] = {}

    def holds(self, position: int, topic_id: int, user_id: int = NOBODY) -> bool:
        """Whether an answer made at `position` holds: of a topic, or (with NO_TOPIC) of lists; for a person or not."""
        if position < self._everything:
            return False
        if user_id and (position < self._people or position < self._persons.get(user_id, 0)):
            return False
        return position >= (self._topics.get(topic_id, 0) if topic_id else self._lists)

    def look_now(self) -> bool:
        """Learns what was committed before this call. False: it cannot be known without waiting, see `look`."""
        return False

    async def look(self) -> bool:
        """Learns what was committed before this call. False: it cannot be known; nothing kept may be given."""
        return self.look_now()

    async def close(self) -> None:
        """Gives back what looking needs."""

    def end_everything(self) -> None:
        """Nothing that was read before holds."""
        self.position += 1
        self._everything = self.position
        self._topics.clear()
        self._persons.clear()

    def _learn(self, rows: Iterable[tuple[int, int]]) -> None:
        for topic_id, user_id in rows:
            self.position += 1
            if topic_id == EVERYTHING or len(self._topics) + len(self._persons) >= _MOST_NAMED:
                self.end_everything()
            elif topic_id == PEOPLE and user_id:
                self._persons[user_id] = self.position
            elif topic_id == PEOPLE:
                self._people = self.position
            else:
                self._lists = self.position
                if topic_id != LISTS:
                    self._topics[topic_id] = self.position


_NEWER = "SELECT id, topic_id, user_id FROM changes WHERE id > ? ORDER BY id"


class SqliteFreshness(Freshness):
    """`PRAGMA data_version` says look, the log says what changed.

    One look is for all who ask in the same turn of the loop. Loops run what is ready in the order in which it became
    so: whoever asks before `_next_turn` runs was ready, with the whole request, before the look."""

    def __init__(self, database: SqliteDatabase) -> None:
        super().__init__()
        self._database = database
        self._seen: int | None = None
        self._last = 0
        self._looked_in: asyncio.AbstractEventLoop | None = None

    def look_now(self) -> bool:
        loop = asyncio.get_running_loop()
        if self._looked_in is loop:  # a loop that ended may have left its last turn unfinished
            return True
        version = self._database.data_version()
        if version != self._seen:
            self._read_changes()
            self._seen = version
        self._looked_in = loop
        loop.call_soon(self._next_turn)
        return True

    def _read_changes(self) -> None:
        reader = self._database.reader
        if self._seen is None:
            self.end_everything()
            self._last = int(reader.execute("SELECT COALESCE(MAX(id), 0) FROM changes").fetchone()[0])
            return
        rows = reader.execute(_NEWER, (self._last,)).fetchall()
        if rows:
            self._learn((row[1], row[2]) for row in rows)
            self._last = rows[-1][0]

    def _next_turn(self) -> None:
        self._looked_in = None


_ASK = """SELECT pg_current_snapshot()::text, found.topic_id, found.user_id
FROM (SELECT 1) asked LEFT JOIN changes found
ON found.transaction_id >= pg_snapshot_xmin($1::text::pg_snapshot)::text::bigint
AND NOT pg_visible_in_snapshot(found.transaction_id::text::xid8, $1::text::pg_snapshot)"""


class PostgresFreshness(Freshness):
    """One statement tells what is committed and was not at the last look. Everybody who asks while one runs waits
    for the next, which begins after they asked: a hundred requests cost two statements."""

    def __init__(self, database: PostgresDatabase) -> None:
        super().__init__()
        self._database = database
        self._connection: asyncpg.Connection[Any] | None = None
        self._statement: Any = None
        self._snapshot: str | None = None
        self._waiting: list[asyncio.Future[bool]] = []
        self._asking: asyncio.Task[None] | None = None

    async def look(self) -> bool:
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[bool] = loop.create_future()
        self._waiting.append(waiter)
        if self._asking is None or self._asking.done():
            self._asking = loop.create_task(self._ask_for_all())
        return await waiter

    async def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(Exception):
                await connection.close(timeout=1)

    async def _ask_for_all(self) -> None:
        while self._waiting:
            waiting, self._waiting = self._waiting, []
            known = False
            try:
                await self._ask()
                known = True
            except Exception as problem:
                _LOG.warning("kept answers cannot be checked", extra={"facts": {"problem": str(problem)[:200]}})
                self._snapshot = None
                await self.close()
            for waiter in waiting:
                if not waiter.done():
                    waiter.set_result(known)

    async def _ask(self) -> None:
        if self._connection is None or self._connection.is_closed():
            self._snapshot = None
            self._connection = await self._database.connect()
            self._statement = await self._connection.prepare(_ASK)
        if self._snapshot is None:
            # Whatever happened while nobody looked is unknown.
            self._snapshot = str(await self._connection.fetchval("SELECT pg_current_snapshot()::text"))
            self.end_everything()
            return
        rows = await self._statement.fetch(self._snapshot, timeout=5)
        self._snapshot = str(rows[0][0])
        if rows[0][1] is not None:
            self._learn((int(row[1]), int(row[2])) for row in rows)


def make_freshness(database: Database) -> Freshness:
    """The way to look that fits the database."""
    if isinstance(database, PostgresDatabase):
        return PostgresFreshness(database)
    return SqliteFreshness(database) if isinstance(database, SqliteDatabase) else Freshness()
