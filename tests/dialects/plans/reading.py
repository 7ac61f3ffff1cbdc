"""What routes read: every SELECT that a request issues, how each engine would run it, and how much work it is.

Work is what an engine counts, not time: on SQLite the steps of its machine, on PostgreSQL the rows that the nodes of a
plan handled. Both are the same whenever they are measured, on any machine.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
import pytest

from tertulia.store.engine.postgres import PostgresTx
from tertulia.store.engine.query import Query, postgresql_arguments, sqlite_arguments
from tertulia.store.engine.sqlite import SqliteDatabase, SqliteTx
from tertulia.store.fulltext import searching
from tertulia.testing.forum import Forum

# Tables that grow with a forum. A plan that reads one of them from end to end costs more with every post.
LARGE = (
    "topics", "posts", "users", "notifications", "votes", "bookmarks", "topic_states", "topic_posters", "topic_tags",
    "topic_views", "topic_links", "post_mentions", "post_quotes", "user_visits", "events", "jobs",
)  # fmt: skip
STEP = 50  # of SQLite's machine: how finely its work is counted


class Cost(msgspec.Struct, frozen=True):
    """One statement: its text, its plan in the engine's words, its work, and what the plan should not do."""

    text: str
    plan: str
    work: int
    faults: tuple[str, ...]


class Statements:
    """The SELECTs of whatever is asked while it watches."""

    def __init__(self) -> None:
        self.seen: list[tuple[Query, dict[str, Any]]] = []

    def note(self, query: Query, values: Any) -> None:
        compiled = query.sqlite()
        if compiled.text.lstrip().upper().startswith(("SELECT", "WITH")):
            self.seen.append((query, dict(values)))

    def take(self) -> list[tuple[Query, dict[str, Any]]]:
        seen, self.seen = self.seen, []
        return seen


@contextmanager
def watching(monkeypatch: pytest.MonkeyPatch) -> Iterator[Statements]:
    """Notes the SELECTs of both engines."""
    statements = Statements()
    execute, fetch, search = SqliteTx._execute, PostgresTx.all, searching.hits_elsewhere

    def watched_execute(tx: SqliteTx, query: Query, values: Any) -> Any:
        statements.note(query, values)
        return execute(tx, query, values)

    async def watched_fetch(tx: PostgresTx, query: Query, /, **values: Any) -> Any:
        statements.note(query, values)
        return await fetch(tx, query, **values)

    with monkeypatch.context() as patched:
        patched.setattr(SqliteTx, "_execute", watched_execute)
        patched.setattr(PostgresTx, "all", watched_fetch)
        yield statements
    assert search is searching.hits_elsewhere


def cost(forum: Forum, query: Query, values: dict[str, Any]) -> Cost:
    """Runs the statement once more, for its plan and its work."""
    if isinstance(forum.database, SqliteDatabase):
        return _on_sqlite(forum.database, query, values)
    return forum.wait(lambda: _on_postgresql(forum, query, values))


def _on_sqlite(database: SqliteDatabase, query: Query, values: dict[str, Any]) -> Cost:
    compiled = query.sqlite()
    given = sqlite_arguments(compiled, values)
    connection = database.thread_connection()
    try:
        plan = [str(row[3]) for row in connection.execute("EXPLAIN QUERY PLAN " + compiled.text, given)]
        return Cost(compiled.text, "\n".join(plan), _steps(connection, compiled.text, given), _faults_on_sqlite(plan))
    finally:
        connection.close()


def _steps(connection: sqlite3.Connection, text: str, given: Any) -> int:
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += STEP
        return 0

    connection.set_progress_handler(count, STEP)
    connection.execute(text, given).fetchall()
    connection.set_progress_handler(None, 0)
    return steps


def _faults_on_sqlite(plan: list[str]) -> tuple[str, ...]:
    """Scans of whole tables. Walking an index in order is none, as long as the work says that it ends early."""
    return tuple(line for line in plan if re.fullmatch(rf"SCAN ({'|'.join(LARGE)})", line))


async def _on_postgresql(forum: Forum, query: Query, values: dict[str, Any]) -> Cost:
    compiled = query.postgresql()
    given = postgresql_arguments(compiled, values)
    async with forum.ports.unit() as unit:
        # Reading a table of a test whole is the quickest; so only what no index can find is read like that here.
        await unit.tx.text("SET LOCAL enable_seqscan = off")
        found = await unit.tx.text("EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) " + compiled.text, *given)
    top = json.loads(found[0][0])[0]["Plan"]
    nodes = list(_nodes(top))
    lines = [f"{each['Node Type']} {each.get('Relation Name', '')} {_handled(each)}" for each in nodes]
    faults = tuple(
        f"Seq Scan on {each['Relation Name']}"
        for each in nodes
        if each["Node Type"] == "Seq Scan" and each["Relation Name"] in LARGE and _handled(each) > 1000
    )
    return Cost(compiled.text, "\n".join(lines), sum(_handled(each) for each in nodes), faults)


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for each in node.get("Plans", ()):
        yield from _nodes(each)


def _handled(node: dict[str, Any]) -> int:
    removed = sum(value for name, value in node.items() if name.startswith("Rows Removed by"))
    return int((node["Actual Rows"] + removed) * node["Actual Loops"])
