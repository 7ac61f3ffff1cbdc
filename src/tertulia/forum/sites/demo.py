"""Demo content, written by the services themselves as if its people had written it over the last days.

The texts are in `demo.toml`. Used by `tertulia init --demo`; nothing in it suspends for long.
"""

from __future__ import annotations

import tomllib
from importlib import resources

import msgspec

from tertulia.forum.categories.saving import save_category
from tertulia.forum.loading.people import blank_user, load_users
from tertulia.forum.loading.places import load_tags
from tertulia.forum.posts.creating import create_post
from tertulia.forum.posts.voting import vote_post
from tertulia.forum.sessions.actors import build_actor
from tertulia.forum.topics.creating import create_topic
from tertulia.forum.unit import Unit
from tertulia.model.categories import SaveCategory
from tertulia.model.posts import CreatePost, VotePost
from tertulia.model.topics import CreateTopic
from tertulia.model.users import SYSTEM_ID
from tertulia.store.users import find_user_by_key

HOUR = 3_600_000
_FIRST_DEMO_ID = 2


class DemoUser(msgspec.Struct, frozen=True):
    """One of its people; they have no password."""

    username: str
    name: str
    bio: str
    level: int


class DemoCategory(msgspec.Struct, frozen=True):
    """One of its categories."""

    name: str
    color: str
    description: str


class DemoReply(msgspec.Struct, frozen=True):
    """A reply, `hours` after the post above it."""

    by: str
    text: str
    hours: int
    reply_to: int | None = None
    likes: tuple[str, ...] = ()


class DemoTopic(msgspec.Struct, frozen=True):
    """A topic, `hours` before the founding."""

    title: str
    category: str
    by: str
    text: str
    hours: int
    tags: tuple[str, ...] = ()
    likes: tuple[str, ...] = ()
    replies: tuple[DemoReply, ...] = ()


class Demo(msgspec.Struct, frozen=True):
    """All of it."""

    tags: tuple[str, ...]
    users: tuple[DemoUser, ...]
    categories: tuple[DemoCategory, ...]
    topics: tuple[DemoTopic, ...]


def read_demo() -> Demo:
    """The content as its file has it."""
    text = resources.files(__package__).joinpath("demo.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), Demo)


async def create_demo(unit: Unit) -> None:
    """Fills a forum that was just founded; the unit's actor must be an admin. Gives unit its actor and time back."""
    demo, admin, founded = read_demo(), unit.actor, unit.now
    await _put_people(unit, demo)
    await load_tags(unit, demo.tags)
    categories = {}
    for category in demo.categories:
        view = await save_category(
            unit, SaveCategory(name=category.name, color=category.color, description=category.description)
        )
        categories[category.name] = view.category.id
    await unit.settle()
    for topic in sorted(demo.topics, key=lambda topic: -topic.hours):
        await _put_topic(unit, topic, category_id=categories[topic.category], founded=founded)
    unit.actor, unit.now = admin, founded


async def _put_people(unit: Unit, demo: Demo) -> None:
    first = unit.now - 30 * 24 * HOUR
    users = [
        msgspec.structs.replace(
            blank_user(_FIRST_DEMO_ID + number, username=user.username, created_at=first + number * HOUR),
            name=user.name,
            bio_raw=user.bio,
            bio_cooked=f"<p>{user.bio}</p>",
            trust_level=user.level,
        )
        for number, user in enumerate(demo.users)
    ]
    await load_users(unit, users)


async def _put_topic(unit: Unit, topic: DemoTopic, *, category_id: int, founded: int) -> None:
    unit.now = founded - topic.hours * HOUR
    await _act_as(unit, topic.by)
    post = await create_topic(
        unit, CreateTopic(title=topic.title, raw=topic.text, category_id=category_id, tags=topic.tags)
    )
    await unit.settle()
    await _like(unit, post.post.id, by=topic.likes)
    for reply in topic.replies:
        unit.now = min(unit.now + reply.hours * HOUR, founded)
        await _act_as(unit, reply.by)
        view = await create_post(
            unit,
            CreatePost(topic_id=post.post.topic_id, raw=reply.text, reply_to_post_number=reply.reply_to),
        )
        await unit.settle()
        await _like(unit, view.post.id, by=reply.likes)


async def _like(unit: Unit, post_id: int, *, by: tuple[str, ...]) -> None:
    for username in by:
        await _act_as(unit, username)
        await vote_post(unit, VotePost(post_id=post_id, value=1))
        await unit.settle()


async def _act_as(unit: Unit, username: str) -> None:
    user = await find_user_by_key(unit.tx, username)
    if user is None or user.id == SYSTEM_ID:
        raise LookupError(f"the demo has no {username}")
    unit.actor = await build_actor(unit, user)
