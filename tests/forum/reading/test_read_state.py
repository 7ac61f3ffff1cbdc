"""What a reader has read, and the views that come with reading."""

import pytest

from tertulia.forum import batches
from tertulia.forum.posts.reading import read_post
from tertulia.forum.topics.read_state import dismiss_new, mark_unread, record_timings, record_visit
from tertulia.forum.topics.reading import read_topic
from tertulia.forum.unit import Ports
from tertulia.model.actor import Credential, CredentialKind
from tertulia.model.errors import LoginRequired, TopicMissing
from tertulia.model.topics import ReadTimings, ReadTopic, TopicState
from tertulia.store.readers.topic_states import find_state, save_topic_level
from tertulia.store.schema.keys import keys
from tests.forum.reading import given

pytestmark = pytest.mark.anyio


async def _make(ports: Ports) -> tuple[int, int]:
    """(topic id with three posts, reader)"""
    async with given.acting(ports, 1) as unit:
        await unit.write()
        reader = await given.make_user(unit, "reader")
        return await given.make_discussion(unit, "Read me", by=1, posts_of=(1, reader)), reader


async def _state(ports: Ports, topic_id: int, user_id: int) -> TopicState:
    async with ports.unit() as unit:
        state = await find_state(unit.tx, topic_id, user_id)
    assert state is not None
    return state


async def _value(ports: Ports, sql: str) -> int:
    async with ports.unit() as unit:
        return int((await unit.tx.text(sql))[0][0])


async def _flush(ports: Ports) -> None:
    async with given.acting(ports) as unit:
        await batches.flush(unit)


async def test_timings_move_the_read_state_forwards_only_and_count_once(ports: Ports) -> None:
    topic_id, reader = await _make(ports)
    for numbers, last in (((1, 2), 2), ((1,), 2), ((3, 99, -4), 3)):
        async with given.acting(ports, reader) as unit:
            timings = dict.fromkeys(numbers, 1000)
            await record_timings(unit, ReadTimings(topic_id=topic_id, timings=timings, topic_time=1000))
        assert (await _state(ports, topic_id, reader)).last_read_post_number == last
    assert (await _state(ports, topic_id, reader)).total_time_read == 3000
    async with given.acting(ports, reader) as unit:
        view = await read_topic(unit, ReadTopic(topic_id=topic_id))
        assert [post.read for post in view.posts] == [True, True, True]
        assert [post.post.reads for post in view.posts] == [1, 1, 0]  # their own does not count
    assert await _value(ports, f"SELECT posts_read FROM users WHERE id = {reader}") == 3
    assert await _value(ports, f"SELECT time_read FROM user_visits WHERE user_id = {reader}") == 3000


async def test_four_minutes_of_reading_track_a_topic_but_change_no_choice(ports: Ports) -> None:
    topic_id, reader = await _make(ports)
    long = ReadTimings(topic_id=topic_id, timings={1: 1}, topic_time=3 * 60_000)
    async with given.acting(ports, reader) as unit:
        await record_timings(unit, long)
    assert (await _state(ports, topic_id, reader)).level is None
    async with given.acting(ports, reader) as unit:
        await record_timings(unit, long)
    assert (await _state(ports, topic_id, reader)).level == 2
    async with given.acting(ports, reader) as unit:
        await unit.write()
        await save_topic_level(unit.tx, topic_id, reader, 0)
        await unit.tx.text("UPDATE topic_states SET cleared_pinned_at = 5")
    async with given.acting(ports, reader) as unit:
        await record_timings(unit, long)
    state = await _state(ports, topic_id, reader)
    assert state.level == 0
    assert state.cleared_pinned_at == 5


async def test_the_last_post_can_be_unread_again(ports: Ports) -> None:
    topic_id, reader = await _make(ports)
    async with given.acting(ports, reader) as unit:
        await record_timings(unit, ReadTimings(topic_id=topic_id, timings={3: 1}))
    async with given.acting(ports, reader) as unit:
        await mark_unread(unit, topic_id)
    assert (await _state(ports, topic_id, reader)).last_read_post_number == 2


