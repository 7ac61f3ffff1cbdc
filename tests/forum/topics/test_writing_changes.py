"""Changes to topics: title, category, tags, status, pins, time and owner."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tertulia.forum.posts.revisions import read_revision
from tertulia.forum.search.searching import search
from tertulia.forum.topics.editing import change_owner, change_timestamp, update_topic
from tertulia.forum.topics.status import clear_pin, re_pin, set_topic_status
from tertulia.forum.unit import Ports
from tertulia.model.errors import ForumError
from tertulia.model.privileges import READABLE
from tertulia.model.search import Search
from tertulia.model.topics import SetTopicStatus, Topic, UpdateTopic
from tests.forum.reading.given import make_category
from tests.forum.writing import ADMIN, Forum, codes, found

pytestmark = pytest.mark.anyio


async def change(forum: Forum, topic_id: int, by: int, **fields: Any) -> Topic:
    async with forum.acting(by) as unit:
        return await update_topic(unit, UpdateTopic(topic_id=topic_id, **fields))


async def set_status(forum: Forum, topic_id: int, status: str, enabled: bool, **fields: Any) -> Topic:
    command = SetTopicStatus(topic_id=topic_id, status=status, enabled=enabled, **fields)
    async with forum.acting(forum.moderator) as unit:
        return await set_topic_status(unit, command)


async def refusal(forum: Forum, by: int, call: Callable[..., Awaitable[object]], *arguments: object) -> list[str]:
    with pytest.raises(ForumError) as refused:
        async with forum.acting(by) as unit:
            await call(unit, *arguments)
    return codes(refused.value)


async def test_a_new_title_gives_a_new_slug_and_is_found(ports: Ports) -> None:
    forum = await found(ports)
    topic = await forum.topic(title="How do people store potatoes")
    changed = await change(forum, topic.id, forum.author, title=" How do people store *carrots* ")
    assert (changed.title, changed.slug) == ("How do people store *carrots*", "how-do-people-store-carrots")
    async with forum.acting(None) as unit:
        assert len((await search(unit, Search(q="carrots"))).hits) == 1
        assert len((await search(unit, Search(q="potatoes"))).hits) == 0
    async with forum.acting(forum.moderator) as unit:
        await update_topic(unit, UpdateTopic(topic_id=topic.id, title="How do people store leek"))
    async with forum.acting(None) as unit:
        view = await read_revision(unit, topic.first_post_id, 2)
    assert view.changes == {"title": ("How do people store *carrots*", "How do people store leek")}


async def test_an_edit_without_a_difference_writes_nothing_down(ports: Ports) -> None:
    forum = await found(ports)
    topic = await forum.topic(by=ADMIN, tags=("one",))
    before = await forum.counts()
    same = {"title": topic.title, "category_id": topic.category_id, "tags": ("one",), "featured_link": ""}
    assert await change(forum, topic.id, ADMIN, **same) == topic
    assert await forum.counts() == before


async def test_a_moved_topic_counts_where_it_is(ports: Ports) -> None:
    forum = await found(ports)
    topic = await forum.topic(by=ADMIN, tags=("public",))
    await forum.reply(topic.id)
    counts = "SELECT topic_count * 10 + post_count FROM categories WHERE id ="
    assert await forum.value(f"{counts} {forum.category}") == 12
    await change(forum, topic.id, ADMIN, category_id=3)
    assert await forum.value(f"{counts} {forum.category}") == 0
    assert await forum.value(f"{counts} 3") == 12
    assert await forum.value("SELECT topic_count FROM tags") == 0
    await change(forum, topic.id, ADMIN, category_id=forum.category)
    assert await forum.value("SELECT topic_count FROM tags") == 1


async def test_refused_changes_leave_the_topic_alone(ports: Ports) -> None:
    forum = await found(ports)
    topic, other = await forum.topic(), await forum.topic()
    async with forum.acting(ADMIN) as unit:
        await unit.write()
        readonly = await make_category(unit, "Readonly", grants={0: int(READABLE)})
    before = await forum.counts()
    cases: list[tuple[int, dict[str, Any], list[str]]] = [
        (forum.author, {"title": "no"}, ["topic.title_too_short", "topic.title_unclear"]),
        (forum.author, {"title": other.title.upper()}, ["topic.title_unclear", "topic.title_taken"]),
        (forum.author, {"category_id": 3}, ["category.unknown"]),
        (forum.author, {"category_id": 999}, ["category.unknown"]),
        (forum.author, {"category_id": None}, ["category.required"]),
        (forum.author, {"category_id": readonly}, ["not_allowed"]),
        (forum.author, {"featured_link": "ftp://x.example/"}, ["request.parameter_invalid"]),
        (forum.author, {"original_title": "Something else", "title": "A fine new title here"}, ["topic.edit_conflict"]),
        (forum.author, {"original_tags": ("gone",), "title": "A fine new title here"}, ["topic.edit_conflict"]),
        (forum.reader, {"title": "A fine new title here"}, ["not_allowed"]),
        (-99, {"title": "A fine new title here"}, ["not_logged_in"]),
    ]
    for by, fields, expected in cases:
        with pytest.raises(ForumError) as refused:
            await change(forum, topic.id, by, **fields)
        assert codes(refused.value) == expected, fields
    assert await forum.counts() == before
    assert await forum.topic_now(topic.id) == topic


@pytest.mark.parametrize("status", ["closed", "archived", "visible"])
async def test_a_status_is_set_once_with_a_line_in_the_topic(ports: Ports, status: str) -> None:
    forum = await found(ports)
    topic = await forum.topic()
    enabled = not getattr(topic, status)
    changed = await set_status(forum, topic.id, status, enabled)
    assert getattr(changed, status) is enabled
    assert (changed.posts_count, changed.highest_post_number) == (2, 2)
    assert (changed.bumped_at, changed.last_post_id) == (topic.bumped_at, topic.last_post_id)
    line = "FROM posts WHERE post_type = 3"
    assert await forum.value(f"SELECT action_code {line}") == f"{status}.{'enabled' if enabled else 'disabled'}"
    assert await set_status(forum, topic.id, status, enabled) == changed
    assert await forum.value(f"SELECT COUNT(*) {line}") == 1
    await set_status(forum, topic.id, status, not enabled)
    counts = f"SELECT topic_count * 10 + post_count FROM categories WHERE id = {forum.category}"
    assert await forum.value(counts) == 13
    assert (await forum.reply(topic.id)).post_number == 4
    assert await forum.value(counts) == 14


async def test_unlisting_takes_a_topic_out_of_the_counts(ports: Ports) -> None:
    forum = await found(ports)
    topic = await forum.topic(by=ADMIN, tags=("seen",))
    await forum.reply(topic.id)
    await set_status(forum, topic.id, "visible", False)
    assert await forum.value(f"SELECT topic_count + post_count FROM categories WHERE id = {forum.category}") == 0
    assert await forum.value("SELECT topic_count FROM tags") == 0


async def test_pins_end_when_they_are_told_to_and_readers_clear_them(ports: Ports) -> None:
    forum = await found(ports)
    topic = await forum.topic()
    until = forum.clock.now() + 1000
    pinned = await set_status(forum, topic.id, "pinned_globally", True, until=until)
    assert pinned.pinned_globally and pinned.is_pinned(until - 1) and not pinned.is_pinned(until)
    async with forum.acting(forum.reader) as unit:
        await clear_pin(unit, topic.id)
    state = f"SELECT cleared_pinned_at FROM topic_states WHERE user_id = {forum.reader}"
    assert await forum.value(state) == forum.clock.now()
    async with forum.acting(forum.reader) as unit:
        await re_pin(unit, topic.id)
    assert await forum.value(state) is None
    assert not (await set_status(forum, topic.id, "pinned", True)).pinned_globally
    assert (await set_status(forum, topic.id, "pinned", False)).pinned_at is None


async def test_who_may_not_set_a_status_is_told(ports: Ports) -> None:
    forum = await found(ports)
    topic = await forum.topic()
    closed = SetTopicStatus(topic_id=topic.id, status="closed", enabled=True)
    assert await refusal(forum, forum.author, set_topic_status, closed) == ["not_allowed"]
    unknown = SetTopicStatus(topic_id=topic.id, status="id", enabled=True)
    assert await refusal(forum, ADMIN, set_topic_status, unknown) == ["topic.status_unknown"]
    assert await refusal(forum, ADMIN, clear_pin, 4711) == ["topic.not_found"]
    assert await refusal(forum, -99, clear_pin, topic.id) == ["not_logged_in"]
    assert await refusal(forum, forum.author, change_timestamp, topic.id, 1) == ["not_allowed"]
    assert await refusal(forum, forum.author, change_owner, topic.id, [topic.first_post_id], "reader") == [
        "not_allowed"
    ]


async def test_a_topic_moves_in_time_with_its_posts(ports: Ports) -> None:
    forum = await found(ports)
    topic = await forum.topic()
    forum.clock.pass_seconds(5)
    post = await forum.reply(topic.id)
    async with forum.acting(ADMIN) as unit:
        moved = await change_timestamp(unit, topic.id, 1_400_000_000_000)
    assert (moved.created_at, moved.bumped_at) == (1_400_000_000_000, 1_400_000_005_000)
    assert (await forum.post_now(post.id)).created_at == 1_400_000_005_000
    late = forum.clock.now() + 1
    assert await refusal(forum, ADMIN, change_timestamp, topic.id, late) == ["request.parameter_invalid"]


async def test_posts_change_hands_with_their_counts(ports: Ports) -> None:
    forum = await found(ports)
    topic, other = await forum.topic(), await forum.topic()
    async with forum.acting(ADMIN) as unit:
        await change_owner(unit, topic.id, [topic.first_post_id], "Reader")
    first, fresh = await forum.post_now(topic.first_post_id), await forum.topic_now(topic.id)
    assert first.user_id == fresh.user_id == fresh.last_post_user_id == forum.reader
    assert (first.version, fresh.participant_count) == (2, 1)
    counts = "SELECT topic_count * 10 + post_count FROM users WHERE id ="
    assert await forum.value(f"{counts} {forum.author}") == 11
    assert await forum.value(f"{counts} {forum.reader}") == 11
    ghost = await refusal(forum, ADMIN, change_owner, topic.id, [topic.first_post_id], "no\0body")
    foreign = await refusal(forum, ADMIN, change_owner, topic.id, [other.first_post_id], "reader")
    nothing = await refusal(forum, ADMIN, change_owner, topic.id, [], "reader")
    assert (ghost, foreign, nothing) == (["user.not_found"], ["post.not_found"], ["request.parameter_invalid"])
