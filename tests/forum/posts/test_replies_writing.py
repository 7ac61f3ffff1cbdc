"""Replies: numbers, what they refer to, what is refused, and that a refusal leaves nothing behind."""

from __future__ import annotations

from typing import Any

import pytest

from tertulia.forum.topics.deleting import delete_topic
from tertulia.forum.topics.status import set_topic_status
from tertulia.forum.unit import Ports
from tertulia.model.errors import ForumError
from tertulia.model.topics import SetTopicStatus
from tests.forum.reading.given import make_user
from tests.forum.writing import ADMIN, Forum, codes, found

pytestmark = pytest.mark.anyio


async def _set(forum: Forum, topic_id: int, status: str) -> None:
    async with forum.acting(ADMIN) as unit:
        await set_topic_status(unit, SetTopicStatus(topic_id=topic_id, status=status, enabled=True))


async def test_a_reply_takes_the_next_number_and_bumps_the_topic(ports: Ports) -> None:
    forum = await found(ports)
    topic = await forum.topic()
    forum.clock.pass_seconds(60)
    post = await forum.reply(topic.id, reply_to_post_number=1)
    fresh = await forum.topic_now(topic.id)
    assert (post.post_number, post.reply_to_post_id, post.reply_to_user_id) == (2, topic.first_post_id, forum.author)
    assert (fresh.posts_count, fresh.reply_count, fresh.highest_post_number, fresh.participant_count) == (2, 1, 2, 2)
    assert fresh.bumped_at == fresh.last_posted_at == forum.clock.now() > topic.bumped_at
    assert (fresh.last_post_id, fresh.last_post_user_id) == (post.id, forum.reader)
    assert fresh.version > topic.version
    assert (await forum.post_now(topic.first_post_id)).reply_count == 1
    state = f"topic_states WHERE topic_id = {topic.id} AND user_id = {forum.reader}"
    assert await forum.value(f"SELECT level * 10 + last_read_post_number FROM {state}") == 22
    assert await forum.value(f"SELECT post_count FROM categories WHERE id = {forum.category}") == 2
    assert await forum.value(f"SELECT post_count FROM users WHERE id = {forum.reader}") == 1
    assert await forum.value(f"SELECT last_posted_at FROM users WHERE id = {forum.reader}") == forum.clock.now()


async def test_a_level_that_somebody_chose_survives_a_reply(ports: Ports) -> None:
    forum = await found(ports)
    topic = await forum.topic()
    await forum.reply(topic.id)
    async with forum.acting(ADMIN) as unit:
        await unit.write()
        await unit.tx.text(f"UPDATE topic_states SET level = 0 WHERE user_id = {forum.reader}")
    await forum.reply(topic.id)
    assert await forum.value(f"SELECT level FROM topic_states WHERE user_id = {forum.reader}") == 0


async def test_quotes_mentions_and_links_are_kept_beside_the_text(ports: Ports) -> None:
    forum = await found(ports)
    other, topic = await forum.topic(), await forum.topic()
    raw = (
        f'[quote="author, post:1, topic:{topic.id}"]\nsomething\n[/quote]\n\nI agree with @author and @ghost, '
        f"see https://www.example.org/page and /t/{other.slug}/{other.id} or [that](/t/{other.slug}/{other.id})."
    )
    post = await forum.reply(topic.id, raw=raw)
    assert (await forum.post_now(topic.first_post_id)).quote_count == 1
    assert await forum.value(f"SELECT user_id FROM post_mentions WHERE post_id = {post.id}") == forum.author
    assert await forum.value(f"SELECT COUNT(*) FROM post_mentions WHERE post_id = {post.id}") == 1
    links = f"topic_links WHERE post_id = {post.id}"
    assert await forum.value(f"SELECT COUNT(*) FROM {links}") == 2
    assert await forum.value(f"SELECT domain FROM {links} AND internal = 0") == "www.example.org"
    assert await forum.value(f"SELECT linked_topic_id FROM {links} AND internal = 1") == other.id
    reflected = f"topic_links WHERE topic_id = {other.id} AND reflection = 1"
    assert await forum.value(f"SELECT linked_post_id FROM {reflected}") == post.id
    assert "@ghost" in post.cooked and 'href="/u/ghost"' not in post.cooked


