"""What the demo says, read from `content.toml` and `story.toml`."""

from __future__ import annotations

import tomllib
from importlib import resources

import msgspec

ADMIN = "{admin}"  # in texts and names: whoever the first account is


class DemoUser(msgspec.Struct, frozen=True):
    """One of its people, who joined `days` before the founding; they have no password and no address."""

    username: str
    name: str
    bio: str
    level: int
    days: int


class DemoCategory(msgspec.Struct, frozen=True):
    """One of its categories, inside another where it names a parent."""

    id: int
    name: str
    color: str
    description: str
    slug: str = ""
    parent: str = ""


class DemoGroup(msgspec.Struct, frozen=True):
    """A custom group that everybody may address and join."""

    name: str
    title: str
    bio: str
    owners: tuple[str, ...]
    members: tuple[str, ...]


class DemoEdit(msgspec.Struct, frozen=True):
    """What a post was changed to an hour later, and why."""

    text: str
    reason: str


class DemoReply(msgspec.Struct, frozen=True):
    """A reply, `hours` after the post above it."""

    by: str
    text: str
    hours: float
    reply_to: int | None = None
    likes: tuple[str, ...] = ()
    edit: DemoEdit | None = None


class DemoTopic(msgspec.Struct, frozen=True):
    """A topic, `hours` before the founding; a private message where it says `to` whom.

    `id` and `post_id` pin the ids of the topic and of its first post. `statuses` are set when all is said."""

    title: str
    by: str
    text: str
    hours: float
    category: str = ""
    to: tuple[str, ...] = ()
    id: int | None = None
    post_id: int | None = None
    tags: tuple[str, ...] = ()
    likes: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    bookmarked: bool = False
    replies: tuple[DemoReply, ...] = ()


class DemoFileReply(msgspec.Struct, frozen=True):
    """The last reply to the topic of that slug, `hours` before the founding, with files of this package in it.

    `{name}` in the text stands for a file's short address."""

    topic: str
    by: str
    text: str
    hours: float
    files: tuple[str, ...]
    likes: tuple[str, ...] = ()


class Story(msgspec.Struct, frozen=True):
    """A long topic in short lines, one after the other by the same few people, `minutes` apart."""

    title: str
    category: str
    id: int
    hours: float
    minutes: int
    by: tuple[str, ...]
    tags: tuple[str, ...]
    lines: tuple[str, ...]

    def as_topic(self) -> DemoTopic:
        """The same as any other topic."""
        first, *others = self.lines
        count = len(self.by)
        replies = tuple(
            DemoReply(
                by=self.by[number % count],
                text=line,
                hours=self.minutes / 60,
                likes=(self.by[(number + 1) % count],) if number % 7 == 3 else (),
            )
            for number, line in enumerate(others, start=1)
        )
        return DemoTopic(
            title=self.title, category=self.category, id=self.id, hours=self.hours, by=self.by[0], tags=self.tags,
            text=first, likes=self.by[1:], replies=replies,
        )  # fmt: skip


class Demo(msgspec.Struct, frozen=True):
    """All of it. `crowd` are people who only look and like."""

    tags: tuple[str, ...]
    crowd: tuple[str, ...]
    users: tuple[DemoUser, ...]
    categories: tuple[DemoCategory, ...]
    groups: tuple[DemoGroup, ...]
    topics: tuple[DemoTopic, ...]
    file_replies: tuple[DemoFileReply, ...]


def read_demo(*, admin: str) -> Demo:
    """The content with the name of the admin in it, the oldest topic first."""
    demo = msgspec.convert(tomllib.loads(_read("content.toml").replace(ADMIN, admin)), Demo)
    story = msgspec.convert(tomllib.loads(_read("story.toml")), Story)
    topics = sorted((*demo.topics, story.as_topic()), key=lambda topic: -topic.hours)
    return msgspec.structs.replace(demo, topics=tuple(topics))


def read_demo_file(name: str) -> bytes:
    """A file that somebody in the demo uploads."""
    return resources.files(__package__).joinpath(name).read_bytes()


def _read(name: str) -> str:
    return read_demo_file(name).decode("utf-8")
