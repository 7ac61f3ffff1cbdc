"""The small index holds what the large one has of the newest posts, whatever was written; with it nobody finds less."""

from __future__ import annotations

import asyncio
import random
from itertools import chain

import pytest

from tertulia.forum.indexing import recent
from tertulia.forum.indexing.posts import index_post, index_texts, remove_posts
from tertulia.forum.search.searching import search
from tertulia.forum.unit import Ports, Unit
from tertulia.model.search import Search
from tertulia.store.engine.query import SQLITE
from tertulia.store.fulltext import ranking, searching
from tertulia.store.fulltext.loading import insert_texts
from tertulia.store.fulltext.recent import find_first
from tests.forum.search.paging import pages
from tests.forum.sites.given import acting, add_post, add_topic

pytestmark = pytest.mark.anyio
WORDS = ("shark", "sharks", "whale", "reef", "coral", "boat")


@pytest.fixture(autouse=True)
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("RECENT", 30), ("LEAST", 40), ("SLICE", 7), ("SLACK", 3)):
        monkeypatch.setattr(recent, name, value)
    monkeypatch.setattr(ranking, "MAXIMUM_RANKED", 6)
    monkeypatch.setattr(ranking, "MAXIMUM_RANKED_LATER", 15)


async def keep(ports: Ports) -> None:
    """One turn of the worker."""
    async with ports.unit() as unit:
        await recent.keep_recent(unit)
        await unit.commit()


async def keep_all(ports: Ports) -> int:
    """Turns until nothing changes; answers the oldest post that the small index covers."""
    before: int | None = -1
    while True:
        await keep(ports)
        async with ports.unit() as unit:
            first = await find_first(unit.tx)
        if first == before:
            assert first is not None
            return first
        before = first


async def held(unit: Unit) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    """Rows of the small index, and those of the large one that it should have."""
    columns = "rowid, title, body" if unit.tx.engine == SQLITE else "post_id, document::text"
    first = await find_first(unit.tx)
    small = await unit.tx.text(f"SELECT {columns} FROM post_search_recent ORDER BY 1")
    large = await unit.tx.text(f"SELECT {columns} FROM post_search ORDER BY 1")
    return [tuple(row) for row in small], [tuple(row) for row in large if first is not None and row[0] >= first]


async def act(ports: Ports, rng: random.Random, topic: int, ids: list[int]) -> None:
    """Somebody writes, edits or deletes, or an archive is loaded."""
    body = " ".join(rng.choices(WORDS, k=4))
    what = rng.random()
    if what < 0.5:
        ids.append(await add_post(ports, topic, len(ids) + 100, body))
        return
    async with ports.unit() as unit:
        await unit.write()
        if what < 0.75:
            await index_post(unit, post_id=rng.choice(ids), title="", body=body)
        elif what < 0.9:
            await remove_posts(unit.tx, rng.sample(ids, 2))
        else:
            made = rng.randint(1, 9)
            texts = index_texts(unit.tx.engine, title="", body=body)
            key = "rowid" if unit.tx.engine == SQLITE else "post_id"
            known = {row[0] for row in await unit.tx.text(f"SELECT {key} FROM post_search")}
            gone = [each for each in ids if each not in known]
            await insert_texts(unit.tx, [(each, *texts) for each in gone[:made]])
        await unit.commit()


@pytest.mark.parametrize("seed", [1, 2])
async def test_the_small_index_has_the_newest_rows_of_the_large_one_whatever_is_written(
    ports: Ports, seed: int
) -> None:
    rng = random.Random(seed)
    topic = await add_topic(ports, "About the sea", "shark")
    ids = [await add_post(ports, topic, number, "reef coral") for number in range(2, 12)]
    begun = False
    for _ in range(100):
        await act(ports, rng, topic, ids)
        if rng.random() < 0.4:
            await keep(ports)
        async with ports.unit() as unit:
            small, expected = await held(unit)
            begun = begun or bool(small)
        assert small == expected
    assert begun
    first = await keep_all(ports)
    async with ports.unit() as unit:
        posts = [row[0] for row in await unit.tx.text("SELECT id FROM posts ORDER BY id DESC")]
        small, expected = await held(unit)
    assert small == expected
    assert recent.RECENT <= len([each for each in posts if each >= first]) <= recent.RECENT + recent.SLACK


async def test_a_small_forum_has_no_small_index(ports: Ports) -> None:
    topic = await add_topic(ports, "About the sea", "shark")
    for number in range(2, 20):
        await add_post(ports, topic, number, "shark")
    await keep(ports)
    async with ports.unit() as unit:
        assert await find_first(unit.tx) is None
        assert await held(unit) == ([], [])


