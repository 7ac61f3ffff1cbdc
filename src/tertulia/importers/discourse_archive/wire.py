"""The part of `/t/ID.json` that is kept. Fields that are not named here are skipped; wrong types are an error."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

import msgspec

LARGEST_ID = 2**53
Id = Annotated[int, msgspec.Meta(ge=1, le=LARGEST_ID)]
UserId = Annotated[int, msgspec.Meta(ge=-LARGEST_ID, le=LARGEST_ID)]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


class Action(msgspec.Struct):
    """How often people did something with a post; id 2 is the like."""

    id: int = 0
    count: int = 0


class Link(msgspec.Struct):
    """A link of a post (`link_counts`) or of the topic (`details.links`, with `domain` and `user_id`)."""

    url: str = ""
    internal: bool = False
    reflection: bool = False
    title: str | None = None
    clicks: int = 0
    domain: str | None = None
    user_id: UserId | None = None


class Person(msgspec.Struct):
    """Somebody whom a topic names."""

    id: UserId
    username: str | None = None
    name: str | None = None
    avatar_template: str | None = None
    trust_level: int | None = None
    admin: bool | None = None
    moderator: bool | None = None


class Post(msgspec.Struct):
    """One post with what it tells of its author."""

    id: Id
    post_number: Id
    created_at: str
    cooked: str
    topic_id: Id | None = None
    user_id: UserId | None = None
    username: str | None = None
    name: str | None = None
    avatar_template: str | None = None
    trust_level: int | None = None
    admin: bool | None = None
    moderator: bool | None = None
    user_title: str | None = None
    user_suspended: bool | None = None
    raw: str | None = None
    post_type: int = 1
    action_code: str | None = None
    updated_at: str | None = None
    reply_to_post_number: int | None = None
    reply_count: int | None = 0
    quote_count: int | None = 0
    incoming_link_count: int | None = 0
    reads: int | None = 0
    score: float | None = 0
    version: int | None = 1
    link_counts: list[Link] | None = None
    actions_summary: list[Action] | None = None
    hidden: bool | None = False
    wiki: bool | None = False
    deleted_at: str | None = None
    user_deleted: bool | None = False
    edit_reason: str | None = None


class Stream(msgspec.Struct):
    """The posts of the body, and the ids of all that the topic has."""

    posts: list[Post]
    stream: list[int] | None = None


class Details(msgspec.Struct):
    """Whom and what the topic's page names."""

    participants: list[Person] | None = None
    created_by: Person | None = None
    last_poster: Person | None = None
    allowed_users: list[Person] | None = None
    links: list[Link] | None = None


class NamedTag(msgspec.Struct):
    """A tag as newer versions write it."""

    name: str


class Topic(msgspec.Struct):
    """One body of `/t/ID.json`."""

    id: Id
    title: str
    created_at: str
    post_stream: Stream
    details: Details = msgspec.field(default_factory=Details)
    fancy_title: str | None = None
    slug: str | None = None
    user_id: UserId | None = None
    archetype: str | None = "regular"
    category_id: Id | None = None
    tags: list[str | NamedTag] | None = None
    posts_count: int | None = None
    reply_count: int | None = 0
    highest_post_number: int | None = None
    participant_count: int | None = None
    like_count: int | None = 0
    views: int | None = 0
    word_count: int | None = 0
    last_posted_at: str | None = None
    bumped_at: str | None = None
    visible: bool | None = True
    closed: bool | None = False
    archived: bool | None = False
    has_summary: bool | None = False
    pinned_globally: bool | None = False
    pinned_at: str | None = None
    pinned_until: str | None = None
    deleted_at: str | None = None
    external_id: str | None = None
    featured_link: str | None = None
    image_url: str | None = None
    slow_mode_seconds: int | None = 0


_decoder = msgspec.json.Decoder(Topic)


class BrokenBody(Exception):
    """A file that is not a topic; the message says what is wrong with it."""


def decode_topic(body: bytes) -> Topic:
    """Raises BrokenBody."""
    try:
        topic = _decoder.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise BrokenBody(str(error)[:200]) from error
    if not topic.post_stream.posts:
        raise BrokenBody("holds no posts")
    return topic


def milliseconds(text: str) -> int:
    """A time of the wire as ms since the epoch. Raises BrokenBody."""
    try:
        moment = datetime.fromisoformat(text)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return (moment - _EPOCH) // _MILLISECOND
    except (ValueError, OverflowError) as error:
        raise BrokenBody(f"no time: {text[:40]!r}") from error


def maybe_milliseconds(text: str | None) -> int | None:
    return milliseconds(text) if text else None


def tag_names(topic: Topic) -> list[str]:
    """The names of a topic's tags, whichever way they are written."""
    return [tag if isinstance(tag, str) else tag.name for tag in topic.tags or ()]
