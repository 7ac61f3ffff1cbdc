"""Nothing that a reader must not see comes out of any function that reads topics or posts."""

from collections.abc import Awaitable

import msgspec
import pytest
from sqlalchemy import select

from tertulia.forum.posts import bookmarks, voting
from tertulia.forum.posts import reading as post_reading
from tertulia.forum.posts.listing import list_posts
from tertulia.forum.topics import reading
from tertulia.forum.topics.listing import list_topics
from tertulia.forum.unit import Unit
from tertulia.model.errors import ForumError, Kind
from tertulia.model.posts import ListPosts, SaveBookmark, VotePost
from tertulia.model.topics import ListTopics, ReadTopic, TopicFilter, TopicOrder
from tertulia.store.engine import parameter, query
from tertulia.store.schema.posts import posts
from tertulia.store.schema.topics import topic_links
from tests.forum.reading import given
from tests.forum.reading.conftest import World

pytestmark = pytest.mark.anyio

# Which of the closed topics each reader may see: by id, and in lists.
BY_ID = {
    "anonymous": set(),
    "newcomer": set(),
    "member": {"message"},
    "insider": {"secret_topic", "message"},
    "moderator": {"staff_topic", "deleted_topic"},
    "admin": {"staff_topic", "deleted_topic", "secret_topic", "message"},
}
CLOSED = ("secret_topic", "staff_topic", "deleted_topic", "message")
READERS = tuple(BY_ID)


def _id(world: World, reader: str) -> int | None:
    return None if reader == "anonymous" else int(getattr(world, reader))


async def _is_refused(call: Awaitable[object]) -> bool:
    try:
        await call
    except ForumError as problem:
        assert problem.kind is Kind.MISSING or problem.code == "not_logged_in", problem
        return True
    return False


def _first_post(world: World, unit: Unit, topic_id: int) -> Awaitable[int]:
    statement = query(lambda: select(posts.c.id).where(posts.c.topic_id == parameter("topic_id")).limit(1))
    return unit.tx.value(statement, topic_id=topic_id)


@pytest.mark.parametrize("reader", READERS)
async def test_a_topic_is_read_by_those_who_may_and_absent_for_others(world: World, reader: str) -> None:
    async with given.acting(world.ports, _id(world, reader)) as unit:
        for name in CLOSED:
            topic_id = getattr(world, name)
            expected = name not in BY_ID[reader]
            post_id = await _first_post(world, unit, topic_id)
            for call in (
                reading.read_topic(unit, ReadTopic(topic_id=topic_id)),
                reading.find_topic(unit, topic_id),
                reading.find_topic_by_external_id(unit, f"outside-{topic_id}"),
                reading.list_post_ids(unit, topic_id, after_number=0, limit=10),
                post_reading.read_post(unit, post_id),
                post_reading.read_post_by_number(unit, topic_id, 1),
                post_reading.list_replies(unit, post_id),
                post_reading.read_raw(unit, topic_id),
                voting.list_voters(unit, post_id, 1),
            ):
                assert await _is_refused(call) is expected, (name, call)
            slug = getattr(world, name) and name.replace("_", "-").replace("message", "private-message")
            by_slug = await _is_refused(reading.find_topic_by_slug(unit, slug))
            assert by_slug is (expected or name == "deleted_topic"), name


@pytest.mark.parametrize("reader", READERS)
async def test_nothing_is_voted_for_or_marked_that_cannot_be_seen(world: World, reader: str) -> None:
    async with given.acting(world.ports, _id(world, reader)) as unit:
        targets = [(name, await _first_post(world, unit, getattr(world, name))) for name in CLOSED]
    for name, post_id in targets:
        if name in BY_ID[reader]:
            continue
        for call in (
            lambda unit, post_id: voting.vote_post(unit, VotePost(post_id=post_id, value=1)),
            lambda unit, post_id: bookmarks.save_bookmark(unit, SaveBookmark(subject="Post", subject_id=post_id)),
        ):
            async with given.acting(world.ports, _id(world, reader)) as unit:
                assert await _is_refused(call(unit, post_id)), name


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("kind", list(TopicFilter))
async def test_no_list_of_topics_names_what_the_reader_cannot_see(world: World, reader: str, kind: TopicFilter) -> None:
    async with given.acting(world.ports, _id(world, reader)) as unit:
        for command in (
            ListTopics(filter=kind),
            ListTopics(filter=kind, user_id=world.insider),
            ListTopics(filter=kind, category_id=world.secret_category),
            ListTopics(filter=kind, status="deleted"),
            ListTopics(filter=kind, status="unlisted"),
            ListTopics(filter=kind, topic_ids=tuple(getattr(world, name) for name in CLOSED)),
            ListTopics(filter=kind, search="topic", order=TopicOrder.TITLE),
            ListTopics(filter=kind, tags=("shared",)),
        ):
            try:
                view = await list_topics(unit, command)
            except ForumError as problem:
                assert problem.kind is Kind.MISSING or problem.code == "not_logged_in", problem
                continue
            shown = {item.topic.id for item in view.items}
            for name in CLOSED:
                assert name in BY_ID[reader] or getattr(world, name) not in shown, (name, command)
            if reader in ("anonymous", "newcomer", "insider"):
                assert world.unlisted_topic not in shown, command


