"""Whom a post concerns: the reasons gathered from its event and its stored references."""

from __future__ import annotations

from urllib.parse import urlsplit

from tertulia.forum.addresses import parse_site_path
from tertulia.forum.notifications.choosing import Reasons
from tertulia.forum.unit import Unit
from tertulia.model.events import PostCreated, PostEdited
from tertulia.model.posts import Post
from tertulia.model.topics import Topic
from tertulia.store.notifications import audience as store
from tertulia.store.posts_reading import read_post_again
from tertulia.store.writing.topics import read_topic_again


async def find_subject(unit: Unit, post_id: int, topic_id: int) -> tuple[Post, Topic] | None:
    """The post and its topic as they are now; None when either is gone or deleted."""
    post = await read_post_again(unit.tx, post_id)
    topic = await _find_topic(unit, topic_id)
    if post is None or topic is None or post.deleted_at is not None or topic.deleted_at is not None:
        return None
    return post, topic


async def find_message(unit: Unit, topic_id: int) -> tuple[Post, Topic] | None:
    """A message and its first post; None when it is gone, deleted, or public by now."""
    topic = await _find_topic(unit, topic_id)
    return await find_subject(unit, topic.first_post_id, topic_id) if topic is not None and topic.is_message else None


async def _find_topic(unit: Unit, topic_id: int) -> Topic | None:
    try:
        return await read_topic_again(unit.tx, topic_id)
    except LookupError:
        return None


async def gather_reasons(
    unit: Unit, event: PostCreated | PostEdited, *, post: Post, topic: Topic, with_links: bool
) -> Reasons:
    """Everybody whom the event names. Links are looked up for the worker only."""
    around = await store.find_around(unit.tx, topic.id, category_id=topic.category_id, is_message=topic.is_message)
    return Reasons(
        post=post,
        topic=topic,
        around=around,
        is_new=isinstance(event, PostCreated),
        mentioned=frozenset(event.mentions),
        group_ids=event.group_mentions,
        replied=post.reply_to_user_id,
        quoted=frozenset(await store.list_authors(unit.tx, event.quotes)),
        linked=frozenset(await _linked_authors(unit, post)) if with_links else frozenset(),
    )


async def _linked_authors(unit: Unit, post: Post) -> set[int]:
    """Authors of the posts in other topics that the post leads to."""
    places = []
    for topic_id, url in await store.list_links_of(unit.tx, post.id):
        lead = parse_site_path(_path(url))
        if topic_id != post.topic_id and lead is not None:
            places.append((topic_id, min(lead.post_number or 1, 2**31)))
    return await store.list_authors_at(unit.tx, places)


def _path(url: str) -> str:
    try:
        return urlsplit(url).path
    except ValueError:
        return ""
