"""A forum filled with made-up content: the same content again, counters that a recount does not change."""

from __future__ import annotations

from typing import Any

import pytest

from tertulia.forum.cooking import plain_text
from tertulia.forum.indexing.posts import index_post
from tertulia.forum.loading.counting import list_wrong_counts, recount_categories, recount_users
from tertulia.forum.search.searching import search
from tertulia.forum.seeding import filling
from tertulia.forum.seeding.filling import Amount, Filled, fill_forum
from tertulia.forum.unit import Ports
from tertulia.model.search import Search
from tests.forum.sites.given import acting, add_topic

pytestmark = pytest.mark.anyio
NOW = 1_767_225_600_000
AMOUNT = Amount(users=30, topics=25, posts=700, seed=4, now=NOW)
COUNTED = (
    "SELECT id, post_count, topic_count, likes_received, likes_given, last_posted_at FROM users ORDER BY id",
    "SELECT id, topic_count, post_count, latest_topic_id, latest_post_id FROM categories ORDER BY id",
    "SELECT id, topic_count FROM tags ORDER BY id",
)
USERS = "SELECT username, name, trust_level, created_at FROM users WHERE id > {} ORDER BY id"
TOPICS = "SELECT title, slug, excerpt, created_at, posts_count, like_count, views FROM topics WHERE id > {} ORDER BY id"
POSTS = (
    "SELECT post_number, raw, cooked, like_count, reply_count, quote_count, created_at FROM posts WHERE id > {} "
    "ORDER BY id"
)


async def fill(ports: Ports, amount: Amount = AMOUNT, *, after: int = 10**9) -> Filled:
    """Stops after the slice in which so many posts are done."""
    done = 0

    def tell(posts: int, _: int) -> None:
        nonlocal done
        done = posts

    return await fill_forum(amount, open_unit=ports.unit, tell=tell, stopped=lambda: done >= after)


async def rows(ports: Ports, *statements: str) -> list[list[tuple[Any, ...]]]:
    async with ports.unit() as unit:
        return [[tuple(row) for row in await unit.tx.text(statement)] for statement in statements]


async def check_counters(ports: Ports) -> None:
    before = await rows(ports, *COUNTED)
    async with ports.unit() as unit:
        assert await list_wrong_counts(unit) == []
        await recount_users(unit, [int(row[0]) for row in before[0]])
        await recount_categories(unit, [int(row[0]) for row in before[1]])
        await unit.commit()
    assert await rows(ports, *COUNTED) == before
    async with ports.unit() as unit:
        wrong = await unit.tx.text(
            "SELECT t.id FROM topics t JOIN (SELECT topic_id, SUM(like_count) AS likes, SUM(word_count) AS words, "
            "COUNT(reply_to_post_id) AS replies, COUNT(DISTINCT user_id) AS people, MAX(post_number) AS highest, "
            "MAX(created_at) AS latest, MAX(id) AS last FROM posts GROUP BY topic_id) p ON p.topic_id = t.id "
            "WHERE t.user_id > 1 AND (t.like_count <> p.likes OR t.word_count <> p.words OR t.reply_count <> p.replies "
            "OR t.participant_count <> p.people OR t.highest_post_number <> p.highest OR t.last_posted_at <> p.latest "
            "OR t.bumped_at <> p.latest OR t.last_post_id <> p.last)"
        )
        assert not wrong
        for table, column in (("votes", "like_count"), ("post_quotes", "quote_count")):
            key = "post_id" if table == "votes" else "quoted_post_id"
            assert not await unit.tx.text(
                f"SELECT p.id FROM posts p WHERE p.{column} <> (SELECT COUNT(*) FROM {table} v WHERE v.{key} = p.id)"
            )
        assert not await unit.tx.text(
            "SELECT 1 FROM posts p WHERE p.user_id > 1 AND NOT EXISTS (SELECT 1 FROM topic_states s "
            "WHERE s.topic_id = p.topic_id AND s.user_id = p.user_id AND s.last_read_post_number >= p.post_number)"
        )
        assert not await unit.tx.text(
            "SELECT 1 FROM topic_posters s WHERE s.user_id > 1 AND s.post_count <> "
            "(SELECT COUNT(*) FROM posts p WHERE p.topic_id = s.topic_id AND p.user_id = s.user_id)"
        )


async def test_a_filled_forum_has_what_was_asked_and_a_recount_changes_nothing(ports: Ports) -> None:
    mine = await add_topic(ports, "Here before", "and still here")
    async with ports.unit() as unit:  # what a test puts into the store is counted by nobody
        await recount_users(unit, [1])
        await recount_categories(unit, [1])
        await unit.commit()
    filled = await fill(ports)
    assert (filled.users, filled.topics, filled.posts, filled.complete) == (30, 25, 700, True)
    ((topics,), (posts,), (largest,)) = [
        found[0]
        for found in await rows(
            ports,
            f"SELECT COUNT(*) FROM topics WHERE id > {mine}",
            f"SELECT COUNT(*) FROM posts WHERE topic_id > {mine}",
            f"SELECT MAX(posts_count) FROM topics WHERE id > {mine} AND closed = 0",
        )
    ]
    assert (topics, posts) == (25, 700)
    assert largest > 150
    async with acting(ports, None) as unit:
        assert [hit.post.post.topic_id for hit in (await search(unit, Search(q='"still here"'))).hits] == [mine]
    await check_counters(ports)


