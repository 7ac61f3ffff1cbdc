"""No report reads a table from end to end, on either engine."""

from __future__ import annotations

from typing import Any

import pytest

from tertulia.forum.reports.catalogue import KINDS
from tertulia.forum.reports.keeping import keep_days
from tertulia.forum.reports.reading import read_report
from tertulia.forum.sites.reading import read_about
from tertulia.forum.unit import Unit
from tertulia.model.reports import ReportQuery
from tertulia.store.engine.query import Query, postgresql_arguments, sqlite_arguments
from tertulia.testing.forum import Forum
from tests.forum.reading.test_statements import Statements

DAY = 86_400_000
BIG = (
    "posts",
    "topics",
    "users",
    "votes",
    "bookmarks",
    "user_visits",
    "daily_counts",
    "report_days",
    "report_day_parts",
)


async def plan(unit: Unit, query: Query, values: dict[str, Any]) -> list[str]:
    if unit.tx.engine == "sqlite":
        compiled = query.sqlite()
        rows = await unit.tx.text("EXPLAIN QUERY PLAN " + compiled.text, *sqlite_arguments(compiled, values))
        return [str(row[3]) for row in rows]
    compiled = query.postgresql()
    # Small tables are read whole whatever indexes there are; what is asked is whether an index could serve.
    await unit.tx.text("SET LOCAL enable_seqscan = off")
    rows = await unit.tx.text("EXPLAIN " + compiled.text, *postgresql_arguments(compiled, values))
    return [str(row[0]) for row in rows]


def whole_tables(lines: list[str]) -> list[str]:
    """Lines of a plan that read a big table without a bound: no index, or an index from end to end."""
    found = []
    for at, line in enumerate(lines):
        below = lines[at + 1] if at + 1 < len(lines) else ""
        scan = line.startswith("SCAN ") and line.split()[1].split("_1")[0] in BIG
        sequential = "Seq Scan on" in line and any(f"Seq Scan on {name}" in line for name in BIG)
        unbounded = "Index" in line and "Scan using" in line and "Index Cond" not in below
        # Of tiny tables joined by a partial index all plans cost alike; whichever is taken, the other table is bounded.
        bounded_elsewhere = unbounded and "_live_" in line and "Index Cond" in "".join(lines)
        if scan or sequential or (unbounded and not bounded_elsewhere and any(f" on {name}" in line for name in BIG)):
            found.append(line)
    return found


@pytest.mark.parametrize("narrowed", [False, True])
def test_no_report_reads_a_whole_table(forum: Forum, monkeypatch: pytest.MonkeyPatch, narrowed: bool) -> None:
    forum.given.reply(forum.given.topic().post.topic_id)
    today = forum.clock.now() // DAY
    facets = frozenset(("total", "prev30Days", "prev_period"))
    statements = Statements()

    async def watch(unit: Unit) -> None:
        with monkeypatch.context() as patched:
            statements.watch(patched)
            for type_ in KINDS:
                chosen = {"category_id": 1, "group_id": 1} if narrowed else {}
                query = ReportQuery(type=type_, first=today - 29, last=today, facets=facets, **chosen)
                await read_report(unit, query)
            await read_about(unit)
            for _ in range(3):
                unit.now += DAY
                await keep_days(unit)

    forum.unit(watch)
    assert len(statements.seen) > 40

    async def explain(unit: Unit) -> dict[str, list[str]]:
        plans: dict[str, list[str]] = {}
        for query, values in statements.seen:
            text = query.sqlite().text
            if text.lstrip().startswith(("SELECT", "WITH")) and text not in plans:
                plans[text] = await plan(unit, query, values)
        return plans

    bad = {text: lines for text, lines in forum.unit(explain).items() if whole_tables(lines)}
    assert not bad, "\n\n".join(f"{text}\n{lines}" for text, lines in bad.items())


def test_a_scan_would_be_noticed(forum: Forum) -> None:
    async def explain(unit: Unit) -> list[str]:
        from sqlalchemy import func, select

        from tertulia.store.engine import query
        from tertulia.store.schema.posts import posts

        return await plan(unit, query(lambda: select(func.sum(posts.c.like_count))), {})

    assert whole_tables(forum.unit(explain))
