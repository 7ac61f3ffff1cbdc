"""Edits of a topic itself, and what staff may set right: when it was written, and by whom.

Its posts are edited in `posts/editing.py`; open, closed, pinned and the like are in `status.py`.
"""

from __future__ import annotations

from collections.abc import Sequence

from tertulia.forum.limits.acting import take_edit
from tertulia.forum.posts.versions import clean_reason, record_changes
from tertulia.forum.staff_actions import log_staff_action
from tertulia.forum.tags.names import tag_key
from tertulia.forum.topic_rules.changing import TopicChange, change_topic
from tertulia.forum.topic_rules.claiming import claim_topic
from tertulia.forum.topic_rules.titles import clean_title
from tertulia.forum.unit import Unit
from tertulia.forum.users.names import username_key
from tertulia.model.errors import ParameterInvalid, PostMissing, TopicEditConflict, UserMissing
from tertulia.model.events import PostEdited, TopicEdited
from tertulia.model.posts import Post
from tertulia.model.topics import Topic, UpdateTopic
from tertulia.store import tags as tag_store
from tertulia.store.users import find_user_by_key
from tertulia.store.writing import owners
from tertulia.store.writing import topics as store
from tertulia.store.writing.posts import lock_post, read_post_again

_MOST_POSTS = 500


async def update_topic(unit: Unit, command: UpdateTopic) -> Topic:
    """Changes title, category, tags or link, and answers the topic. Without a difference nothing is written down.

    The change is a version of the first post. Raises TopicMissing, NotAllowed, TopicArchived, PostEditTooLate,
    TopicEditConflict when what the editor started from is no longer there, and what `change_topic` raises."""
    await take_edit(unit)
    topic = await claim_topic(unit, command.topic_id, act="topic.edit")
    await _check_conflict(unit, topic, command)
    change = TopicChange(
        title=command.title,
        category_id=command.category_id,
        tags=command.tags,
        featured_link=command.featured_link,
    )
    changes = await change_topic(unit, topic, change)
    unit.changed_nothing = not changes
    if changes and topic.first_post_id:
        first = await read_post_again(unit.tx, topic.first_post_id)
        await record_changes(unit, first, changes=changes, reason=clean_reason(command.edit_reason))
    return await store.read_topic_again(unit.tx, topic.id)


async def _check_conflict(unit: Unit, topic: Topic, command: UpdateTopic) -> None:
    if command.original_title is not None and clean_title(command.original_title) != topic.title:
        raise TopicEditConflict()
    if command.original_tags is not None:
        there = {tag_key(tag.name) for tag in await tag_store.list_topic_tags(unit.tx, topic.id)}
        if {tag_key(name) for name in command.original_tags} != there:
            raise TopicEditConflict()


async def change_timestamp(unit: Unit, topic_id: int, at_ms: int) -> Topic:
    """Moves the whole topic in time so that it begins at `at_ms`; posts that would come to lie ahead are of now.

    Raises TopicMissing, NotAllowed (moderators only), ParameterInvalid for a time that is to come."""
    topic = await claim_topic(unit, topic_id, act="topic.moderate")
    if not 0 <= at_ms <= unit.now:
        raise ParameterInvalid(name="timestamp", problem="not in the past")
    await owners.shift_times(unit.tx, topic.id, by=at_ms - topic.created_at, now=unit.now)
    moved = min(unit.now, max(topic.last_posted_at, topic.created_at) + at_ms - topic.created_at)
    await store.update_topic(
        unit.tx,
        topic.id,
        fields={"created_at": at_ms, "last_posted_at": moved, "bumped_at": moved, "updated_at": unit.now},
    )
    unit.tell(
        TopicEdited(
            topic_id=topic.id,
            category_id=topic.category_id,
            before={"created_at": topic.created_at},
            after={"created_at": at_ms},
        )
    )
    await log_staff_action(unit, "topic_timestamps_changed", topic_id=topic.id)
    return await store.read_topic_again(unit.tx, topic.id)


async def change_owner(unit: Unit, topic_id: int, post_ids: Sequence[int], username: str) -> Topic:
    """Gives posts of a topic (at most 500) to another user; with the first one goes the topic.

    Raises TopicMissing, NotAllowed (moderators only), UserMissing, PostMissing for a post of another topic,
    ParameterInvalid for none or too many."""
    topic = await claim_topic(unit, topic_id, act="topic.moderate")
    if not 0 < len(post_ids) <= _MOST_POSTS:
        raise ParameterInvalid(name="post_ids", problem="none or too many")
    owner = await find_user_by_key(unit.tx, username_key(username)) if username.isprintable() else None
    if owner is None:
        raise UserMissing()
    for post_id in sorted(set(post_ids)):
        found = await lock_post(unit.tx, post_id, visibility=unit.actor.visibility)
        if found is None or found[1].id != topic.id:
            raise PostMissing()
        if found[0].user_id != owner.id:
            await _give(unit, topic, found[0], owner_id=owner.id)
    return await store.read_topic_again(unit.tx, topic.id)


async def _give(unit: Unit, topic: Topic, post: Post, *, owner_id: int) -> None:
    await owners.give_post(unit.tx, post, owner_id=owner_id, with_topic=not topic.is_message)
    if post.post_number == 1:
        await store.update_topic(unit.tx, topic.id, fields={"user_id": owner_id})
    if topic.last_post_id == post.id:
        await store.update_topic(unit.tx, topic.id, fields={"last_post_user_id": owner_id})
    version = await record_changes(unit, post, changes={"user_id": (post.user_id, owner_id)}, force=True)
    await log_staff_action(unit, "post_owner_changed", target_user_id=owner_id, topic_id=topic.id, post_id=post.id)
    unit.tell(
        PostEdited(
            post_id=post.id,
            topic_id=topic.id,
            user_id=owner_id,
            category_id=topic.category_id,
            post_number=post.post_number,
            version=version,
            raw_changed=False,
        )
    )