@pytest.mark.parametrize("reader", READERS)
async def test_no_list_of_posts_holds_what_the_reader_cannot_see(world: World, reader: str) -> None:
    closed = {getattr(world, name): name for name in CLOSED}
    async with given.acting(world.ports, _id(world, reader)) as unit:
        for command in (
            ListPosts(),
            ListPosts(messages=True),
            ListPosts(user_id=world.insider),
            ListPosts(user_id=world.insider, messages=True),
            ListPosts(best_first=True),
            ListPosts(liked_by=world.admin),
            ListPosts(bookmarked_by=world.admin),
            ListPosts(voted_down_by=world.admin),
        ):
            try:
                view = await list_posts(unit, command)
            except ForumError as problem:
                assert problem.kind is Kind.MISSING or problem.code == "not_logged_in", problem
                continue
            for post in view.posts:
                name = closed.get(post.post.topic_id)
                assert name is None or name in BY_ID[reader], (name, command)
                assert post.post.id not in (world.deleted_post, world.whisper, world.hidden_post)


@pytest.mark.parametrize("reader", READERS)
async def test_deleted_posts_and_whispers_are_for_staff(world: World, reader: str) -> None:
    is_staff = reader in ("moderator", "admin")
    async with given.acting(world.ports, _id(world, reader)) as unit:
        wanted = (world.deleted_post, world.whisper)
        view = await reading.read_topic(unit, ReadTopic(topic_id=world.open_topic, show_deleted=True, post_ids=wanted))
        assert {post.post.id for post in view.posts} == (set(wanted) if is_staff else set())
        whole = await reading.read_topic(unit, ReadTopic(topic_id=world.open_topic, show_deleted=True))
        assert set(wanted) <= set(whole.stream) if is_staff else not set(wanted) & set(whole.stream)
        for post_id in wanted:
            assert await _is_refused(post_reading.read_post(unit, post_id)) is not is_staff
        usual = await reading.read_topic(unit, ReadTopic(topic_id=world.open_topic))
        assert world.deleted_post not in usual.stream


@pytest.mark.parametrize("reader", READERS)
async def test_the_text_of_a_hidden_post_is_for_its_author_and_staff(world: World, reader: str) -> None:
    async with given.acting(world.ports, _id(world, reader)) as unit:
        view = await post_reading.read_post(unit, world.hidden_post)
        is_readable = reader in ("insider", "moderator", "admin")
        assert view.can_see_content is is_readable
        assert bool(view.post.raw) is is_readable
        assert bool(view.post.cooked) is is_readable


@pytest.mark.parametrize("reader", READERS)
async def test_links_tell_nothing_of_topics_that_the_reader_cannot_see(world: World, reader: str) -> None:
    async with given.acting(world.ports, world.admin) as unit:
        await unit.write()
        for name in CLOSED:
            topic_id = getattr(world, name)
            for reflection in (0, 1):
                await given.insert(
                    unit.tx,
                    topic_links,
                    topic_id=world.open_topic,
                    post_id=await _first_post(world, unit, world.open_topic),
                    user_id=1,
                    url=f"/t/{topic_id}",
                    title=f"title of {name}",
                    internal=1,
                    reflection=reflection,
                    linked_topic_id=topic_id,
                    created_at=unit.now,
                )
    async with given.acting(world.ports, _id(world, reader)) as unit:
        view = await reading.read_topic(unit, ReadTopic(topic_id=world.open_topic))
        text = msgspec.json.encode((view.links, [post.links for post in view.posts])).decode()
        told = {name for name in CLOSED if f"title of {name}" in text}
        assert told == BY_ID[reader]
        reflections = [link for link in view.links if link.reflection]
        assert len(reflections) == len(BY_ID[reader])