async def test_a_quote_of_a_hidden_topic_counts_nowhere(ports: Ports) -> None:
    forum = await found(ports)
    hidden = await forum.topic(by=ADMIN, category_id=3)
    topic = await forum.topic()
    await forum.reply(topic.id, raw=f'[quote="admin, post:1, topic:{hidden.id}"]\nx\n[/quote]\n\nWhat is this about?')
    assert (await forum.post_now(hidden.first_post_id)).quote_count == 0
    assert await forum.value("SELECT COUNT(*) FROM post_quotes") == 0


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"topic_id": 4711}, ["topic.not_found"]),
        ({"by": -99}, ["not_logged_in"]),
        ({"raw": " \n "}, ["post.body_blank", "post.body_too_short", "post.body_unclear"]),
        ({"raw": "x" * 32_001}, ["post.body_too_long"]),
        ({"no_bump": True}, ["request.parameter_invalid"]),
        ({"whisper": True}, ["not_allowed"]),
    ],
)
async def test_a_refused_reply_leaves_nothing(ports: Ports, fields: dict[str, Any], expected: list[str]) -> None:
    forum = await found(ports)
    topic = await forum.topic()
    before = await forum.counts()
    with pytest.raises(ForumError) as refused:
        await forum.reply(**{"topic_id": topic.id, **fields})
    assert codes(refused.value) == expected
    assert await forum.counts() == before
    assert await forum.topic_now(topic.id) == topic


async def test_a_closed_topic_refuses_replies_from_members(ports: Ports) -> None:
    forum = await found(ports)
    topic = await forum.topic()
    await _set(forum, topic.id, "closed")
    with pytest.raises(ForumError) as refused:
        await forum.reply(topic.id)
    assert codes(refused.value) == ["topic.closed"]
    assert (await forum.reply(topic.id, by=forum.moderator)).post_number == 3


async def test_archived_and_deleted_topics_refuse_everybody(ports: Ports) -> None:
    forum = await found(ports)
    topic, gone = await forum.topic(), await forum.topic()
    await _set(forum, topic.id, "archived")
    async with forum.acting(ADMIN) as unit:
        await delete_topic(unit, gone.id)
    for topic_id, by, code in (
        (topic.id, ADMIN, "topic.archived"),
        (gone.id, forum.reader, "topic.not_found"),
        (gone.id, ADMIN, "topic.deleted"),
    ):
        with pytest.raises(ForumError) as refused:
            await forum.reply(topic_id, by=by)
        assert codes(refused.value) == [code]


async def test_the_same_raw_twice_is_refused_once_written(ports: Ports) -> None:
    forum = await found(ports)
    topic = await forum.topic()
    await forum.reply(topic.id, raw="The very same words, twice in a row.")
    with pytest.raises(ForumError) as refused:
        await forum.reply(topic.id, raw="The very same words, twice in a row.")
    assert codes(refused.value) == ["post.body_too_similar"]
    await forum.reply(topic.id, by=forum.author, raw="The very same words, twice in a row.")


async def test_nobody_but_the_topics_author_and_staff_replies_four_times_in_a_row(ports: Ports) -> None:
    forum = await found(ports)
    topic = await forum.topic()
    for _ in range(3):
        await forum.reply(topic.id)
    with pytest.raises(ForumError) as refused:
        await forum.reply(topic.id)
    assert codes(refused.value) == ["post.consecutive_replies"]
    for by in (forum.author,) * 4 + (forum.moderator,) * 4:
        await forum.reply(topic.id, by=by)
    await forum.reply(topic.id)


