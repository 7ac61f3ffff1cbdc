"""What statements reach: read off them, and everything where nobody promised less."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

import pytest

import tertulia.store
from tertulia.forum.unit import Unit
from tertulia.store.changes import HIDDEN, LAGGING, LISTED, OF_POST, OF_TOPIC, Reach, reach_of
from tertulia.store.engine.query import POSTGRESQL, SQLITE, Query
from tertulia.store.engine.targets import ANY, Target, target_of_text
from tertulia.store.lists import topics as topic_lists
from tertulia.store.schema import METADATA
from tertulia.store.writing.rows import _change
from tertulia.testing.forum import Forum


def statements() -> Iterator[tuple[str, Query]]:
    """Every statement that a module of the store holds by name."""
    for module in pkgutil.walk_packages(tertulia.store.__path__, "tertulia.store."):
        if ".migrations" in module.name or module.name.endswith("migrating"):
            continue
        for name, value in vars(importlib.import_module(module.name)).items():
            for each in value if isinstance(value, list | tuple) else [value]:
                if isinstance(each, Query):
                    yield f"{module.name}.{name}", each


def test_every_statement_says_what_it_changes_on_both_engines() -> None:
    writes = {SQLITE: 0, POSTGRESQL: 0}
    for name, query in statements():
        for engine, compiled in ((SQLITE, query.sqlite()), (POSTGRESQL, query.postgresql())):
            first = compiled.text.split(None, 1)[0].upper()
            assert (compiled.target is None) == (first in ("SELECT", "WITH")), f"{name}: {compiled.text}"
            if compiled.target is not None:
                writes[engine] += 1
                assert compiled.target.table != ANY, name
    assert writes[SQLITE] == writes[POSTGRESQL] > 100


def test_promises_name_tables_and_columns_that_exist() -> None:
    assert set(METADATA.tables) | {"post_search", "post_search_recent", "sqlite_sequence"} >= HIDDEN
    for promise in (LAGGING, LISTED, OF_TOPIC, {"posts": OF_POST}):
        for table, columns in promise.items():
            assert columns <= set(METADATA.tables[table].c.keys()), table


# What rows show in many answers, or decides who may read them. A new table belongs here, or gets a promise.
ENDING = {
    "categories", "category_grants", "group_members", "groups", "settings", "tags", "topic_links", "topic_tags",
    "user_avatars", "versions",
}  # fmt: skip


def test_somebody_decided_for_every_table_what_a_deleted_row_ends() -> None:
    found = {table for table in METADATA.tables if reach_of(Target(table)).reach is Reach.EVERYTHING}
    of_topics = {"topics", "posts", "topic_posters", "topic_allowed_users", "topic_allowed_groups"}
    of_posts = {"votes", "post_quotes", "post_mentions", "post_group_mentions", "post_uploads"}
    assert found == ENDING | of_topics | of_posts | {"users", "uploads", "upload_thumbnails"}


@pytest.mark.parametrize("table", ["topic_allowed_users", "topic_allowed_groups"])
def test_who_may_read_a_message_no_longer_ends_more_than_its_topic(table: str) -> None:
    binds = {"topic_id": "topic_id"}
    assert reach_of(Target(table, None, binds)).reach is Reach.EVERYTHING
    assert reach_of(Target(table, None, binds, inserts=True)).reach is Reach.TOPIC


@pytest.mark.parametrize(
    "table",
    [
        "daily_counts",
        "events",
        "jobs",
        "notifications",
        "report_day_parts",
        "report_marks",
        "web_hook_events",
    ],
)
def test_what_nobody_is_shown_ends_nothing(table: str) -> None:
    for target in (Target(table), Target(table, frozenset({"x"})), Target(table, inserts=True)):
        assert reach_of(target).reach is Reach.NOWHERE


def test_a_session_that_is_ended_reaches_its_person_and_its_use_nobody() -> None:
    assert reach_of(Target("sessions")).reach is Reach.PERSON
    assert reach_of(Target("sessions", frozenset({"seen_at", "expires_at"}))).reach is Reach.NOWHERE
    assert reach_of(Target("sessions", inserts=True)).reach is Reach.NOWHERE


def test_an_unknown_table_reaches_everything() -> None:
    assert reach_of(Target("something_new", None, {"topic_id": "topic_id"})).reach is Reach.EVERYTHING


@pytest.mark.parametrize(
    ("table", "columns", "reach"),
    [
        ("topics", ("views",), Reach.NOWHERE),
        ("topics", ("closed", "bumped_at"), Reach.TOPIC),
        ("topics", ("closed", "title"), Reach.EVERYTHING),
        ("topics", ("deleted_at",), Reach.EVERYTHING),
        ("topics", ("category_id",), Reach.EVERYTHING),
        ("posts", ("raw", "cooked", "version"), Reach.POST),
        ("posts", ("deleted_at",), Reach.EVERYTHING),
        ("posts", ("hidden",), Reach.EVERYTHING),
        ("posts", ("reads", "score"), Reach.NOWHERE),
        ("users", ("last_seen_at",), Reach.NOWHERE),
        ("users", ("username",), Reach.EVERYTHING),
        ("users", ("suspended_till",), Reach.EVERYTHING),
        ("categories", ("topic_count",), Reach.LISTS),
        ("keys", ("last_used_at",), Reach.NOWHERE),
        ("keys", ("revoked_at",), Reach.PERSON),
    ],
)
def test_a_change_reaches_as_far_as_it_shows(table: str, columns: tuple[str, ...], reach: Reach) -> None:
    target = _change(METADATA.tables[table], columns, ()).sqlite().target
    assert target is not None
    assert reach_of(target).reach is reach


@pytest.mark.parametrize(
    ("sql", "table"),
    [
        ("SELECT 1", None),
        ("PRAGMA page_count", None),
        ("UPDATE users SET name = ''", "users"),
        ('INSERT INTO "posts" (id) VALUES (1)', "posts"),
        ("DELETE FROM topics WHERE id = 1", "topics"),
        ("WITH gone AS (DELETE FROM topics RETURNING id) SELECT id FROM gone", ANY),
        ("SELECT id FROM topics FOR UPDATE", None),
    ],
)
def test_plain_sql_says_its_table_or_that_it_may_be_any(sql: str, table: str | None) -> None:
    target = target_of_text(sql)
    assert (None if target is None else target.table) == table


def test_a_write_logs_the_topic_and_a_read_logs_nothing(forum: Forum) -> None:
    number = forum.given.topic(title="A topic that is replied to").post.topic_id
    before = len(rows(forum))
    forum.get(f"/t/{number}.json")
    forum.run_jobs()
    assert len(rows(forum)) == before
    forum.given.reply(number)
    fresh = rows(forum)[before:]
    assert {row[0] for row in fresh} == {number, -2}
    assert {row[1] for row in fresh if row[0] == -2} == {1}


def rows(forum: Forum) -> list[tuple[int, int]]:
    async def read(unit: Unit) -> list[tuple[int, int]]:
        found = await unit.tx.text("SELECT topic_id, user_id FROM changes ORDER BY id")
        return [(int(row[0]), int(row[1])) for row in found]

    return forum.unit(read)


# -- deep in lists and topics -----------------------------------------------------------------------
def test_deep_pages_of_a_list_hold_what_shallow_ones_would(forum: Forum, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(7):
        forum.given.topic(title=f"A topic with the number {number}")
    paths = [
        f"/latest.json?per_page=2&page={page}&order={order}" for page in range(5) for order in ("created", "views")
    ]
    ids = [[each["id"] for each in ask(forum, path)] for path in paths]
    monkeypatch.setattr(topic_lists, "DEEP", 0)
    assert [[each["id"] for each in ask(forum, path)] for path in paths] == ids
    assert len({each for page in ids for each in page}) == 7


def ask(forum: Forum, path: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = forum.get(path, headers={"Range": "bytes=0-"}).json["topic_list"]["topics"]
    return found


@pytest.mark.parametrize("gone", [False, True])
def test_pages_of_a_huge_topic_are_those_of_a_small_one(
    forum: Forum, monkeypatch: pytest.MonkeyPatch, gone: bool
) -> None:
    from tertulia.forum.topics import windows

    number = forum.given.topic(title="A topic with very many posts").post.topic_id
    replies = [forum.given.reply(number).post.id for _ in range(45)]
    if gone:
        assert forum.delete(f"/posts/{replies[7]}.json", headers=forum.keyed()).status == 200
        forum.clock.advance(hours=25)
        forum.run_jobs()

    def pages(who: str) -> list[list[int]]:
        headers = {"Range": "bytes=0-", **(forum.keyed() if who else {})}
        paths = [f"/t/{number}.json?page={page}" for page in (1, 2, 3)] + [
            f"/t/{number}/{at}.json" for at in (1, 22, 46)
        ]
        return [
            [post["id"] for post in forum.get(path, headers=headers).json["post_stream"]["posts"]] for path in paths
        ]

    small = pages(""), pages("admin")
    monkeypatch.setattr(windows, "MEGA_POSTS", 10)
    assert (pages(""), pages("admin")) == small
    assert forum.get(f"/t/{number}.json", headers={"Range": "x"}).json["post_stream"]["isMegaTopic"] is True
