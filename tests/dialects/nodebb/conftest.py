"""Tokens of other people, a browser with cookies, and counts of what must stay as it was."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tertulia.forum.keys.creating import create_key
from tertulia.forum.unit import Unit
from tertulia.model.actor import CredentialKind
from tertulia.model.keys import CreateKey
from tertulia.testing.client import Response
from tertulia.testing.forum import Forum

TABLES = (
    "topics", "posts", "post_revisions", "votes", "bookmarks", "tags", "topic_tags", "users", "groups",
    "group_members", "categories", "category_grants", "keys", "events", "jobs",
)  # fmt: skip

Headers = dict[str, str]


class Browser:
    """Keeps cookies, and sends the token of the session when told to."""

    def __init__(self, forum: Forum) -> None:
        self.forum = forum
        self.cookies: dict[str, str] = {}

    def request(self, method: str, path: str, *, csrf: bool = False, **options: Any) -> Response:
        headers = dict(options.pop("headers", {}))
        if csrf:
            headers["X-CSRF-Token"] = self.request("GET", "/api/config").json["csrf_token"]
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        answer = self.forum.request(method, path, headers=headers, **options)
        self.cookies |= answer.cookies
        return answer

    def log_in(self, username: str, password: str) -> Response:
        return self.request("POST", "/api/v3/utilities/login", json={"username": username, "password": password})


@pytest.fixture
def browser(forum: Forum) -> Browser:
    return Browser(forum)


@pytest.fixture
def token_of(forum: Forum) -> Callable[[int], Headers]:
    """Headers of a fresh user token."""

    def make(user_id: int) -> Headers:
        async def create(unit: Unit) -> str:
            view = await create_key(unit, CreateKey(kind=CredentialKind.USER_TOKEN, user_id=user_id))
            return view.secret or ""

        return forum.bearer(forum.unit(create))

    return make


@pytest.fixture
def mary(forum: Forum, token_of: Callable[[int], Headers]) -> Headers:
    """An ordinary member's token."""
    return token_of(forum.given.user("mary", password="correct horse battery").id)


def count_rows(forum: Forum) -> dict[str, int]:
    async def count(unit: Unit) -> dict[str, int]:
        return {table: (await unit.tx.text(f"SELECT count(*) FROM {table}"))[0][0] for table in TABLES}

    return forum.unit(count)


@pytest.fixture
def untouched(forum: Forum, mary: Headers) -> Iterator[Forum]:
    """A forum with mary and one topic of hers, in which the test must change nothing."""
    forum.given.topic("The topic that stays as it is", by="mary")
    before = count_rows(forum)
    yield forum
    assert count_rows(forum) == before
