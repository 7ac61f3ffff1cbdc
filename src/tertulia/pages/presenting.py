"""What templates are given of topics and lists: plain words, numbers and addresses, decided here.

Posts are in `posts.py`. Everything is pure: no reading, no rights, no clock but the one handed in.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from tertulia.forum.addresses import category_path, tag_path, topic_path, user_path
from tertulia.model.categories import CategoryRef, CategoryView
from tertulia.model.tags import TagRef
from tertulia.model.topics import Topic, TopicListItem, TopicListView
from tertulia.model.users import UserCard

_COLOUR = re.compile(r"[0-9A-Fa-f]{6}|[0-9A-Fa-f]{3}")


class Link(msgspec.Struct, frozen=True):
    """Words that lead somewhere. `current` marks where the reader is."""

    text: str
    href: str
    current: bool = False


class Mark(msgspec.Struct, frozen=True):
    """A category as its name and a small square of its colour."""

    name: str
    href: str
    colour: str


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One topic in a list."""

    title: str
    href: str
    category: Mark | None
    tags: tuple[Link, ...]
    states: tuple[str, ...]
    author: Link | None
    last: Link | None
    last_href: str
    replies: int
    likes: int
    created_at: int
    bumped_at: int
    is_new: bool
    unread: int


def colour(text: str) -> str:
    """Six (or three) hexadecimal digits after a `#`; grey for anything else."""
    return f"#{text}" if _COLOUR.fullmatch(text) else "#888888"


def category_mark(category: CategoryRef | None) -> Mark | None:
    """The mark of a category known by its reference; a parent's slug is added by the redirect of its address."""
    if category is None:
        return None
    return Mark(category.name, category_path([category.slug], category.id), colour(category.color))


def category_marks(view: CategoryView | None) -> tuple[Mark, ...]:
    """The marks from the outermost category to this one."""
    refs = view.path if view is not None else ()
    return tuple(
        Mark(ref.name, category_path([each.slug for each in refs[: at + 1]], ref.id), colour(ref.color))
        for at, ref in enumerate(refs)
    )


def view_path(view: CategoryView) -> str:
    """The address of a category."""
    return category_path([ref.slug for ref in view.path], view.category.id)


def tag_links(tags: Sequence[TagRef]) -> tuple[Link, ...]:
    return tuple(Link(tag.name, tag_path(tag.name)) for tag in tags)


def person(card: UserCard | None) -> Link | None:
    return None if card is None else Link(card.username, user_path(card.username))


def topic_states(topic: Topic, *, pinned: bool) -> tuple[str, ...]:
    """What a reader should know about a topic before opening it, in words."""
    named = (
        (pinned, "Pinned"),
        (topic.closed, "Closed"),
        (topic.archived, "Archived"),
        (not topic.visible, "Unlisted"),
        (topic.deleted_at is not None, "Deleted"),
        (topic.is_message, "Message"),
    )
    return tuple(word for holds, word in named if holds)


def topic_row(item: TopicListItem, *, users: dict[int, UserCard]) -> Row:
    """A topic in a list; its title leads to the first unread post, where there is one."""
    topic, state = item.topic, item.state
    number = None
    if state is not None and state.last_read_post_number and item.unread_posts:
        number = state.last_read_post_number + 1
    return Row(
        title=topic.title,
        href=topic_path(topic.slug, topic.id, number),
        category=category_mark(item.category),
        tags=tag_links(item.tags),
        states=topic_states(topic, pinned=item.pinned),
        author=person(users.get(topic.user_id)),
        last=person(users.get(topic.last_post_user_id)),
        last_href=topic_path(topic.slug, topic.id, topic.highest_post_number),
        replies=max(topic.posts_count - 1, 0),
        likes=topic.like_count,
        created_at=topic.created_at,
        bumped_at=topic.bumped_at,
        is_new=item.is_new,
        unread=item.unread_posts,
    )


def topic_rows(view: TopicListView) -> list[Row]:
    return [topic_row(item, users=view.users) for item in view.items]
