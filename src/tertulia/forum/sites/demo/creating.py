"""Fills a new forum with the demo, by the services themselves, as if its people had been there for a month.

Widely copied examples name ids of their author's forum: categories 4 and 7, topic 2837, post 4837. The demo has these,
so that the examples run as they are printed. A pinned id is reached by moving the counter of generated ids up to it;
what is made later, by the demo or by people, counts on from there. That is why ids jump.
"""

from __future__ import annotations

import msgspec

from tertulia.forum.categories.saving import save_category
from tertulia.forum.groups.saving import save_group
from tertulia.forum.loading.counting import skip_ids
from tertulia.forum.loading.people import move_joining
from tertulia.forum.loading.places import load_tags
from tertulia.forum.posts.bookmarks import save_bookmark
from tertulia.forum.posts.creating import create_post
from tertulia.forum.posts.editing import update_post
from tertulia.forum.posts.voting import vote_post
from tertulia.forum.sessions.actors import build_actor
from tertulia.forum.sites.demo.content import Demo, DemoCategory, DemoReply, DemoTopic, read_demo
from tertulia.forum.sites.demo.history import HOUR, put_people, put_views, put_visits
from tertulia.forum.topics.creating import create_topic
from tertulia.forum.topics.status import set_topic_status
from tertulia.forum.unit import Unit
from tertulia.forum.users.names import username_key
from tertulia.model.actor import Actor
from tertulia.model.categories import SaveCategory
from tertulia.model.groups import ADMINS_ID, MODERATORS_ID, SaveGroup
from tertulia.model.posts import CreatePost, PostView, SaveBookmark, UpdatePost, VotePost
from tertulia.model.topics import Archetype, CreateTopic, SetTopicStatus
from tertulia.model.users import ADMIN_ID, SYSTEM_ID
from tertulia.store.users import find_user_by_key

EVERYBODY = 99  # a group that everyone may mention and write to
_LIKE_AFTER = 0.6  # hours between a post and its first like, and from one like to the next


class DemoNameTaken(Exception):
    """The first account has the name of one of the demo's people."""


class _Stage(msgspec.Struct):
    """Who acts, and when everything must be over."""

    founded: int
    admin: str
    categories: dict[str, int] = {}
    actors: dict[str, Actor] = {}


async def create_demo(unit: Unit) -> None:
    """Fills a forum that was just founded; the unit's actor must be an admin. Gives unit its actor and time back.

    Raises DemoNameTaken, and LookupError when a pinned id is taken, so on any forum that is not new."""
    admin, founded = unit.actor, unit.now
    name = admin.user.username if admin.user is not None else ""
    demo, stage = read_demo(admin=name), _Stage(founded=founded, admin=name)
    if username_key(name) in {username_key(each) for each in (*(user.username for user in demo.users), *demo.crowd)}:
        raise DemoNameTaken(name)
    await move_joining(unit, (SYSTEM_ID, ADMIN_ID), to=founded - 31 * 24 * HOUR)
    await put_people(unit, demo)
    await load_tags(unit, demo.tags)
    for category in demo.categories:
        stage.categories[category.name] = await _put_category(unit, category, parents=stage.categories)
    await _put_groups(unit, demo)
    await unit.settle()
    topic_ids = [await _put_topic(unit, topic, stage=stage) for topic in demo.topics]
    unit.actor, unit.now = admin, founded
    await put_visits(unit, demo)
    public = [topic_id for topic_id, topic in zip(topic_ids, demo.topics, strict=True) if not topic.to]
    await put_views(unit, demo, topic_ids=public)


async def _put_category(unit: Unit, category: DemoCategory, *, parents: dict[str, int]) -> int:
    await skip_ids(unit, "categories", to=category.id)
    command = SaveCategory(
        name=category.name,
        color=category.color,
        description=category.description,
        parent_id=parents[category.parent] if category.parent else 0,
    )
    if category.slug:
        command = msgspec.structs.replace(command, slug=category.slug)
    view = await save_category(unit, command)
    _check_pin("category", wanted=category.id, made=view.category.id)
    return view.category.id