async def test_the_words_of_a_filled_forum_are_found(ports: Ports) -> None:
    await fill(ports)
    newest = ("SELECT cooked FROM posts ORDER BY id DESC LIMIT 1", "SELECT title FROM topics ORDER BY id DESC LIMIT 1")
    last, titled = [found[0][0] for found in await rows(ports, *newest)]
    phrase = " ".join(plain_text(str(last)).splitlines()[-1].split()[:5]).replace('"', "")
    async with acting(ports, None) as unit:
        assert (await search(unit, Search(q=f'"{phrase}"'))).hits
        (hit,) = (await search(unit, Search(q=f'"{titled}" in:title'))).hits
    assert hit.post.topic_title == titled


async def test_a_filled_forum_is_indexed_as_if_each_post_had_been_written(ports: Ports) -> None:
    await fill(ports)
    (posts,) = await rows(
        ports,
        "SELECT p.id, p.cooked, CASE p.post_number WHEN 1 THEN t.title ELSE '' END FROM posts p "
        "JOIN topics t ON t.id = p.topic_id WHERE p.user_id > 1 ORDER BY p.id",
    )
    kept = (
        "SELECT rowid, title, body FROM post_search ORDER BY rowid"
        if ports.database.engine == "sqlite"
        else "SELECT post_id, document::text FROM post_search ORDER BY post_id"
    )
    (before,) = await rows(ports, kept)
    assert len(posts) == 700
    async with ports.unit() as unit:
        await unit.write()
        for post_id, cooked, title in posts:
            await index_post(unit, post_id=post_id, title=title, body=plain_text(cooked))
        await unit.commit()
    assert await rows(ports, kept) == [before]


async def test_the_same_number_gives_the_same_content_and_another_gives_another(ports: Ports) -> None:
    highest = [f"SELECT MAX(id) FROM {table}" for table in ("users", "topics", "posts")]
    began = [int(found[0][0] or 0) for found in await rows(ports, *highest)]
    await fill(ports)
    ids = [int(found[0][0]) for found in await rows(ports, *highest)]
    statements = (USERS, TOPICS, POSTS)
    first = await rows(ports, *(text.format(at) for text, at in zip(statements, began, strict=True)))
    again = await fill(ports)
    assert again.complete
    second = await rows(ports, *(text.format(at) for text, at in zip(statements, ids, strict=True)))
    names = zip(first[0], second[0], strict=True)
    assert all(new[0].startswith(f"{old[0]}_") and new[1:] == old[1:] for old, new in names)
    assert [row[4:7] for row in second[1]] == [row[4:7] for row in first[1]]
    assert [row[0] for row in second[1]] == [row[0] for row in first[1]]
    plain = [place for place, row in enumerate(first[2]) if "[quote" not in row[1] and "@" not in row[1]]
    assert len(plain) > 400
    assert [second[2][place] for place in plain] == [first[2][place] for place in plain]
    await check_counters(ports)
    other = Amount(users=3, topics=5, posts=30, seed=5, now=NOW)
    assert (await fill(ports, other)).complete
    await check_counters(ports)


async def test_a_stop_after_any_slice_leaves_every_counter_right(ports: Ports, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filling, "_ALONE", 80)
    filled = await fill(ports, after=60)
    assert 60 <= filled.posts < 700 and not filled.complete
    await check_counters(ports)


async def test_only_a_forum_that_nobody_has_used_is_filled_in_long_slices(ports: Ports) -> None:
    first = await fill(ports, after=1)
    assert first.posts == 700
    second = await fill(ports, after=1)
    assert 50 <= second.posts <= 250  # a slice and at most one piece of 200 more
    await check_counters(ports)


async def test_numbers_that_make_no_forum_are_refused(ports: Ports) -> None:
    for users, topics, posts in ((0, 1, 1), (1, 0, 1), (1, 2, 1), (-1, 1, 1)):
        with pytest.raises(ValueError, match="at least one"):
            await fill(ports, Amount(users=users, topics=topics, posts=posts, seed=1, now=NOW))
    one = await fill(ports, Amount(users=1, topics=1, posts=1, seed=1, now=NOW))
    assert (one.users, one.topics, one.posts, one.complete) == (1, 1, 1, True)
    await check_counters(ports)


async def test_the_planner_knows_what_a_filled_forum_holds(ports: Ports) -> None:
    await fill(ports)
    async with ports.unit() as unit:
        if unit.tx.engine != "postgresql":
            assert await unit.tx.text("SELECT name FROM sqlite_master WHERE name = 'sqlite_stat1'") == []
            return
        for table in ("posts", "post_search"):
            known = await unit.tx.text(f"SELECT reltuples FROM pg_class WHERE oid = '{table}'::regclass")
            assert known[0][0] >= AMOUNT.posts, table
