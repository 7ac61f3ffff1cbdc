"""Write units under stress: many at once, half-way failures, cancelled commits, locks taken the other way round."""

from __future__ import annotations

import asyncio

import pytest

from tertulia.forum.posts.creating import create_post
from tertulia.forum.topics.creating import create_topic
from tertulia.forum.unit import Ports
from tertulia.model.errors import ForumError
from tertulia.model.posts import CreatePost
from tertulia.model.topics import CreateTopic
from tertulia.store.engine.base import WriteConflict
from tertulia.store.writing.topics import lock_topic, update_topic
from tests.forum.reading.given import make_user
from tests.forum.writing import ADMIN, Forum, found

pytestmark = pytest.mark.anyio


async def _people(forum: Forum, number: int) -> list[int]:
    async with forum.ports.unit() as unit:
        await unit.write()
        made = [await make_user(unit, f"replier{n}", trust_level=2) for n in range(number)]
        await unit.commit()
    return made


async def test_fifty_repliers_at_once_get_the_numbers_after_the_first(ports: Ports) -> None:
    forum = await found(ports)
    topic = await forum.topic()
    people = await _people(forum, 50)
    posts = await asyncio.gather(*(forum.reply(topic.id, by=person) for person in people))
    assert sorted(post.post_number for post in posts) == list(range(2, 52))
    fresh = await forum.topic_now(topic.id)
    assert (fresh.posts_count, fresh.highest_post_number, fresh.participant_count) == (51, 51, 51)
    assert await forum.value(f"SELECT post_count FROM categories WHERE id = {forum.category}") == 51
    last = next(post for post in posts if post.post_number == 51)
    assert (fresh.last_post_id, fresh.last_post_user_id) == (last.id, last.user_id)


async def test_one_title_asked_for_by_many_at_once_is_given_once(ports: Ports) -> None:
    forum = await found(ports)
    people = await _people(forum, 10)
    title = "The one title that everybody wants"
    made = await asyncio.gather(*(forum.topic(by=person, title=title) for person in people), return_exceptions=True)
    assert sum(not isinstance(outcome, BaseException) for outcome in made) == 1
    assert all(isinstance(outcome, ForumError) for outcome in made if isinstance(outcome, BaseException))
    assert await forum.value("SELECT COUNT(*) FROM topics") == 1


async def test_one_text_sent_many_times_at_once_is_written_once(ports: Ports) -> None:
    forum = await found(ports)
    topics = [await forum.topic() for _ in range(5)]
    sent = await asyncio.gather(
        *(forum.reply(topic.id, raw="Pressed the button again and again.") for topic in topics),
        return_exceptions=True,
    )
    assert sum(not isinstance(outcome, BaseException) for outcome in sent) == 1
    assert await forum.value("SELECT COUNT(*) FROM posts") == 6


async def test_what_one_unit_half_wrote_goes_and_what_others_wrote_stays(ports: Ports) -> None:
    forum = await found(ports)
    topic = await forum.topic()
    before = await forum.counts()
    arrived = asyncio.Event()

    async def fails() -> None:
        async with forum.acting(forum.author) as unit:
            await create_post(unit, CreatePost(topic_id=topic.id, raw=forum.words()))
            arrived.set()
            raise RuntimeError("a shape that cannot be made")

    async def succeeds() -> int:
        await arrived.wait()
        return (await forum.reply(topic.id)).post_number

    failed, number = await asyncio.gather(fails(), succeeds(), return_exceptions=True)
    assert isinstance(failed, RuntimeError) and number == 2
    after = await forum.counts()
    assert after["posts"] == before["posts"] + 1 and after["events"] == before["events"] + 1
    assert (await forum.topic_now(topic.id)).posts_count == 2


async def test_a_unit_that_is_not_committed_leaves_nothing(ports: Ports) -> None:
    forum = await found(ports)
    before = await forum.counts()
    command = CreateTopic(title="This topic is never committed", raw=forum.words(), category_id=forum.category)
    with pytest.raises(RuntimeError):
        async with forum.acting(forum.author) as unit:
            await create_topic(unit, command)
            await unit.settle()
            raise RuntimeError("after everything was written")
    assert await forum.counts() == before


async def test_a_request_cancelled_during_its_commit_is_written_whole_or_not_at_all(ports: Ports) -> None:
    forum = await found(ports)
    topic = await forum.topic()
    for turns in (0, 1, 2, 3, 5, 8, 13):
        before = await forum.counts()
        task = asyncio.create_task(forum.reply(topic.id, by=ADMIN))
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        outcome = (await asyncio.gather(task, return_exceptions=True))[0]
        await forum.reply(topic.id, by=ADMIN)  # the next in line is not held up
        added = (await forum.counts())["posts"] - before["posts"]
        assert added in ((1, 2) if isinstance(outcome, asyncio.CancelledError) else (2,))
        fresh = await forum.topic_now(topic.id)
        assert fresh.posts_count == fresh.highest_post_number == await forum.value("SELECT COUNT(*) FROM posts")


async def test_opposite_lock_orders_end_with_both_units_over(ports: Ports) -> None:
    forum = await found(ports)
    one, two = (await forum.topic()).id, (await forum.topic()).id

    async def bump(first: int, second: int) -> None:
        async with forum.acting(ADMIN) as unit:
            await unit.write()
            for topic_id in (first, second):
                topic = await lock_topic(unit.tx, topic_id, visibility=unit.actor.visibility)
                assert topic is not None
                await update_topic(unit.tx, topic_id, add={"views": 1})
                if unit.tx.engine == "postgresql":
                    await asyncio.sleep(0.05)

    ended = await asyncio.wait_for(asyncio.gather(bump(one, two), bump(two, one), return_exceptions=True), timeout=20)
    done = [outcome for outcome in ended if outcome is None]
    assert done and all(outcome is None or isinstance(outcome, WriteConflict) for outcome in ended)
    assert await forum.value(f"SELECT views FROM topics WHERE id = {one}") == len(done)
    assert await forum.value(f"SELECT views FROM topics WHERE id = {two}") == len(done)