async def fill(ports: Ports) -> dict[str, set[int]]:
    """Topics by the words that a visitor finds them with."""
    rng = random.Random(5)
    expected: dict[str, set[int]] = {}
    for number in range(45):
        bodies = [" ".join(rng.sample(WORDS, 2)) for _ in range(rng.randint(1, 3))]
        topic = await add_topic(ports, f"Talk {number}", *bodies, category_id=3 if number % 4 == 0 else 1)
        for body in bodies if number % 4 else ():
            for word in {*body.split(), *(word[:4] for word in body.split())}:
                expected.setdefault(word, set()).add(topic)
            both = sorted(body.split())
            expected.setdefault(f"{both[0]} {both[1]}", set()).add(topic)
    return expected


async def test_pages_hold_every_topic_once_with_the_small_index_and_without(ports: Ports) -> None:
    expected = await fill(ports)
    for _ in range(2):
        for q in ("reef", "shar", "coral reef", "boat whale"):
            for per_page in (4, 50):
                found = await pages(ports, q, per_page=per_page)
                every = [topic for page in found for topic in page]
                assert len(every) == len(set(every))
                assert set(every) == expected[q]
                assert all(len(page) == per_page for page in found[:-1])
        await keep_all(ports)


async def test_filters_and_orders_find_the_same_with_the_small_index(ports: Ports) -> None:
    await fill(ports)
    asked = ("reef in:first", "reef order:latest", "reef order:oldest", "in:title talk", "reef @admin", "nothing")
    before = [{*chain(*await pages(ports, q, per_page=50))} for q in asked]
    await keep_all(ports)
    assert [{*chain(*await pages(ports, q, per_page=50))} for q in asked] == before
    assert sum(map(bool, before)) >= 4


async def test_matches_among_the_newest_posts_come_first(ports: Ports) -> None:
    old = await add_topic(ports, "Sharks, sharks and sharks", "sharks sharks sharks")
    new = [await add_topic(ports, f"Talk {number}", "boats" if number % 9 else "sharks") for number in range(45)]
    await keep_all(ports)
    (found,) = await pages(ports, "sharks", per_page=50)
    assert set(found[:3]) == {new[18], new[27], new[36]}
    assert found[3] == old and set(found[4:]) == {new[0], new[9]}


async def test_what_somebody_is_writing_while_the_small_index_grows_is_in_it(ports: Ports) -> None:
    topic = await add_topic(ports, "About the sea", "shark")
    ids = [await add_post(ports, topic, number, "shark") for number in range(2, 46)]
    if ports.database.engine == SQLITE:
        pytest.skip("on SQLite one writes after another")
    await keep(ports)
    for post_id in (ids[-2], ids[-12]):
        async with ports.unit() as writing:
            await writing.write()
            await index_post(writing, post_id=post_id, title="", body="whale")
            assert await writing.tx.text("SELECT 1")
            grows = asyncio.create_task(keep(ports))
            await asyncio.sleep(0.2)
            assert not grows.done()
            await writing.commit()
        await grows
        async with ports.unit() as unit:
            small, expected = await held(unit)
        assert small == expected and (post_id, "'whale':1") in small


async def test_the_latest_matches_come_by_their_times_whatever_ids_they_have(ports: Ports) -> None:
    late = await add_topic(ports, "Loaded from elsewhere", "shark", at=1_000_000)
    made = [await add_topic(ports, f"Talk {number}", "shark", at=number) for number in range(45)]
    gone = await add_topic(ports, "Gone", "shark", at=2_000_000, deleted_at=1)
    expected = [late, *made[::-1]]
    for _ in range(2):
        for per_page in (4, 50):
            found = await pages(ports, "shark order:latest", per_page=per_page)
            assert [*chain(*found)] == expected and gone not in expected
        await keep_all(ports)


async def test_the_latest_matches_are_few_statements_among_the_newest_posts(
    ports: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [await add_topic(ports, f"Talk {number}", "shark", at=number) for number in range(45)]
    await keep_all(ports)

    def nobody(*_: object) -> None:
        raise AssertionError("all matches are sorted")

    monkeypatch.setattr(searching, "_query", nobody)
    async with acting(ports, None) as unit:
        view = await search(unit, Search(q="shark order:latest", per_page=5))
    assert [hit.post.post.topic_id for hit in view.hits] == made[:-6:-1]
