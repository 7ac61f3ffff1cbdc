"""Reports say what a recount of every row by hand says, after acts in any order and on any day."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from tertulia.forum import traffic
from tertulia.forum.reports.catalogue import KINDS
from tertulia.forum.reports.reading import read_report
from tertulia.forum.unit import Unit
from tertulia.model.reports import Report, ReportQuery
from tertulia.store.readers.batches import save_seen
from tertulia.testing.forum import Forum

NOON = 1_775_044_800_000  # 2026-04-01T12:00:00Z
DAY, HOUR = 86_400_000, 3_600_000
EVERY = frozenset(("total", "prev30Days", "prev_period"))
PEOPLE = ("mary", "paul", "quinn")

Rows = list[dict[str, Any]]


def ask(forum: Forum, type_: str, *, days: int = 60, **fields: Any) -> Report:
    today = forum.clock.now() // DAY
    query = ReportQuery(type=type_, first=today - days + 1, last=today, facets=EVERY, **fields)
    return forum.unit(lambda unit: read_report(unit, query))


def shown(report: Report) -> dict[int, float]:
    return {point.day: point.value for point in report.points}


def rows(forum: Forum, table: str, *columns: str) -> Rows:
    async def read(unit: Unit) -> Rows:
        found = await unit.tx.text(f"SELECT {', '.join(columns)} FROM {table} ORDER BY 1")
        return [dict(zip(columns, row, strict=True)) for row in found]

    return forum.unit(read)


class Books:
    """Everything there is, counted by hand."""

    def __init__(self, forum: Forum) -> None:
        topics = rows(forum, "topics", "id", "archetype", "deleted_at", "user_id", "created_at", "category_id")
        self.topics = {row["id"]: row for row in topics if row["deleted_at"] is None}
        self.posts = [
            row
            for row in rows(
                forum, "posts", "id", "topic_id", "post_number", "user_id", "post_type", "deleted_at", "created_at"
            )
            if row["deleted_at"] is None and row["post_type"] == 1 and row["topic_id"] in self.topics
        ]
        self.public = [row for row in self.posts if self.topics[row["topic_id"]]["archetype"] == 0]
        self.likes = [
            row for row in rows(forum, "votes", "post_id", "user_id", "value", "created_at") if row["value"] == 1
        ]
        self.users = [row for row in rows(forum, "users", "id", "staged", "created_at") if row["id"] > 0]
        self.bookmarks = rows(forum, "bookmarks", "created_at")
        self.visits = [row for row in rows(forum, "user_visits", "user_id", "day") if row["user_id"] > 0]

    def ordinary(self, category_id: int | None = None) -> Rows:
        return [
            row for row in self.topics.values()
            if row["archetype"] == 0 and category_id in (None, row["category_id"])
        ]  # fmt: skip

    def messages(self) -> Rows:
        return [row for row in self.topics.values() if row["archetype"] == 1 and row["user_id"] > 0]

    def in_messages(self) -> Rows:
        ids = {row["id"] for row in self.messages()}
        return [row for row in self.posts if row["topic_id"] in ids]

    def first_posts(self) -> Rows:
        earliest: dict[int, dict[str, Any]] = {}
        for row in sorted(self.public, key=lambda row: row["created_at"]):
            if row["user_id"] > 0:
                earliest.setdefault(row["user_id"], row)
        return list(earliest.values())

    def engaged(self) -> Rows:
        acts = [*(row for row in self.posts if row["user_id"] > 0), *self.likes]
        pairs = {(row["created_at"] // DAY, row["user_id"]) for row in acts}
        return [{"created_at": day * DAY} for day, _ in pairs]

    def answers(self) -> dict[int, int | None]:
        """By topic: how long it waited for somebody else."""
        found: dict[int, int | None] = {}
        for topic in self.ordinary():
            others = [
                row for row in self.public
                if row["topic_id"] == topic["id"] and row["post_number"] > 1
                and row["user_id"] not in (topic["user_id"],) and row["user_id"] > 0
            ]  # fmt: skip
            first = min(others, key=lambda row: row["post_number"], default=None)
            found[topic["id"]] = None if first is None else first["created_at"] - topic["created_at"]
        return found


COUNTED: dict[str, Callable[[Books], Iterable[dict[str, Any]]]] = {
    "signups": lambda books: books.users,
    "topics": lambda books: books.ordinary(),
    "posts": lambda books: books.public,
    "likes": lambda books: books.likes,
    "bookmarks": lambda books: books.bookmarks,
    "visits": lambda books: [{"created_at": row["day"] * DAY} for row in books.visits],
    "new_contributors": Books.first_posts,
    "daily_engaged_users": Books.engaged,
    "user_to_user_private_messages": Books.messages,
    "user_to_user_private_messages_with_replies": Books.in_messages,
}


def act(forum: Forum, dice: random.Random, topics: list[int], categories: tuple[int, ...]) -> None:
    """One thing that somebody does; what is refused is no harm."""
    who, topic = dice.choice(PEOPLE), dice.choice(topics)
    as_them, as_admin = forum.keyed(who), forum.keyed()
    found = [row["id"] for row in rows(forum, "posts", "id", "topic_id") if row["topic_id"] in topics]
    post = dice.choice(found)
    what = dice.randrange(10)
    if what < 2:
        topics.append(forum.given.topic(by=who, category_id=dice.choice(categories)).post.topic_id)
    elif what < 4:
        forum.post("/posts.json", json={"topic_id": topic, "raw": f"A reply of {dice.random()} words"}, headers=as_them)
    elif what < 6:
        forum.post("/post_actions.json", json={"id": post, "post_action_type_id": 2}, headers=as_them)
    elif what == 6:
        forum.delete(f"/posts/{post}.json", headers=as_admin)
    elif what == 7:
        method = dice.choice(("PUT", "DELETE"))
        path = f"/t/{topic}/recover.json" if method == "PUT" else f"/t/{topic}.json"
        forum.request(method, path, headers=as_admin)
    elif what == 8:
        forum.post("/bookmarks.json", json={"bookmarkable_id": post, "bookmarkable_type": "Post"}, headers=as_them)
    else:
        body = {"title": f"A word with you {dice.random()}", "raw": "Come to the kitchen at nine.",
                "archetype": "private_message", "target_recipients": "mary"}  # fmt: skip
        forum.post("/posts.json", json=body, headers=as_them)


def visit(forum: Forum, user_ids: list[int]) -> None:
    """These people are here today."""

    async def note(unit: Unit) -> None:
        await unit.write()
        await save_seen(unit.tx, [(user_id, unit.now) for user_id in user_ids], day=unit.now // DAY)

    forum.unit(note)


@pytest.fixture
def busy(forum: Forum) -> Forum:
    """Fifty acts over some sixty days, after the forum was founded."""
    dice = random.Random(7)
    forum.clock.freeze(rows(forum, "users", "id", "created_at")[0]["created_at"] // DAY * DAY + DAY + 12 * HOUR)
    topics = [forum.given.topic().post.topic_id]
    categories = (1, forum.given.category("Kitchen").category.id)
    for name in PEOPLE:
        forum.clock.advance(days=dice.randrange(4))
        forum.given.user(name, trust_level=2)
    for _ in range(50):
        forum.clock.advance(hours=dice.choice((1, 7, 30, 48)))
        act(forum, dice, topics, categories)
        visit(forum, dice.sample(range(1, 5), dice.randrange(3)))
    return forum


def test_every_number_is_that_of_a_recount(busy: Forum) -> None:
    books = Books(busy)
    today = busy.clock.now() // DAY
    for type_, recount in COUNTED.items():
        days = Counter(row["created_at"] // DAY for row in recount(books))
        report = ask(busy, type_)
        expected = {day: count for day, count in days.items() if today - 60 < day <= today}
        assert shown(report) == expected, type_
        assert expected, f"nothing happened, so nothing is shown for {type_}"
        before = [count for day, count in days.items() if today - 90 < day <= today - 60]
        if not KINDS[type_].average:
            assert report.previous_30_days == sum(before), type_
        if type_ not in ("new_contributors", "daily_engaged_users"):
            assert report.total == sum(days.values()), type_


def test_answers_and_their_waits_are_those_of_a_recount(busy: Forum) -> None:
    books = Books(busy)
    waits: dict[int, list[int]] = defaultdict(list)
    unanswered: Counter[int] = Counter()
    for topic_id, waited in books.answers().items():
        day = books.topics[topic_id]["created_at"] // DAY
        if waited is None:
            unanswered[day] += 1
        else:
            waits[day].append(waited)
    first = busy.clock.now() // DAY - 59
    assert shown(ask(busy, "topics_with_no_response")) == {d: n for d, n in unanswered.items() if d >= first}
    expected = {day: round(sum(each) / len(each) / HOUR, 2) for day, each in waits.items() if day >= first}
    assert shown(ask(busy, "time_to_first_response")) == pytest.approx({d: n for d, n in expected.items() if n})


def test_daily_by_monthly_is_that_of_a_recount(busy: Forum) -> None:
    visits = Books(busy).visits
    expected = {}
    for day in {row["day"] for row in visits}:
        month = {row["user_id"] for row in visits if day - 30 < row["day"] <= day}
        here = {row["user_id"] for row in visits if row["day"] == day}
        expected[day] = -(-len(here) * 10_000 // len(month)) / 100
    assert shown(ask(busy, "dau_by_mau", days=200)) == expected
    assert len(expected) > 5


def test_a_category_counts_alone(busy: Forum) -> None:
    kitchen = next(row["id"] for row in rows(busy, "categories", "id", "name") if row["name"] == "Kitchen")
    for category_id in (1, kitchen):
        days = Counter(row["created_at"] // DAY for row in Books(busy).ordinary(category_id))
        assert shown(ask(busy, "topics", days=300, category_id=category_id)) == dict(days)
        ids = {row["id"] for row in Books(busy).ordinary(category_id)}
        books = Books(busy)
        posts = Counter(row["created_at"] // DAY for row in books.public if row["topic_id"] in ids)
        assert shown(ask(busy, "posts", days=300, category_id=category_id)) == dict(posts)
        of = {row["id"] for row in books.public if row["topic_id"] in ids}
        likes = Counter(row["created_at"] // DAY for row in books.likes if row["post_id"] in of)
        assert shown(ask(busy, "likes", days=300, category_id=category_id)) == dict(likes)


def test_a_report_writes_nothing(busy: Forum) -> None:
    tables = {"daily_counts": ("kind", "count"), "report_days": ("kind", "count"), "events": ("id",), "jobs": ("id",)}
    before = {table: rows(busy, table, *columns) for table, columns in tables.items()}
    for type_ in KINDS:
        ask(busy, type_)
    assert {table: rows(busy, table, *columns) for table, columns in tables.items()} == before


def test_traffic_is_written_in_bulk_and_added_up_between_processes(forum: Forum) -> None:
    forum.clock.freeze(NOON)

    def requests(count: int) -> None:
        for _ in range(count):
            traffic.note_request(forum.ports, now=forum.clock.now(), kinds=("http_5xx",), crawler="Some bot")

    requests(3)
    assert shown(ask(forum, "http_5xx_reqs")) == {NOON // DAY: 3}
    forum.unit(traffic.flush_traffic)
    forum.ports.memory.pop("traffic")  # another process
    requests(2)
    assert shown(ask(forum, "http_5xx_reqs")) == {NOON // DAY: 5}
    forum.unit(traffic.flush_traffic)
    forum.unit(traffic.flush_traffic)
    report = ask(forum, "http_5xx_reqs")
    assert (shown(report), report.total) == ({NOON // DAY: 5}, 5)
    assert [row.values for row in ask(forum, "web_crawlers").rows] == [{"user_agent": "Some bot", "count": 5}]


def test_what_was_not_committed_is_kept_for_the_next_time(forum: Forum) -> None:
    traffic.note_request(forum.ports, now=forum.clock.now(), kinds=("http_5xx",))

    async def fail(unit: Unit) -> None:
        await traffic.flush_traffic(unit)
        raise RuntimeError("the disk is full")

    with pytest.raises(RuntimeError):
        forum.unit(fail)
    assert ask(forum, "http_5xx_reqs").total == 1
    forum.unit(traffic.flush_traffic)
    assert ask(forum, "http_5xx_reqs").total == 1


def test_names_that_strangers_make_up_are_bounded_and_forgotten(forum: Forum) -> None:
    forum.clock.freeze(NOON)
    for number in range(1_500):
        traffic.note_request(forum.ports, now=forum.clock.now(), kinds=(), crawler=f"bot {number} \0\ud800" + "x" * 500)
    forum.unit(traffic.flush_traffic)
    kept = rows(forum, "daily_counts", "detail", "count")
    assert len(kept) == 1_001
    assert max(len(row["detail"]) for row in kept) <= 200
    assert {row["detail"]: row["count"] for row in kept}["(others)"] == 500

    async def sweep(unit: Unit) -> None:
        await unit.write()
        await traffic.sweep_details(unit, keep_days=30)

    forum.clock.advance(days=30)
    forum.unit(sweep)
    assert len(rows(forum, "daily_counts", "detail")) == 1_001
    forum.clock.advance(days=1)
    forum.unit(sweep)
    assert rows(forum, "daily_counts", "detail") == []
