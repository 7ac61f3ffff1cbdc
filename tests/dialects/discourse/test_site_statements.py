"""Lists cost the same number of statements however long they are."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tertulia.store.engine.postgres import PostgresTx
from tertulia.store.engine.sqlite import SqliteTx
from tertulia.testing.forum import Forum

LISTS = [
    "/groups.json",
    "/groups/group_0/members.json",
    "/groups/search.json",
    "/categories.json?include_subcategories=true",
    "/categories_and_latest.json",
    "/site.json",
    "/about.json",
    "/tags.json",
    "/tag/soup.json",
    "/tags/filter/search.json?q=t",
    "/search.json?q=marmalade",
    "/search/query.json?term=user",
    "/u/search/users.json?term=user",
    "/directory_items.json?period=all",
    "/user_actions.json?username=user_0",
    "/u/user_0.json",
    "/admin/users/list/active.json",
    "/admin/api/keys.json",
    "/admin/logs/staff_action_logs.json",
]


@pytest.fixture(scope="session")
def forum_settings() -> dict[str, object]:
    return {"kept_answers_megabytes": 0}  # what is given from memory costs nothing, however long it is


class Counter:
    """Counts the statements that reach an engine."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count = 0
        for engine in (SqliteTx, PostgresTx):
            for name in ("all", "one", "value", "run", "many", "text"):
                if name in vars(engine):
                    monkeypatch.setattr(engine, name, self._counting(vars(engine)[name]))

    def _counting(self, method: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def counted(*arguments: Any, **values: Any) -> Any:
            self.count += 1
            return await method(*arguments, **values)

        return counted


def add(forum: Forum, *, start: int, end: int) -> None:
    for number in range(start, end):
        username = f"user_{number}"
        user = forum.given.user(username)
        forum.given.category(f"Shelf {number}")
        forum.given.topic(raw=f"The marmalade of number {number} is a good one.", tags=(f"tag{number}", "soup"))
        forum.given.topic(raw=f"Something by user {number}, who wrote it.", by="user_0")
        group = {"group": {"name": f"group_{number}", "usernames": "user_0"}}
        assert forum.post("/admin/groups.json", json=group, headers=forum.keyed()).status == 200
        if number:
            assert forum.put("/groups/41/members.json", json={"user_ids": user.id}, headers=forum.keyed()).status == 200
        key = {"key": {"description": "robot", "username": username}}
        assert forum.post("/admin/api/keys.json", json=key, headers=forum.keyed()).status == 200


def test_a_longer_list_needs_no_more_statements(forum: Forum, monkeypatch: pytest.MonkeyPatch) -> None:
    counter = Counter(monkeypatch)

    def measure() -> dict[str, int]:
        costs = {}
        for path in LISTS:
            assert forum.get(path, headers=forum.keyed()).status == 200, path
            counter.count = 0
            forum.get(path, headers=forum.keyed())
            costs[path] = counter.count
        return costs

    add(forum, start=0, end=2)
    short = measure()
    add(forum, start=2, end=12)
    assert measure() == short
    assert min(short.values()) > 0
