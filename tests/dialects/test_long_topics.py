"""A topic of 20,000 posts is read, and replied to, with the same work as one of 20, in every dialect."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest

from tertulia.forum.seeding.filling import Amount, fill_forum
from tertulia.store.engine.postgres import PostgresTx
from tertulia.store.engine.sqlite import SqliteDatabase, SqliteTx
from tertulia.testing.forum import Forum

LONG = 20_000
HTML = {"Accept": "text/html"}


class Topic(msgspec.Struct, frozen=True):
    """One of the two: where it is, how long it is, and 20 of its posts."""

    id: int
    path: str
    posts: int
    window: tuple[int, ...]


class Work:
    """What requests ask of the database: statements, rows that come back, and (SQLite) hundreds of its steps."""

    def __init__(self) -> None:
        self.statements = self.rows = self.steps = 0

    def step(self) -> int:
        self.steps += 1
        return 0


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Iterator[Work]:
    counter = Work()

    def counted(run: Callable[..., Any]) -> Callable[..., Any]:
        async def counting(*arguments: object, **values: object) -> Any:
            counter.statements += 1
            answer = await run(*arguments, **values)
            counter.rows += len(answer) if isinstance(answer, list) else 1
            return answer

        return counting

    for kind in (SqliteTx, PostgresTx):
        for name in ("all", "one", "run", "many", "text"):
            monkeypatch.setattr(kind, name, counted(getattr(kind, name)))
    yield counter


def fill(forum: Forum, *, posts: int, users: int) -> Topic:
    """A topic of made-up content; `users` write in it."""
    amount = Amount(users=users, topics=1, posts=posts, seed=posts, now=forum.clock.now())
    forum.wait(lambda: fill_forum(amount, open_unit=forum.ports.unit, tell=lambda done, total: None))

    async def find(unit: Any) -> Topic:
        rows = await unit.tx.text(f"SELECT id, slug FROM topics WHERE posts_count = {posts}")
        topic_id, slug = rows[0]
        window = await unit.tx.text(
            f"SELECT id FROM posts WHERE topic_id = {topic_id} ORDER BY post_number DESC LIMIT 20"
        )
        return Topic(topic_id, f"/t/{slug}/{topic_id}", posts, tuple(int(row[0]) for row in window))

    return forum.unit(find)


def reply(forum: Forum, topic: Topic, headers: dict[str, str], number: int) -> Any:
    raw = f"Reply number {number} with some ordinary words about the server."
    return forum.post("/posts.json", headers=headers, json={"topic_id": topic.id, "raw": raw})


def asked(forum: Forum) -> dict[str, Callable[[Topic, int], Any]]:
    """Requests by name; each is given the topic and a number that is never the same."""
    keyed = forum.keyed()
    forum.given.user("newcomer", trust_level=0)
    forum.given.user("regular", trust_level=2)
    session = forum.login("admin", forum.admin_password)
    ids = "&".join("post_ids[]={}" for _ in range(20))
    return {
        "data, visitor": lambda topic, _: forum.get(f"/t/{topic.id}.json"),
        "data, key": lambda topic, _: forum.get(f"/t/{topic.id}.json", headers=keyed),
        "data, session": lambda topic, _: forum.get(f"/t/{topic.id}.json", headers=session),
        "page": lambda topic, _: forum.get(topic.path, headers=HTML),
        "deep, data": lambda topic, _: forum.get(f"{topic.path}/{topic.posts - 5}.json", headers=keyed),
        "deep, page": lambda topic, _: forum.get(f"{topic.path}/{topic.posts - 5}", headers=HTML),
        "posts by id": lambda topic, _: forum.get(f"/t/{topic.id}/posts.json?{ids.format(*topic.window)}"),
        "NodeBB": lambda topic, _: forum.get(f"/api/topic/{topic.id}", headers=forum.bearer()),
        "NodeBB, last page": lambda topic, _: forum.get(f"/api/topic/{topic.id}?page={-(-topic.posts // 20)}"),
        "reply": lambda topic, number: reply(forum, topic, forum.keyed("regular"), number),
        "reply of somebody new": lambda topic, number: reply(forum, topic, forum.keyed("newcomer"), number),
        "like": lambda topic, number: forum.post(
            "/post_actions.json", headers=keyed, json={"id": topic.window[number % 20], "post_action_type_id": 2}
        ),
    }


def measure(forum: Forum, topic: Topic, work: Work, ask: Callable[[Topic, int], Any], number: int) -> tuple[int, ...]:
    """Statements, rows, steps and bytes of the second request; what the first one remembers does not count."""
    assert ask(topic, number).status == 200
    if isinstance(forum.database, SqliteDatabase):
        for connection in (forum.database.reader, forum.database.writer):
            connection.set_progress_handler(work.step, 100)
    work.statements = work.rows = work.steps = 0
    answer = ask(topic, number + 1)
    assert answer.status == 200, answer
    return work.statements, work.rows, work.steps, len(answer.body)


def test_a_long_topic_asks_no_more_of_the_database_than_a_short_one(
    forum: Forum, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forum.app.kit.keeper, "_most", 0)  # every answer the long way
    short, long = fill(forum, posts=20, users=5), fill(forum, posts=LONG, users=300)
    forum.inline_jobs = False
    for number, (name, ask) in enumerate(asked(forum).items()):
        small = measure(forum, short, work, ask, 10 + number * 100)
        large = measure(forum, long, work, ask, 60 + number * 100)
        # A long topic's stream is found from both ends, and up to 24 people are shown beside it instead of 5.
        assert large[0] <= small[0] + 6, (name, "statements", small, large)
        assert large[1] <= small[1] + 150, (name, "rows", small, large)
        assert large[2] <= 2 * small[2] + 100, (name, "steps", small, large)
        assert large[3] <= 2 * small[3] + 20_000, (name, "bytes", small, large)


def test_a_mega_topic_says_so_and_sends_no_stream(forum: Forum) -> None:
    long = fill(forum, posts=LONG, users=300)
    body = forum.get(f"/t/{long.id}.json").json
    stream = body["post_stream"]
    assert stream["isMegaTopic"] is True and "stream" not in stream and "timeline_lookup" not in body
    assert (len(stream["posts"]), stream["lastId"], body["posts_count"]) == (20, max(long.window), LONG)
    deep = forum.get(f"{long.path}/{LONG - 20}.json").json["post_stream"]["posts"]
    assert [post["post_number"] for post in deep] == list(range(LONG - 25, LONG - 5))
