"""Which posts of a topic a reader gets."""

import pytest

from tertulia.forum.posts.reading import list_replies, read_post_by_number, read_raw
from tertulia.forum.topics import windows
from tertulia.forum.topics.reading import list_post_ids, read_topic
from tertulia.forum.unit import Ports
from tertulia.model.errors import NotFound, PostMissing, TopicMissing
from tertulia.model.topics import ReadTopic, TopicView
from tertulia.store.lists.streams import StreamRow
from tests.forum.reading import given

pytestmark = pytest.mark.anyio


async def _make(ports: Ports, count: int, *, gaps: tuple[int, ...] = ()) -> int:
    async with given.acting(ports, 1) as unit:
        await unit.write()
        topic_id = await given.make_topic(unit, "Long topic", by=1)
        for number in range(1, count + 1):
            if number not in gaps:
                await given.make_post(unit, topic_id, number, by=1, created_at=unit.now - (count - number) * given.DAY)
    return topic_id


def _numbers(view: TopicView) -> list[int]:
    return [post.post.post_number for post in view.posts]


async def test_pages_hold_twenty_posts_and_there_is_none_beyond_the_last(ports: Ports) -> None:
    topic_id = await _make(ports, 45)
    async with given.acting(ports) as unit:
        first = await read_topic(unit, ReadTopic(topic_id=topic_id))
        assert _numbers(first) == list(range(1, 21))
        assert len(first.stream) == 45
        assert first.page_count == 3
        assert _numbers(await read_topic(unit, ReadTopic(topic_id=topic_id, page=3))) == list(range(41, 46))
        for page in (4, 0, -1, 10**9):
            with pytest.raises(NotFound):
                await read_topic(unit, ReadTopic(topic_id=topic_id, page=page))


async def test_a_window_begins_a_quarter_before_the_wanted_post(ports: Ports) -> None:
    topic_id = await _make(ports, 45, gaps=(30, 31))
    async with given.acting(ports) as unit:
        near = await read_topic(unit, ReadTopic(topic_id=topic_id, post_number=20))
        assert _numbers(near)[:6] == [15, 16, 17, 18, 19, 20]
        assert len(near.posts) == 20
        assert near.current_post_number == 20
        last = await read_topic(unit, ReadTopic(topic_id=topic_id, post_number=44))
        assert _numbers(last) == list(range(24, 30)) + list(range(32, 46))
        assert (await read_topic(unit, ReadTopic(topic_id=topic_id, post_number=31))).current_post_number == 32
        assert (await read_topic(unit, ReadTopic(topic_id=topic_id, post_number=999))).current_post_number == 45
        assert _numbers(await read_topic(unit, ReadTopic(topic_id=topic_id, post_number=1)))[0] == 1


async def test_posts_by_id_come_in_the_order_of_the_topic_and_only_from_it(ports: Ports) -> None:
    topic_id, other = await _make(ports, 5), await _make(ports, 2)
    async with given.acting(ports) as unit:
        stream = (await read_topic(unit, ReadTopic(topic_id=topic_id))).stream
        foreign = (await read_topic(unit, ReadTopic(topic_id=other))).stream
        wanted = (stream[3], foreign[0], stream[1], 999_999)
        view = await read_topic(unit, ReadTopic(topic_id=topic_id, post_ids=wanted))
        assert [post.post.id for post in view.posts] == [stream[1], stream[3]]
        assert await list_post_ids(unit, topic_id, after_number=3, limit=10) == stream[3:]


async def test_newest_first_turns_the_pages_around(ports: Ports) -> None:
    topic_id = await _make(ports, 25)
    async with given.acting(ports) as unit:
        view = await read_topic(unit, ReadTopic(topic_id=topic_id, newest_first=True))
        assert _numbers(view) == list(range(25, 5, -1))
        second = await read_topic(unit, ReadTopic(topic_id=topic_id, newest_first=True, page=2))
        assert _numbers(second) == [5, 4, 3, 2, 1]


