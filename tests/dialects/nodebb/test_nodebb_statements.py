"""Pages cost the same number of statements for 3 things and for 15."""

from __future__ import annotations

from typing import Any

import pytest

from tertulia.store.engine.postgres import PostgresTx
from tertulia.store.engine.query import Query
from tertulia.store.engine.sqlite import SqliteTx
from tertulia.testing.forum import Forum

PATHS = (
    "/api/recent", "/api/popular", "/api/category/1/x", "/api/categories", "/api/recent/posts/day", "/api/user/mary",
    "/api/user/mary/posts", "/api/user/mary/topics", "/api/tags/green", "/api/topic/1", "/api/users",
    "/api/search?term=ordinary", "/api/v3/categories/1/topics", "/api/v3/categories/1/posts",
)  # fmt: skip


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[Query]:
    """Every statement that either engine is given while reading."""
    statements: list[Query] = []
    execute, fetch = SqliteTx._execute, PostgresTx.all

    def watched_execute(tx: SqliteTx, query: Query, values: Any) -> Any:
        statements.append(query)
        return execute(tx, query, values)

    async def watched_fetch(tx: PostgresTx, query: Query, /, **values: Any) -> Any:
        statements.append(query)
        return await fetch(tx, query, **values)

    monkeypatch.setattr(SqliteTx, "_execute", watched_execute)
    monkeypatch.setattr(PostgresTx, "all", watched_fetch)
    return statements


def test_a_page_asks_the_database_as_often_for_many_things_as_for_few(forum: Forum, seen: list[Query]) -> None:
    def grow(count: int) -> None:
        for _ in range(count):
            topic = forum.given.topic(by="mary", tags=("green",)).post.topic_id
            forum.given.reply(topic, by="mary")
            forum.given.reply(1, by="mary")

    def ask() -> dict[str, int]:
        counts = {}
        for path in PATHS:
            forum.get(path)  # what is kept in memory is kept now
            seen.clear()
            answer = forum.get(path)
            assert answer.status == 200, answer
            counts[path] = len(seen)
        return counts

    forum.given.user("mary", trust_level=3)
    grow(3)
    few = ask()
    grow(12)
    assert ask() == few
