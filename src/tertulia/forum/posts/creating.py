"""Replies: who may write one, what it must be, and under which number it stands."""

from __future__ import annotations

import msgspec

from tertulia.forum.limits.acting import take_reply
from tertulia.forum.permissions import allow
from tertulia.forum.posts.checking import check_lately, prepare_checked_body
from tertulia.forum.posts.preparing import Body
from tertulia.forum.posts.storing import NewPost, store_post
from tertulia.forum.topic_rules.claiming import find_allowed
from tertulia.forum.unit import Unit
from tertulia.model.errors import ForumError, LoginRequired, NotAllowed, ParameterInvalid, Refusals
from tertulia.model.oneboxes import Place
from tertulia.model.posts import CreatePost, Post, PostType, PostView
from tertulia.model.topics import Topic
from tertulia.store.posts_reading import find_post
from tertulia.store.writing.counters import lock_counters
from tertulia.store.writing.messages import bring_back, take_part
from tertulia.store.writing.posts import find_post_by_number


async def create_post(unit: Unit, command: CreatePost) -> PostView:
    """Adds a reply to a topic and answers it as its author sees it.

    `created_at`, `skip_validations` and `import_mode` count only for API credentials of staff. Raises TopicMissing,
    LoginRequired, Silenced, TopicClosed, TopicArchived, TopicDeleted, NotAllowed, ParameterInvalid (`no_bump` by
    those who may not), and Refusals with everything that is wrong with the text. Source: upstream's post creation."""
    allow(unit, "member")
    command = _honoured(unit, command)
    topic = await find_allowed(unit, command.topic_id, act="topic.reply")
    _check_options(unit, command, topic=topic)
    body = await _prepare(unit, command, topic=topic)
    await take_reply(unit)
    await unit.write()
    topic = await find_allowed(unit, command.topic_id, act="topic.reply")
    user_id = unit.actor.user_id
    if user_id is None:
        raise LoginRequired()
    # Before the question what the author wrote lately, so that the answer holds.
    await lock_counters(unit.tx, category_id=topic.category_id, user_id=user_id)
    found = [] if command.skip_validations else await _check_state(unit, body, topic=topic)
    if found:
        raise Refusals(tuple(found))
    reply_to = await _find_target(unit, command, topic=topic)
    if topic.is_message:
        await take_part(unit.tx, topic.id, user_id, group_ids=unit.actor.group_ids)
        await bring_back(unit.tx, topic.id)
    whisper = command.whisper or (reply_to is not None and reply_to.post_type == PostType.WHISPER)
    new = NewPost(
        topic=topic,
        body=body,
        user_id=user_id,
        created_at=unit.now if command.created_at is None else max(0, min(command.created_at, unit.now)),
        reply_to=reply_to,
        whisper=whisper,
        bump=not (command.no_bump or whisper),
        auto_track=command.auto_track,
        quiet=command.import_mode,
    )
    return await store_post(unit, new)


def _honoured(unit: Unit, command: CreatePost) -> CreatePost:
    """The command without what only API credentials of staff may ask; upstream ignores it silently."""
    if unit.actor.by_key and unit.actor.is_staff:
        return command
    return msgspec.structs.replace(command, created_at=None, skip_validations=False, import_mode=False)


def _check_options(unit: Unit, command: CreatePost, *, topic: Topic) -> None:
    moderates = unit.actor.moderates(topic.category_id)
    if command.no_bump and not moderates:
        raise ParameterInvalid(name="no_bump", problem="not allowed")
    if command.whisper and not unit.actor.is_staff:
        raise NotAllowed()


async def _prepare(unit: Unit, command: CreatePost, *, topic: Topic) -> Body:
    """Cooks the text. Refuses it with everything that is wrong as things stand before the turn to write."""
    body, found = await prepare_checked_body(
        unit,
        command.raw,
        place=Place(topic.id, topic.category_id),
        is_first=False,
        is_private=topic.is_message,
        lenient=command.skip_validations,
    )
    if not command.skip_validations:
        found += await _check_state(unit, body, topic=topic)
    if found:
        raise Refusals(tuple(found))
    return body


async def _check_state(unit: Unit, body: Body, *, topic: Topic) -> list[ForumError]:
    return await check_lately(unit, body, topic=topic)


async def _find_target(unit: Unit, command: CreatePost, *, topic: Topic) -> Post | None:
    """The post that is answered; one that is not in the topic, or not to be seen, is answered by no reply at all."""
    post: Post | None = None
    if command.reply_to_post_id is not None:
        found = await find_post(unit.tx, command.reply_to_post_id, visibility=unit.actor.visibility)
        post = found[0] if found is not None and found[1].id == topic.id else None
    elif command.reply_to_post_number is not None:
        post = await find_post_by_number(unit.tx, topic.id, command.reply_to_post_number)
    if post is None or (post.deleted_at is not None and not unit.actor.visibility.sees_deleted):
        return None
    if post.post_type == PostType.WHISPER and not unit.actor.is_staff:
        return None
    return post
