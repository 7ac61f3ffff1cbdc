"""Lists cost the same number of statements for 3 items and for 30, and the usual orders come from an index."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tertulia.forum.posts.listing import list_posts
from tertulia.forum.posts.reading import list_replies, read_raw
from tertulia.forum.topics.listing import list_topics
from tertulia.forum.topics.reading import read_topic
from tertulia.forum.unit import Ports, Unit
from tertulia.model.posts import ListPosts
from tertulia.model.topics import ListTopics, ReadTopic, TopicFilter, TopicOrder
from tertulia.store.engine.postgres import PostgresTx
from tertulia.store.engine.query import Query, postgresql_arguments, sqlite_arguments
from tertulia.store.engine.sqlite import SqliteTx
from tests.forum.reading import given

pytestmark = pytest.mark.anyio

Read = Callable[[Unit], Awaitable[object]]
READS: dict[str, Read] = {
    "latest": lambda unit: list_topics(unit, ListTopics(with_teasers=True, with_total=True)),
    "unseen": lambda unit: list_topics(unit, ListTopics(filter=TopicFilter.UNSEEN)),
    "top": lambda unit: list_topics(unit, ListTopics(filter=TopicFilter.TOP, period="all")),
    "category": lambda unit: list_topics(unit, ListTopics(category_id=1)),
    "tagged": lambda unit: list_topics(unit, ListTopics(tags=("shared",))),
    "topic": lambda unit: read_topic(unit, ReadTopic(topic_id=1, chunk=100, with_suggested=False)),
    "raw": lambda unit: read_raw(unit, 1),
    "replies": lambda unit: list_replies(unit, 1),
    "posts": lambda unit: list_posts(unit, ListPosts()),
    "posts of a user": lambda unit: list_posts(unit, ListPosts(user_id=1)),
}


class Statements:
    """Every statement that either engine is given, with its parameters."""

    def __init__(self) -> None:
        self.seen: list[tuple[Query, dict[str, Any]]] = []

    def watch(self, monkeypatch: pytest.MonkeyPatch) -> None:
        execute, fetch = SqliteTx._execute, PostgresTx.all

        def watched_execute(tx: SqliteTx, query: Query, values: Any) -> Any:
            self.seen.append((query, dict(values)))
            return execute(tx, query, values)

        async def watched_fetch(tx: PostgresTx, query: Query, /, **values: Any) -> Any:
            self.seen.append((query, values))
            return await fetch(tx, query, **values)

        monkeypatch.setattr(SqliteTx, "_execute", watched_execute)
        monkeypatch.setattr(PostgresTx, "all", watched_fetch)


async def _grow(ports: Ports, *, first: int, last: int) -> None:
    async with given.acting(ports, 1) as unit:
        await unit.write()
        people = [await given.make_user(unit, f"user{number}") for number in range(first, last)]
        made = [
            await given.make_discussion(unit, f"topic {number}", by=people[0], posts_of=tuple(people))
            for number in range(first, last)
        ]
        if first == 0:
            await given.make_post(unit, 1, 90, by=people[0], reply_to_post_id=1)
            await given.make_tag(unit, "shared", topic_ids=tuple(made))
        else:
            for number, person in enumerate(people, start=100):
                fields = {"reply_to_post_number": 1, "reply_to_post_id": 1, "reply_to_user_id": 1}
                await given.make_post(unit, 1, number + 1, by=person, **fields)
            await unit.tx.text("INSERT INTO topic_tags (topic_id, tag_id) SELECT id, 1 FROM topics WHERE id > 3")


@pytest.mark.parametrize("user_id", [None, 1])
async def test_thirty_items_cost_as_many_statements_as_three(
    ports: Ports, monkeypatch: pytest.MonkeyPatch, user_id: int | None
) -> None:
    counts: list[dict[str, int]] = []
    for first, last in ((0, 3), (3, 30)):
        await _grow(ports, first=first, last=last)
        statements = Statements()
        with monkeypatch.context() as patched:
            statements.watch(patched)
            found = {}
            for name, read in READS.items():
                if name == "unseen" and user_id is None:
                    continue
                async with given.acting(ports, user_id) as unit:
                    await read(unit)  # what it remembers for a minute is not what a list costs
                    statements.seen.clear()
                    await read(unit)
                    found[name] = len(statements.seen)
        counts.append(found)
    assert counts[0] == counts[1]
    assert all(0 < count < 40 for count in counts[0].values()), counts[0]


async def _plan(unit: Unit, query: Query, values: dict[str, Any]) -> str:
    if unit.tx.engine == "sqlite":
        compiled = query.sqlite()
        rows = await unit.tx.text("EXPLAIN QUERY PLAN " + compiled.text, *sqlite_arguments(compiled, values))
        return "\n".join(str(row[3]) for row in rows)
    compiled = query.postgresql()
    await unit.tx.text("SET LOCAL enable_seqscan = off")
    await unit.tx.text("SET LOCAL enable_sort = off")
    rows = await unit.tx.text("EXPLAIN " + compiled.text, *postgresql_arguments(compiled, values))
    return "\n".join(str(row[0]) for row in rows)


INDEXES = {
    TopicOrder.DEFAULT: "ix_topics_live_bumped_at",
    TopicOrder.ACTIVITY: "ix_topics_live_bumped_at",
    TopicOrder.CREATED: "ix_topics_live_created_at",
    TopicOrder.VIEWS: "ix_topics_live_views",
    TopicOrder.POSTS: "ix_topics_live_posts_count",
    TopicOrder.LIKES: "ix_topics_live_like_count",
    TopicOrder.OP_LIKES: "ix_topics_live_first_post_like_count",
    TopicOrder.POSTERS: "ix_topics_live_participant_count",
    TopicOrder.TITLE: "ix_topics_live_title_key",
}


@pytest.mark.parametrize("user_id", [None, 1])
@pytest.mark.parametrize("order", list(INDEXES))
@pytest.mark.parametrize("ascending", [False, True])
async def test_the_usual_orders_come_from_an_index(
    ports: Ports, monkeypatch: pytest.MonkeyPatch, order: TopicOrder, ascending: bool, user_id: int | None
) -> None:
    await _grow(ports, first=0, last=3)
    statements = Statements()
    async with given.acting(ports, user_id) as unit:
        with monkeypatch.context() as patched:
            statements.watch(patched)
            await list_topics(unit, ListTopics(order=order, ascending=ascending))
        query, values = next(each for each in reversed(statements.seen) if "offset" in each[1])
        plan = await _plan(unit, query, values)
    assert INDEXES[order] in plan, plan
    assert "TEMP B-TREE" not in plan, plan
    assert "Sort" not in plan, plan


async def test_a_category_is_listed_from_its_own_index(ports: Ports, monkeypatch: pytest.MonkeyPatch) -> None:
    await _grow(ports, first=0, last=3)
    statements = Statements()
    async with given.acting(ports) as unit:
        with monkeypatch.context() as patched:
            statements.watch(patched)
            await list_topics(unit, ListTopics(category_id=1))
        query, values = next(each for each in reversed(statements.seen) if "offset" in each[1])
        plan = await _plan(unit, query, values)
    # On a handful of topics any index with the category is good enough for PostgreSQL; dialects/plans has many.
    named = "Index Cond" in plan and "category_id" in plan.partition("Index Cond")[2]
    assert "ix_topics_category_bumped_at" in plan or named, plan
    assert "TEMP B-TREE" not in plan, plan
    assert "Sort" not in plan, plan


async def test_a_stream_is_read_without_touching_a_post(ports: Ports, monkeypatch: pytest.MonkeyPatch) -> None:
    await _grow(ports, first=0, last=3)
    await _grow(ports, first=3, last=30)
    statements = Statements()
    async with given.acting(ports) as unit:
        with monkeypatch.context() as patched:
            statements.watch(patched)
            await read_topic(unit, ReadTopic(topic_id=1))
        streams = [each for each in statements.seen if "ORDER BY posts.post_number" in each[0].sqlite().text]
        if unit.tx.engine == "postgresql":
            # What it would take for a table at rest; a fresh one is not known to be visible to everybody yet.
            await unit.tx.text("SET LOCAL enable_indexscan = off")
            await unit.tx.text("SET LOCAL enable_bitmapscan = off")
        plan = await _plan(unit, *streams[0])
    assert "ix_posts_stream" in plan, plan
    assert ("COVERING INDEX" in plan) or ("Index Only Scan" in plan), plan


async def test_suggesting_costs_no_more_where_there_is_more_to_suggest(
    ports: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = []
    for first, last in ((0, 3), (3, 30)):
        await _grow(ports, first=first, last=last)
        statements = Statements()
        async with given.acting(ports, 1) as unit:
            with monkeypatch.context() as patched:
                statements.watch(patched)
                view = await read_topic(unit, ReadTopic(topic_id=1))
        counts.append((len(view.suggested), len(statements.seen)))
    assert [count[0] for count in counts] == [2, 5]
    assert counts[1][1] <= counts[0][1]


NARROW: dict[str, tuple[Read, str]] = {
    "posted": (lambda unit: list_topics(unit, ListTopics(filter=TopicFilter.POSTED)), "ix_topic_posters_user_id"),
    "created": (lambda unit: list_topics(unit, ListTopics(filter=TopicFilter.CREATED)), "ix_topics_user_id"),
    "read": (lambda unit: list_topics(unit, ListTopics(filter=TopicFilter.READ)), "ix_topic_states_user_id"),
    "unread": (lambda unit: list_topics(unit, ListTopics(filter=TopicFilter.UNREAD)), "ix_topic_states_maybe_unread"),
    "messages": (
        lambda unit: list_topics(unit, ListTopics(filter=TopicFilter.MESSAGES)),
        "ix_topic_allowed_users_user_id",
    ),
    "messages sent": (
        lambda unit: list_topics(unit, ListTopics(filter=TopicFilter.MESSAGES, state="sent")),
        "ix_topic_allowed_users_user_id",
    ),
    "messages of a group": (
        lambda unit: list_topics(unit, ListTopics(filter=TopicFilter.MESSAGES, group_id=41)),
        "ix_topic_allowed_groups_group_id",
    ),
    "posts of a group's members": (lambda unit: list_posts(unit, ListPosts(group_id=41)), "ix_posts_user_id"),
    "mentions of a group": (
        lambda unit: list_posts(unit, ListPosts(mentioned_group_id=41)),
        "ix_post_group_mentions_group_id",
    ),
    "tagged": (lambda unit: list_topics(unit, ListTopics(tags=("shared",))), "ix_topic_tags_tag_id"),
    "private posts": (lambda unit: list_posts(unit, ListPosts(messages=True)), "ix_topic_allowed_users_user_id"),
    "posts of a user": (lambda unit: list_posts(unit, ListPosts(user_id=1)), "ix_posts_user_id_created_at"),
}


@pytest.mark.parametrize("name", list(NARROW))
async def test_a_list_of_few_begins_with_what_they_have_in_common(
    ports: Ports, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    if ports.database.engine == "postgresql":
        return  # its planner decides by the statistics of the tables
    await _grow(ports, first=0, last=3)
    async with given.acting(ports, 1) as unit:
        await unit.write()
        member = await given.make_user(unit, "somebody")
    statements = Statements()
    async with given.acting(ports, member) as unit:
        with monkeypatch.context() as patched:
            statements.watch(patched)
            await NARROW[name][0](unit)
        query, values = next(each for each in reversed(statements.seen) if "offset" in each[1])
        plan = await _plan(unit, query, values)
    assert NARROW[name][1] in plan, plan
    assert "ix_topics_live" not in plan, plan
    assert "SCAN posts" not in plan, plan


async def test_pinned_topics_and_the_newest_posts_are_found_without_looking_at_all_topics(
    ports: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    if ports.database.engine == "postgresql":
        return  # its planner decides by the statistics of the tables
    await _grow(ports, first=0, last=3)
    statements = Statements()
    async with given.acting(ports) as unit:
        with monkeypatch.context() as patched:
            statements.watch(patched)
            await list_topics(unit, ListTopics())
            await list_topics(unit, ListTopics(category_id=1))
            pinned = [each for each in statements.seen if "ORDER BY topics.pinned_at" in each[0].sqlite().text]
            await list_posts(unit, ListPosts())
        newest = next(each for each in reversed(statements.seen) if "offset" in each[1])
        assert len(pinned) == 2
        for each in pinned:
            plan = await _plan(unit, *each)
            assert "ix_topics_pinned_at" in plan, plan
        plan = await _plan(unit, *newest)
    assert plan.startswith("SCAN posts"), plan
    assert "TEMP B-TREE" not in plan, plan