async def test_reading_is_noted_for_members_and_visible_topics_only(ports: Ports) -> None:
    topic_id, reader = await _make(ports)
    async with given.acting(ports) as unit:
        for call in (
            record_timings(unit, ReadTimings(topic_id=topic_id, timings={1: 1})),
            mark_unread(unit, topic_id),
            dismiss_new(unit, None),
        ):
            with pytest.raises(LoginRequired):
                await call
    async with given.acting(ports, 1) as unit:
        await unit.write()
        await unit.tx.text("UPDATE topics SET category_id = 3")
    async with given.acting(ports, reader) as unit:
        for call in (
            record_timings(unit, ReadTimings(topic_id=topic_id, timings={1: 1})),
            mark_unread(unit, topic_id),
            record_visit(unit, topic_id),
        ):
            with pytest.raises(TopicMissing):
                await call
        assert await dismiss_new(unit, (topic_id,)) == ()


async def test_visits_count_once_per_reader_and_eight_hours(ports: Ports) -> None:
    topic_id, reader = await _make(ports)
    visitors = ((reader, ""), (reader, "10.0.0.1"), (None, "10.0.0.2"), (None, "10.0.0.2"), (None, "10.0.0.3"))
    for user_id, address in visitors:
        async with given.acting(ports, user_id, address=address) as unit:
            await read_topic(unit, ReadTopic(topic_id=topic_id, record_visit=True))
    assert await _value(ports, "SELECT views FROM topics") == 0
    await _flush(ports)
    assert await _value(ports, "SELECT views FROM topics") == 3
    async with given.acting(ports, reader) as unit:
        await record_visit(unit, topic_id)
    await _flush(ports)
    assert await _value(ports, "SELECT views FROM topics") == 3
    async with given.acting(ports, 1) as unit:
        await unit.write()
        await unit.tx.text(f"UPDATE topic_views SET viewed_at = viewed_at - {9 * given.HOUR}")
    async with given.acting(ports, reader) as unit:
        await record_visit(unit, topic_id)
    await _flush(ports)
    assert await _value(ports, "SELECT views FROM topics") == 4
    assert await _value(ports, f"SELECT topics_entered FROM users WHERE id = {reader}") == 1
    assert (await _state(ports, topic_id, reader)).first_visited_at is not None
    assert not batches.is_waiting(ports)


async def test_what_programs_read_by_a_key_is_no_view(ports: Ports) -> None:
    topic_id, reader = await _make(ports)
    key = Credential(kind=CredentialKind.ADMIN_KEY)
    async with given.acting(ports, reader, credential=key) as unit:
        await read_topic(unit, ReadTopic(topic_id=topic_id, record_visit=True))
    async with given.acting(ports, reader) as unit:
        await read_topic(unit, ReadTopic(topic_id=topic_id))
    assert not batches.is_waiting(ports)


async def test_key_uses_and_sightings_are_written_in_bulk(ports: Ports) -> None:
    _, reader = await _make(ports)
    async with given.acting(ports, 1) as unit:
        await unit.write()
        key_id = await given.insert(unit.tx, keys, returning="id", kind=0, secret_hash="x", created_at=1, updated_at=1)
    batches.note_key_use(ports, key_id, 5, "10.0.0.1", "agent" * 100)
    batches.note_key_use(ports, key_id, 7, "10.0.0.2", "agent" * 100)
    batches.note_seen(ports, reader, 9)
    await _flush(ports)
    batches.note_seen(ports, reader, 8)
    await _flush(ports)
    assert await _value(ports, "SELECT last_used_at FROM keys") == 7
    assert await _value(ports, "SELECT length(last_used_agent) FROM keys") == 200
    assert await _value(ports, f"SELECT last_seen_at FROM users WHERE id = {reader}") == 9
    assert await _value(ports, f"SELECT days_visited FROM users WHERE id = {reader}") == 1


async def test_what_is_gathered_is_bounded(ports: Ports, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "_MOST", 2)
    for user_id in (1, 2, 3, 1):
        batches.note_seen(ports, user_id, 10 + user_id)
        batches.note_key_use(ports, user_id, 1, "", "")
    async with given.acting(ports, address="10.0.0.1") as unit:
        for topic_id in (1, 2, 3):
            batches.note_visit(unit, topic_id)
    batch = ports.memory["batch"]
    assert (len(batch.seen), len(batch.keys), len(batch.views)) == (2, 2, 2)


async def test_the_actor_reads_posts_beyond_the_read_state_as_unread(ports: Ports) -> None:
    topic_id, reader = await _make(ports)
    async with given.acting(ports, reader) as unit:
        view = await read_topic(unit, ReadTopic(topic_id=topic_id))
        assert not any(post.read for post in view.posts)
        assert [post.yours for post in view.posts] == [False, False, True]
        assert view.state is None
        last = view.posts[-1].post.id
    async with given.acting(ports) as unit:
        assert (await read_post(unit, last)).read
