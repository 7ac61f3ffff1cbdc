"""Pages deep in a list: the same topics as counting from the top finds, at the price of a page near it."""

from __future__ import annotations

import itertools

import pytest

from tertulia.forum.posts.listing import list_posts
from tertulia.forum.topics.listing import list_topics
from tertulia.forum.unit import Ports, Unit
from tertulia.model.posts import ListPosts, PostView
from tertulia.model.topics import ListTopics, TopicOrder
from tertulia.store.lists.landmarks import MOST_LISTS, MOST_MS, MOST_PLACES, Landmarks, Place
from tests.forum.reading import given

pytestmark = pytest.mark.anyio
TOPICS = 620
ORDERS = [order for order in TopicOrder if order is not TopicOrder.CATEGORY]


async def fill(ports: Ports) -> None:
    """Topics in two categories, one of which visitors cannot read, with numbers that are often the same."""
    async with given.acting(ports, 1) as unit:
        await unit.write()
        hidden = await given.make_category(unit, "Hidden", grants={})
        author = await given.make_user(unit, "author")
        for number in range(TOPICS):
            counts = {"views": number % 7, "posts_count": number % 5, "like_count": number % 3}
            counts |= {"first_post_like_count": number % 2, "participant_count": number % 11}
            await given.make_topic(
                unit, f"topic {number % 50:03}", by=author, at=unit.now - number // 4,
                category_id=hidden if number % 10 == 0 else 1, **counts,
            )  # fmt: skip


async def read(unit: Unit, page: int, **asked: object) -> list[int]:
    view = await list_topics(unit, ListTopics(page=page, per_page=40, **asked))
    return [item.topic.id for item in view.items]


def forget(ports: Ports) -> None:
    ports.memory.pop("landmarks", None)


async def test_deep_pages_hold_what_counting_from_the_top_finds_in_every_order(ports: Ports) -> None:
    await fill(ports)
    for order, ascending in itertools.product(ORDERS, (False, True)):
        user_id = 1 if ascending else None
        async with given.acting(ports, user_id) as unit:
            whole: list[int] = []
            forget(ports)
            for page in range(16):
                whole += await read(unit, page, order=order, ascending=ascending)
            assert len(whole) == len(set(whole)) == (TOPICS if user_id else TOPICS * 9 // 10)
            for page in (10, 8):
                assert await read(unit, page, order=order, ascending=ascending) == whole[page * 40 : page * 40 + 40]
            forget(ports)
            for page in (11, 9, 13):
                assert await read(unit, page, order=order, ascending=ascending) == whole[page * 40 : page * 40 + 40]


async def test_places_are_not_shared_between_readers_who_see_different_topics(ports: Ports) -> None:
    await fill(ports)
    async with given.acting(ports, 1) as unit:
        everything = [await read(unit, page) for page in range(14)]
    async with given.acting(ports) as unit:
        visible = [await read(unit, page) for page in range(14)]
    assert everything[10] != visible[10]
    forget(ports)
    async with given.acting(ports) as unit:
        assert [await read(unit, page) for page in range(14)] == visible


async def test_nothing_is_listed_deep_that_was_deleted_or_hidden_since(ports: Ports) -> None:
    await fill(ports)
    async with given.acting(ports) as unit:
        await read(unit, 9)
        doomed = await read(unit, 10)
    async with given.acting(ports, 1) as unit:
        await unit.write()
        gone, moved = doomed[3], doomed[5]
        await unit.tx.text(f"UPDATE topics SET deleted_at = 1 WHERE id = {gone}")
        await unit.tx.text(f"UPDATE topics SET category_id = (SELECT max(id) FROM categories) WHERE id = {moved}")
    async with given.acting(ports) as unit:
        found = await read(unit, 10)
    assert found[:38] == [each for each in doomed if each not in (gone, moved)]


async def test_a_walk_down_meets_no_topic_twice_though_others_move_up_meanwhile(ports: Ports) -> None:
    await fill(ports)
    async with given.acting(ports) as unit:
        met = await read(unit, 8)
    for page in range(9, 12):
        async with given.acting(ports, 1) as unit:
            await unit.write()
            await unit.tx.text(
                f"UPDATE topics SET bumped_at = {unit.now} WHERE id = (SELECT max(id) - {page} FROM topics)"
            )
        async with given.acting(ports) as unit:
            met += await read(unit, page)
    assert len(met) == len(set(met)) == 160


async def test_posts_of_a_person_go_on_deep_in_the_list(ports: Ports) -> None:
    async with given.acting(ports, 1) as unit:
        await unit.write()
        author = await given.make_user(unit, "author")
        topic = await given.make_discussion(unit, "long", by=author, posts_of=(author,) * 400)
    assert topic
    async with given.acting(ports) as unit:
        whole = [view.post.id for offset in range(0, 400, 50) for view in (await posts(unit, author, offset))]
        assert len(whole) == len(set(whole)) == 400 or len(whole) == 401
        forget(ports)
        for offset in (300, 150, 345):
            assert [view.post.id for view in await posts(unit, author, offset)] == whole[offset : offset + 50]


async def posts(unit: Unit, user_id: int, offset: int) -> tuple[PostView, ...]:
    return (await list_posts(unit, ListPosts(user_id=user_id, offset=offset, limit=50))).posts


def test_landmarks_are_bounded_and_forgotten_after_a_minute() -> None:
    landmarks = Landmarks()
    for passed in range(3 * MOST_PLACES):
        landmarks.note("list", Place(passed, 0, passed), now=0)
    assert landmarks.nearest("list", offset=MOST_PLACES, now=0) is None
    newest = landmarks.nearest("list", offset=10**6, now=MOST_MS - 1)
    assert newest == Place(3 * MOST_PLACES - 1, 0, 3 * MOST_PLACES - 1)
    assert landmarks.nearest("list", offset=10**6, now=MOST_MS) is None
    for number in range(2 * MOST_LISTS):
        landmarks.note(number, Place(1, 0, 1), now=0)
    assert landmarks.nearest(0, offset=1, now=0) is None
    assert landmarks.nearest(2 * MOST_LISTS - 1, offset=1, now=0) == Place(1, 0, 1)