async def test_filters_keep_the_first_post(ports: Ports) -> None:
    async with given.acting(ports, 1) as unit:
        await unit.write()
        anna = await given.make_user(unit, "Anna")
        topic_id = await given.make_topic(unit, "Filtered", by=1)
        await given.make_post(unit, topic_id, 1, by=1)
        second = await given.make_post(unit, topic_id, 2, by=anna)
        await given.make_post(unit, topic_id, 3, by=1, reply_to_post_number=2, reply_to_post_id=second)
        await given.make_post(unit, topic_id, 4, by=1)
    async with given.acting(ports) as unit:
        by_anna = await read_topic(unit, ReadTopic(topic_id=topic_id, usernames=("ANNA", "nobody")))
        assert _numbers(by_anna) == [1, 2]
        assert _numbers(await read_topic(unit, ReadTopic(topic_id=topic_id, replies_to=2))) == [1, 2, 3]
        assert _numbers(await read_topic(unit, ReadTopic(topic_id=topic_id, summary=True))) == [1, 2, 3, 4]
        assert [post.post.post_number for post in await list_replies(unit, second)] == [3]
        assert await list_replies(unit, second, after=3) == ()


async def test_a_mega_topic_is_read_without_its_stream(ports: Ports, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(windows, "MEGA_POSTS", 30)
    topic_id = await _make(ports, 45)
    async with given.acting(ports) as unit:
        view = await read_topic(unit, ReadTopic(topic_id=topic_id, page=2))
        assert view.is_mega
        assert (view.stream, view.timeline) == ((), ())
        assert _numbers(view) == list(range(21, 41))
        first, last = await read_post_by_number(unit, topic_id, 1), await read_post_by_number(unit, topic_id, 45)
        assert (view.first_post_id, view.last_post_id) == (first.post.id, last.post.id)
        near = await read_topic(unit, ReadTopic(topic_id=topic_id, post_number=44))
        assert _numbers(near) == list(range(26, 46))
        with pytest.raises(NotFound):
            await read_topic(unit, ReadTopic(topic_id=topic_id, page=4))


async def test_raw_pages_hold_a_hundred_posts(ports: Ports) -> None:
    topic_id = await _make(ports, 103)
    async with given.acting(ports) as unit:
        assert len(await read_raw(unit, topic_id)) == 100
        assert [post.post.post_number for post in await read_raw(unit, topic_id, page=2)] == [101, 102, 103]
        assert len(await read_raw(unit, topic_id, post_number=7)) == 1
        with pytest.raises(PostMissing):
            await read_raw(unit, topic_id, post_number=104)
        with pytest.raises(TopicMissing):
            await read_raw(unit, 999_999)


async def test_staff_see_the_first_post_of_a_deleted_topic(ports: Ports) -> None:
    async with given.acting(ports, 1) as unit:
        await unit.write()
        topic_id = await given.make_topic(unit, "Gone", by=1, deleted_at=unit.now, deleted_by=1)
        await given.make_post(unit, topic_id, 1, by=1, deleted_at=unit.now)
        await given.make_post(unit, topic_id, 2, by=1, deleted_at=unit.now)
    async with given.acting(ports, 1) as unit:
        view = await read_topic(unit, ReadTopic(topic_id=topic_id))
        assert _numbers(view) == [1]
        assert view.has_deleted
        assert view.abilities.recover
        assert view.deleted_by is not None
        assert _numbers(await read_topic(unit, ReadTopic(topic_id=topic_id, show_deleted=True))) == [1, 2]


def test_a_timeline_has_one_point_per_day_and_is_bounded() -> None:
    now = 10_000 * windows.DAY
    same_day = [StreamRow(number, number, now - windows.DAY * 3) for number in range(1, 50)]
    assert windows.timeline(same_day, now=now) == ((1, 3),)
    days = [StreamRow(number, number, number * windows.DAY) for number in range(1, 5001)]
    points = windows.timeline(days, now=now)
    assert len(points) <= windows.TIMELINE_POINTS
    assert points[0] == (1, 9999)
    assert windows.timeline([], now=now) == ()


def test_the_nearest_number_is_the_earlier_one_of_two() -> None:
    rows = [StreamRow(number, number, 0) for number in (1, 4, 10)]
    wanted = {0: 1, 1: 1, 2: 1, 3: 4, 7: 4, 8: 10, 99: 10}
    assert {number: rows[windows.nearest(rows, number)].post_number for number in wanted} == wanted
