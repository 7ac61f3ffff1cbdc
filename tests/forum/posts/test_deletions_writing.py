"""Deleting, withdrawing, recovering and purging posts and topics, and what is counted afterwards."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from tertulia.forum.posts import whole_topics
from tertulia.forum.posts.abandoned import delete_abandoned
from tertulia.forum.posts.deleting import NOTICE, delete_post, purge_post, recover_post
from tertulia.forum.posts.voting import vote_post
from tertulia.forum.sessions.actors import system_actor
from tertulia.forum.topics.deleting import delete_topic, purge_slice, purge_topic, recover_topic
from tertulia.forum.unit import Ports
from tertulia.model.errors import ForumError
from tertulia.model.posts import VotePost
from tertulia.store.writing.posts import insert_post
from tests.forum.writing import ADMIN, Forum, codes, found

pytestmark = pytest.mark.anyio

COUNTED = (
    "SELECT (SELECT topic_count || '/' || post_count FROM categories WHERE id = {category}) || ' ' || "
    "(SELECT topic_count || '/' || post_count FROM users WHERE id = {author}) || ' ' || "
    "(SELECT topic_count || '/' || post_count FROM users WHERE id = {reader})"
)


async def counted(forum: Forum) -> str:
    """Topics/posts of the category, of the author, of the reader."""
    return str(await forum.value(COUNTED.format(**vars(forum))))


async def refusal(
    forum: Forum, by: int, call: Callable[..., Awaitable[object]], *arguments: object, **named: object
) -> list[str]:
    with pytest.raises(ForumError) as refused:
        async with forum.acting(by) as unit:
            await call(unit, *arguments, **named)
    return codes(refused.value)


async def test_staff_delete_at_once_and_everything_counts_less(ports: Ports) -> None:
    forum = await found(ports)
    topic = await forum.topic()
    post = await forum.reply(
        topic.id, raw=f'[quote="author, post:1, topic:{topic.id}"]\nx\n[/quote]\n\nIndeed so.', reply_to_post_number=1
    )
    before = await forum.topic_now(topic.id)
    async with forum.acting(forum.author) as unit:
        await vote_post(unit, VotePost(post_id=post.id, value=1))
    assert await counted(forum) == "1/2 1/1 0/1"
    async with forum.acting(forum.moderator) as unit:
        view = await delete_post(unit, post.id)
    assert view is not None and view.post.deleted_by == forum.moderator and view.post.like_count == 0
    fresh = await forum.topic_now(topic.id)
    assert (fresh.posts_count, fresh.reply_count, fresh.like_count, fresh.participant_count) == (1, 0, 0, 1)
    assert (fresh.last_post_id, fresh.highest_post_number) == (topic.first_post_id, 1)
    assert fresh.word_count == topic.word_count and fresh.bumped_at == topic.bumped_at
    first = await forum.post_now(topic.first_post_id)
    assert (first.reply_count, first.quote_count) == (0, 0)
    assert await counted(forum) == "1/1 1/1 0/0"
    assert await forum.value("SELECT COUNT(*) FROM votes") == 0
    assert await forum.value(f"SELECT likes_given FROM users WHERE id = {forum.author}") == 0
    assert await forum.value(f"SELECT likes_received FROM users WHERE id = {forum.reader}") == 0
    assert await forum.value("SELECT COUNT(*) FROM post_search") == 1
    assert await refusal(forum, forum.moderator, delete_post, post.id) == ["post.deleted_already"]
    assert await refusal(forum, forum.author, delete_post, post.id) == ["post.not_found"]
    async with forum.acting(forum.moderator) as unit:
        back = (await recover_post(unit, post.id)).post
    assert back.deleted_at is None and back.post_number == 2
    fresh = await forum.topic_now(topic.id)
    assert (fresh.posts_count, fresh.reply_count, fresh.last_post_id) == (2, 1, post.id)
    assert fresh.word_count == before.word_count and fresh.highest_post_number == 2
    assert (await forum.post_now(topic.first_post_id)).quote_count == 1
    assert await counted(forum) == "1/2 1/1 0/1"
    assert await forum.value("SELECT COUNT(*) FROM post_search") == 2
    assert await refusal(forum, forum.moderator, recover_post, post.id) == ["post.not_deleted"]


async def test_numbers_of_deleted_posts_are_not_given_again(ports: Ports) -> None:
    forum = await found(ports)
    topic = await forum.topic()
    post = await forum.reply(topic.id)
    async with forum.acting(ADMIN) as unit:
        await delete_post(unit, post.id)
    assert (await forum.reply(topic.id)).post_number == 3


async def test_an_author_withdraws_and_a_job_deletes_later(ports: Ports) -> None:
    forum = await found(ports)
    topic = await forum.topic()
    post = await forum.reply(topic.id)
    async with forum.acting(forum.reader) as unit:
        view = await delete_post(unit, post.id)
    assert view is not None
    assert (view.post.raw, view.post.user_deleted, view.post.version) == (NOTICE, True, 2)
    assert view.post.deleted_at is None and await counted(forum) == "1/2 1/1 0/1"
    assert await refusal(forum, forum.reader, delete_post, post.id) == ["not_allowed"]
    assert await forum.value("SELECT run_at FROM jobs") == forum.clock.now() + 24 * 3_600_000
    ((kind, arguments),) = await forum.ran()
    assert kind == "posts.delete_abandoned"
    async with forum.acting(-1) as unit:
        unit.actor = await system_actor(unit)
        await delete_abandoned(unit, **arguments)
    assert (await forum.post_now(post.id)).deleted_at is not None
    assert await counted(forum) == "1/1 1/1 0/0"


async def test_a_withdrawn_post_that_was_taken_back_is_left_alone(ports: Ports) -> None:
    forum = await found(ports)
    topic = await forum.topic()
    post = await forum.reply(topic.id)
    async with forum.acting(forum.reader) as unit:
        await delete_post(unit, post.id)
    assert await refusal(forum, forum.author, recover_post, post.id) == ["not_allowed"]
    async with forum.acting(forum.reader) as unit:
        back = (await recover_post(unit, post.id)).post
    assert (back.raw, back.user_deleted, back.version) == (post.raw, False, 3)
    ((_, arguments),) = await forum.ran()
    async with forum.acting(-1) as unit:
        unit.actor = await system_actor(unit)
        await delete_abandoned(unit, **arguments)
    assert (await forum.post_now(post.id)).deleted_at is None


async def test_without_a_delay_an_authors_post_goes_at_once(ports: Ports) -> None:
    forum = await found(ports)
    post = await forum.reply((await forum.topic()).id)
    forum.site["delete_removed_posts_after"] = 0
    async with forum.acting(forum.reader) as unit:
        assert await delete_post(unit, post.id) is None
    assert (await forum.post_now(post.id)).deleted_at is not None


async def test_others_posts_and_topics_with_replies_are_not_ones_own_to_delete(ports: Ports) -> None:
    forum = await found(ports)
    topic = await forum.topic()
    post = await forum.reply(topic.id)
    before = await forum.counts()
    assert await refusal(forum, forum.author, delete_post, post.id) == ["not_allowed"]
    assert await refusal(forum, forum.author, delete_post, topic.first_post_id) == ["post.first_undeletable"]
    assert await refusal(forum, forum.author, delete_topic, topic.id) == ["topic.undeletable"]
    assert await refusal(forum, -99, delete_post, post.id) == ["not_logged_in"]
    assert await refusal(forum, ADMIN, delete_post, 4711) == ["post.not_found"]
    assert await refusal(forum, ADMIN, delete_topic, 4711) == ["topic.not_found"]
    assert await refusal(forum, ADMIN, recover_topic, topic.id) == ["topic.not_deleted"]
    assert await refusal(forum, forum.moderator, purge_topic, topic.id) == ["not_allowed"]
    assert await refusal(forum, forum.reader, purge_post, post.id) == ["not_allowed"]
    assert await forum.counts() == before and await forum.topic_now(topic.id) == await forum.topic_now(topic.id)


async def test_the_first_post_takes_its_topic_with_it_and_brings_it_back(ports: Ports) -> None:
    forum = await found(ports)
    topic = await forum.topic(by=ADMIN, tags=("garden",))
    async with forum.acting(ADMIN) as unit:
        await unit.write()
        await unit.tx.text(f"UPDATE posts SET user_id = {forum.author} WHERE topic_id = {topic.id}")
        await unit.tx.text(f"UPDATE topics SET user_id = {forum.author} WHERE id = {topic.id}")
        await unit.tx.text(f"UPDATE users SET topic_count = 1, post_count = 1 WHERE id = {forum.author}")
    await forum.reply(topic.id)
    assert await counted(forum) == "1/2 1/1 0/1"
    async with forum.acting(forum.moderator) as unit:
        await delete_post(unit, topic.first_post_id)
    gone = await forum.topic_now(topic.id)
    assert gone.deleted_by == forum.moderator and gone.posts_count == 2
    assert await counted(forum) == "0/0 0/0 0/1"
    assert await forum.value("SELECT topic_count FROM tags") == 0
    assert await forum.value(f"SELECT latest_topic_id FROM categories WHERE id = {forum.category}") is None
    assert await refusal(forum, forum.moderator, delete_topic, topic.id) == ["topic.deleted_already"]
    async with forum.acting(forum.moderator) as unit:
        await recover_post(unit, topic.first_post_id)
    assert (await forum.topic_now(topic.id)).deleted_at is None
    assert (await forum.post_now(topic.first_post_id)).deleted_at is None
    assert await counted(forum) == "1/2 1/1 0/1"
    assert await forum.value("SELECT topic_count FROM tags") == 1


async def test_an_author_alone_in_a_topic_may_delete_it(ports: Ports) -> None:
    forum = await found(ports)
    topic = await forum.topic()
    async with forum.acting(forum.author) as unit:
        assert await delete_post(unit, topic.first_post_id) is None
    assert (await forum.topic_now(topic.id)).deleted_at is not None


async def test_a_purged_post_leaves_no_trace_and_its_id_is_not_given_again(ports: Ports) -> None:
    forum = await found(ports)
    topic = await forum.topic()
    empty = await forum.counts()
    post = await forum.reply(
        topic.id, raw=f'[quote="author, post:1, topic:{topic.id}"]\nx\n[/quote]\n\n@author http://x.example/'
    )
    answer = await forum.reply(topic.id, by=forum.author, reply_to_post_number=2)
    async with forum.acting(ADMIN) as unit:
        await vote_post(unit, VotePost(post_id=post.id, value=1))
    async with forum.acting(ADMIN) as unit:
        await purge_post(unit, answer.id)
        await purge_post(unit, post.id)
    changed = {name for name, number in (await forum.counts()).items() if number != empty[name]}
    # The reader visited and posted once, and the log remembers.
    assert changed <= {"topic_states", "topic_posters", "events", "staff_actions"}
    assert await counted(forum) == "1/1 1/1 0/0"
    assert (await forum.post_now(topic.first_post_id)).quote_count == 0
    assert (await forum.reply(topic.id)).id > answer.id


async def test_the_stricter_rule_asks_for_the_setting_and_a_second_look(ports: Ports) -> None:
    forum = await found(ports)
    topic = await forum.topic()
    post = await forum.reply(topic.id)
    assert await refusal(forum, ADMIN, purge_post, post.id, only_deleted=True) == ["post.purge_forbidden"]
    forum.site["can_permanently_delete"] = True
    assert await refusal(forum, ADMIN, purge_post, post.id, only_deleted=True) == ["post.purge_forbidden"]
    async with forum.acting(ADMIN) as unit:
        await delete_post(unit, post.id)
        await delete_topic(unit, topic.id)
    assert await refusal(forum, ADMIN, purge_post, post.id, only_deleted=True) == ["post.purge_forbidden"]
    assert await refusal(forum, ADMIN, purge_topic, topic.id, only_deleted=True) == ["post.purge_forbidden"]
    forum.clock.pass_seconds(301)
    async with forum.acting(ADMIN) as unit:
        await purge_post(unit, post.id, only_deleted=True)
        await purge_topic(unit, topic.id, only_deleted=True)
    assert await forum.value("SELECT COUNT(*) FROM posts") == 0


async def test_a_purged_topic_leaves_no_trace(ports: Ports) -> None:
    forum = await found(ports)
    other = await forum.topic()
    empty, before = await forum.counts(), await counted(forum)
    topic = await forum.topic(by=ADMIN, tags=("old",))
    for _ in range(2):
        await forum.reply(topic.id, raw=f"Compare /t/{other.slug}/{other.id} with this {forum.words()}")
    async with forum.acting(forum.author) as unit:
        await vote_post(unit, VotePost(post_id=topic.first_post_id, value=1))
    async with forum.acting(ADMIN) as unit:
        await purge_topic(unit, topic.id)
    changed = {name for name, number in (await forum.counts()).items() if number != empty[name]}
    assert changed <= {"events", "staff_actions", "tags"}
    assert await counted(forum) == before
    assert await forum.value("SELECT topic_count FROM tags") == 0
    assert await forum.value("SELECT SUM(likes_given + likes_received) FROM users") == 0
    assert (await forum.topic()).id > topic.id


async def test_a_large_topic_is_purged_in_slices(ports: Ports, monkeypatch: pytest.MonkeyPatch) -> None:
    forum = await found(ports)
    monkeypatch.setattr(whole_topics, "AT_ONCE", 10)
    topic = await forum.topic()
    names = ("reply_to_post_number", "reply_to_post_id", "reply_to_user_id", "action_code", "page_html", "page_version")
    async with forum.acting(ADMIN) as unit:
        await unit.write()
        for number in range(2, 252):
            await insert_post(
                unit.tx,
                fields={
                    "topic_id": topic.id,
                    "post_number": number,
                    "user_id": forum.reader,
                    "post_type": 1,
                    **dict.fromkeys(("raw", "cooked", "raw_key"), "x"),
                    **dict.fromkeys(names),
                    **dict.fromkeys(("cook_version", "word_count", "created_at", "updated_at", "via_key"), 0),
                    "page_html": None,
                    "page_version": 0,
                    "last_editor_id": forum.reader,
                },
            )
    async with forum.acting(ADMIN) as unit:
        await purge_topic(unit, topic.id)
    assert await forum.value("SELECT COUNT(*) FROM posts") == 251
    left = []
    while jobs := await forum.ran():
        ((kind, arguments),) = jobs
        assert kind == "topics.purge"
        async with forum.acting(-1) as unit:
            unit.actor = await system_actor(unit)
            await purge_slice(unit, **arguments)
        left.append(await forum.value("SELECT COUNT(*) FROM posts"))
    assert left == [151, 51, 0]
    assert await forum.value("SELECT COUNT(*) FROM topics") == 0
    assert await forum.value("SELECT actor_id FROM events WHERE event = 'topic_purged'") == ADMIN