async def test_a_new_user_waits_for_an_answer_after_three_replies(ports: Ports) -> None:
    forum = await found(ports)
    topic = await forum.topic()
    for _ in range(3):
        mine = await forum.reply(topic.id, by=forum.newcomer)
        await forum.reply(topic.id)
    with pytest.raises(ForumError) as refused:
        await forum.reply(topic.id, by=forum.newcomer)
    assert codes(refused.value) == ["post.replies_too_many_new_user"]
    await forum.reply(topic.id, by=forum.author, reply_to_post_number=mine.post_number)
    await forum.reply(topic.id, by=forum.newcomer)


async def test_slow_mode_keeps_members_waiting(ports: Ports) -> None:
    forum = await found(ports)
    topic = await forum.topic()
    async with forum.acting(ADMIN) as unit:
        await unit.write()
        await unit.tx.text(f"UPDATE topics SET slow_mode_seconds = 60 WHERE id = {topic.id}")
    await forum.reply(topic.id)
    forum.clock.pass_seconds(30)
    with pytest.raises(ForumError) as refused:
        await forum.reply(topic.id)
    assert codes(refused.value) == ["topic.slow_mode"]
    await forum.reply(topic.id, by=forum.moderator)
    forum.clock.pass_seconds(31)
    await forum.reply(topic.id)


async def test_a_key_of_staff_imports_replies_without_bumping_forwards(ports: Ports) -> None:
    forum = await found(ports)
    topic = await forum.topic()
    post = await forum.reply(topic.id, by=ADMIN, by_key=True, created_at=1_600_000_000_000, import_mode=True)
    fresh = await forum.topic_now(topic.id)
    assert (post.created_at, post.via_key) == (1_600_000_000_000, True)
    assert (fresh.bumped_at, fresh.last_post_id) == (topic.bumped_at, post.id)
    quiet = await forum.reply(topic.id, by=ADMIN, by_key=True, no_bump=True)
    assert (await forum.topic_now(topic.id)).bumped_at == topic.bumped_at and quiet.post_number == 3


async def test_whispers_count_nowhere_and_make_whispers_of_their_replies(ports: Ports) -> None:
    forum = await found(ports)
    topic = await forum.topic()
    whisper = await forum.reply(topic.id, by=forum.moderator, whisper=True)
    answer = await forum.reply(topic.id, by=ADMIN, reply_to_post_number=2)
    assert (whisper.post_type, answer.post_type, answer.post_number) == (4, 4, 3)
    assert (await forum.topic_now(topic.id)).posts_count == 1
    assert await forum.value(f"SELECT post_count FROM categories WHERE id = {forum.category}") == 1
    assert await forum.value("SELECT COUNT(*) FROM post_search") == 1
    assert (await forum.reply(topic.id, reply_to_post_number=2)).reply_to_post_number is None


async def test_a_reply_to_a_post_elsewhere_is_no_reply_to_it(ports: Ports) -> None:
    forum = await found(ports)
    topic, other = await forum.topic(), await forum.topic()
    post = await forum.reply(topic.id, reply_to_post_id=other.first_post_id)
    late = await forum.reply(topic.id, reply_to_post_number=99)
    assert post.reply_to_post_id is None and late.reply_to_post_number is None
    assert (await forum.post_now(other.first_post_id)).reply_count == 0


async def test_at_most_fifty_people_are_kept_as_mentioned(ports: Ports) -> None:
    forum = await found(ports)
    topic = await forum.topic()
    async with forum.acting(ADMIN) as unit:
        await unit.write()
        names = [f"person{n}" for n in range(60)]
        for name in names:
            await make_user(unit, name)
    post = await forum.reply(topic.id, by=ADMIN, raw=" ".join(f"@{name}" for name in names))
    assert await forum.value(f"SELECT COUNT(*) FROM post_mentions WHERE post_id = {post.id}") == 50