async def _put_groups(unit: Unit, demo: Demo) -> None:
    for group_id in (ADMINS_ID, MODERATORS_ID):
        await save_group(unit, SaveGroup(group_id=group_id, mentionable_level=EVERYBODY, messageable_level=EVERYBODY))
    for group in demo.groups:
        await save_group(
            unit,
            SaveGroup(
                name=group.name,
                full_name=group.title,
                bio_raw=group.bio,
                mentionable_level=EVERYBODY,
                messageable_level=EVERYBODY,
                public_admission=True,
                public_exit=True,
                owner_usernames=group.owners,
                usernames=group.members,
            ),
        )


async def _put_topic(unit: Unit, topic: DemoTopic, *, stage: _Stage) -> int:
    at = stage.founded - round(topic.hours * HOUR)
    for table, pinned in (("topics", topic.id), ("posts", topic.post_id)):
        if pinned is not None:
            await skip_ids(unit, table, to=pinned)
    await _act(unit, topic.by, at=at, stage=stage)
    made = await create_topic(
        unit,
        CreateTopic(
            title=topic.title,
            raw=topic.text,
            category_id=None if topic.to else stage.categories[topic.category],
            archetype=Archetype.MESSAGE if topic.to else Archetype.REGULAR,
            recipients=topic.to,
            tags=topic.tags,
        ),
    )
    _check_pin("topic", wanted=topic.id, made=made.post.topic_id)
    _check_pin("post", wanted=topic.post_id, made=made.post.id)
    await unit.settle()
    await _like(unit, made, by=topic.likes, at=at, stage=stage)
    for reply in topic.replies:
        at = min(at + round(reply.hours * HOUR), stage.founded)
        await _put_reply(unit, made.post.topic_id, reply, at=at, stage=stage)
    await _finish_topic(unit, topic, topic_id=made.post.topic_id, at=at, stage=stage)
    return made.post.topic_id


async def _put_reply(unit: Unit, topic_id: int, reply: DemoReply, *, at: int, stage: _Stage) -> None:
    await _act(unit, reply.by, at=at, stage=stage)
    made = await create_post(unit, CreatePost(topic_id=topic_id, raw=reply.text, reply_to_post_number=reply.reply_to))
    await unit.settle()
    if reply.edit is not None:
        unit.now = min(at + HOUR, stage.founded)
        await update_post(unit, UpdatePost(post_id=made.post.id, raw=reply.edit.text, edit_reason=reply.edit.reason))
        await unit.settle()
    await _like(unit, made, by=reply.likes, at=at, stage=stage)


async def _finish_topic(unit: Unit, topic: DemoTopic, *, topic_id: int, at: int, stage: _Stage) -> None:
    await _act(unit, stage.admin, at=min(at + HOUR, stage.founded), stage=stage)
    for status in topic.statuses:
        await set_topic_status(unit, SetTopicStatus(topic_id=topic_id, status=status, enabled=True))
        await unit.settle()
    if topic.bookmarked:
        await save_bookmark(unit, SaveBookmark(subject="Topic", subject_id=topic_id, name="read again"))
        await unit.settle()


async def _like(unit: Unit, view: PostView, *, by: tuple[str, ...], at: int, stage: _Stage) -> None:
    for number, username in enumerate(by, start=1):
        later = at + round(number * _LIKE_AFTER * HOUR)
        await _act(unit, username, at=min(later, stage.founded), stage=stage)
        await vote_post(unit, VotePost(post_id=view.post.id, value=1))
        await unit.settle()


async def _act(unit: Unit, username: str, *, at: int, stage: _Stage) -> None:
    """Lets the unit be that person at that moment. Nobody's rights change while the demo is made."""
    unit.now = at
    actor = stage.actors.get(username)
    if actor is None:
        user = await find_user_by_key(unit.tx, username_key(username))
        if user is None or user.id == SYSTEM_ID:
            raise LookupError(f"the demo has no {username}")
        actor = stage.actors[username] = await build_actor(unit, user)
    unit.actor = actor


def _check_pin(noun: str, *, wanted: int | None, made: int) -> None:
    if wanted is not None and wanted != made:
        raise LookupError(f"the demo's {noun} {wanted} became {made}")
