"""Keeping the full-text rows of posts true. What is in a row is decided by `forum/indexing/posts.py`."""

from __future__ import annotations

from tertulia.effects.subjects import read_subject
from tertulia.forum.cooking import plain_text
from tertulia.forum.indexing.posts import index_post, remove_posts
from tertulia.forum.unit import Subject, Unit
from tertulia.model import events
from tertulia.model.posts import PostType
from tertulia.store.writing.posts import read_post_again
from tertulia.store.writing.topics import read_topic_again


async def index_created(unit: Unit, event: events.PostCreated) -> None:
    await _index(unit, await read_subject(unit, event), is_new=True)


async def index_recovered(unit: Unit, event: events.PostRecovered) -> None:
    await _index(unit, await read_subject(unit, event))


async def index_edited(unit: Unit, event: events.PostEdited) -> None:
    if event.raw_changed:
        await _index(unit, await read_subject(unit, event))


async def index_renamed(unit: Unit, event: events.TopicEdited) -> None:
    """The title is in the row of the first post only."""
    if "title" in event.after:
        topic = await read_topic_again(unit.tx, event.topic_id)
        await _index(unit, (await read_post_again(unit.tx, topic.first_post_id), topic))


async def remove_deleted(unit: Unit, event: events.PostDeleted) -> None:
    await remove_posts(unit.tx, [event.post_id])


async def _index(unit: Unit, subject: Subject, *, is_new: bool = False) -> None:
    post, topic = subject
    if post.deleted_at is not None or post.post_type not in (PostType.REGULAR, PostType.MODERATOR_ACTION):
        return
    title = topic.title if post.post_number == 1 else ""
    await index_post(unit.tx, post_id=post.id, title=title, body=plain_text(post.cooked), is_new=is_new)
