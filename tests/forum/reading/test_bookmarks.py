"""Bookmarks: one per thing and reader, private, gone from lists when the thing cannot be seen."""

import pytest

from tertulia.forum.posts.bookmarks import (
    change_bookmark,
    delete_bookmark,
    delete_bookmark_of,
    list_bookmarks,
    save_bookmark,
)
from tertulia.forum.posts.reading import read_post
from tertulia.forum.topics.reading import read_topic
from tertulia.forum.unit import Ports
from tertulia.model.errors import (
    BookmarkAlready,
    BookmarkMissing,
    LoginRequired,
    NotFound,
    ParameterInvalid,
    TopicMissing,
)
from tertulia.model.posts import SaveBookmark
from tertulia.model.topics import ReadTopic
from tests.forum.reading import given

pytestmark = pytest.mark.anyio


async def _make(ports: Ports) -> tuple[int, int, int]:
    """(topic id, post id, reader)"""
    async with given.acting(ports, 1) as unit:
        await unit.write()
        reader = await given.make_user(unit, "reader")
        topic_id = await given.make_topic(unit, "Marks", by=1)
        return topic_id, await given.make_post(unit, topic_id, 1, by=1), reader


async def test_a_mark_shows_on_post_and_topic_until_the_last_one_is_deleted(ports: Ports) -> None:
    topic_id, post_id, reader = await _make(ports)
    async with given.acting(ports, reader) as unit:
        on_post = await save_bookmark(unit, SaveBookmark(subject="Post", subject_id=post_id, name="later"))
    async with given.acting(ports, reader) as unit:
        on_topic = await save_bookmark(unit, SaveBookmark(subject="Topic", subject_id=topic_id))
    async with given.acting(ports, reader) as unit:
        view = await read_post(unit, post_id)
        assert (view.bookmarked, view.bookmark_id, view.post.bookmark_count) == (True, on_post.id, 1)
        assert (await read_topic(unit, ReadTopic(topic_id=topic_id))).bookmarked
        assert [each.id for each in await list_bookmarks(unit, reader)] == [on_topic.id, on_post.id]
        assert await list_bookmarks(unit, reader, page=1) == ()
    async with given.acting(ports, 1) as unit:
        assert not (await read_post(unit, post_id)).bookmarked
    async with given.acting(ports, reader) as unit:
        assert await delete_bookmark(unit, on_post.id) is True
    async with given.acting(ports, reader) as unit:
        assert await delete_bookmark_of(unit, "Topic", topic_id) is False
    async with given.acting(ports, reader) as unit:
        assert await delete_bookmark_of(unit, "Topic", topic_id) is False
        view = await read_post(unit, post_id)
        assert (view.bookmarked, view.post.bookmark_count) == (False, 0)


async def test_a_mark_is_made_once_and_can_be_changed(ports: Ports) -> None:
    _, post_id, reader = await _make(ports)
    async with given.acting(ports, reader) as unit:
        made = await save_bookmark(unit, SaveBookmark(subject="Post", subject_id=post_id))
    async with given.acting(ports, reader) as unit:
        with pytest.raises(BookmarkAlready):
            await save_bookmark(unit, SaveBookmark(subject="Post", subject_id=post_id))
    async with given.acting(ports, reader) as unit:
        await change_bookmark(unit, made.id, name="new", reminder_at=5, auto_delete_preference=3)
    async with given.acting(ports, reader) as unit:
        (found,) = await list_bookmarks(unit, reader)
        assert (found.name, found.reminder_at, found.auto_delete_preference) == ("new", 5, 3)


async def test_marks_of_others_cannot_be_read_changed_or_deleted(ports: Ports) -> None:
    _, post_id, reader = await _make(ports)
    async with given.acting(ports, 1) as unit:
        await unit.write()
        other = await given.make_user(unit, "other")
    async with given.acting(ports, reader) as unit:
        made = await save_bookmark(unit, SaveBookmark(subject="Post", subject_id=post_id))
    async with given.acting(ports, other) as unit:
        with pytest.raises(NotFound):
            await list_bookmarks(unit, reader)
        with pytest.raises(BookmarkMissing):
            await delete_bookmark(unit, made.id)
        with pytest.raises(BookmarkMissing):
            await change_bookmark(unit, made.id, name="x", reminder_at=None, auto_delete_preference=0)
    async with given.acting(ports) as unit:
        with pytest.raises(LoginRequired):
            await list_bookmarks(unit, reader)
    async with given.acting(ports, 1) as unit:
        assert len(await list_bookmarks(unit, reader)) == 1


async def test_wrong_marks_are_refused(ports: Ports) -> None:
    topic_id, _, reader = await _make(ports)
    async with given.acting(ports, reader) as unit:
        for wrong in (
            SaveBookmark(subject="User", subject_id=1),
            SaveBookmark(subject="Topic", subject_id=topic_id, name="x" * 101),
            SaveBookmark(subject="Topic", subject_id=topic_id, auto_delete_preference=4),
        ):
            with pytest.raises(ParameterInvalid):
                await save_bookmark(unit, wrong)
        with pytest.raises(TopicMissing):
            await save_bookmark(unit, SaveBookmark(subject="Topic", subject_id=999))


async def test_marks_on_what_is_no_longer_seen_are_not_listed(ports: Ports) -> None:
    topic_id, post_id, reader = await _make(ports)
    for subject, subject_id in (("Topic", topic_id), ("Post", post_id)):
        async with given.acting(ports, reader) as unit:
            await save_bookmark(unit, SaveBookmark(subject=subject, subject_id=subject_id))
    async with given.acting(ports, 1) as unit:
        await unit.write()
        await unit.tx.text("UPDATE topics SET category_id = 3")
    async with given.acting(ports, reader) as unit:
        assert await list_bookmarks(unit, reader) == ()
