"""Topics: the page, its posts by id, changes, states, levels, read times."""

from __future__ import annotations

from typing import Any

from tertulia.dialects.discourse.answers import Success, nothing, redirect, success
from tertulia.dialects.discourse.commands import time_of, update_topic_command
from tertulia.dialects.discourse.shapes.topics import (
    BasicTopic,
    PostStream,
    Topic,
    TopicPosts,
    UpdatedTopic,
)
from tertulia.forum.addresses import topic_path
from tertulia.forum.cooking import excerpt
from tertulia.forum.levels import set_level
from tertulia.forum.topics.bumping import reset_bump
from tertulia.forum.topics.deleting import delete_topic as remove_topic
from tertulia.forum.topics.deleting import purge_topic
from tertulia.forum.topics.deleting import recover_topic as restore_topic
from tertulia.forum.topics.editing import change_owner, change_timestamp
from tertulia.forum.topics.editing import update_topic as change_topic
from tertulia.forum.topics.read_state import dismiss_new, mark_unread, record_timings
from tertulia.forum.topics.reading import (
    find_topic,
    find_topic_by_external_id,
    find_topic_by_slug,
    list_post_ids,
    read_topic,
)
from tertulia.forum.topics.status import clear_pin, re_pin, set_topic_status
from tertulia.forum.users.profiles import read_user
from tertulia.http.call import Answer, Call
from tertulia.model.errors import ParameterInvalid, ParameterMissing
from tertulia.model.levels import SetLevel
from tertulia.model.topics import ReadTimings, ReadTopic, SetTopicStatus

_PRINT_CHUNK = 1000
_MAXIMUM_IDS = 1000
_MAXIMUM_EXCERPTS = 100


# -- reading ----------------------------------------------------------------------------------------
async def get_topic(call: Call) -> Topic | Answer:
    """The page; with a slug that is not the topic's, a redirect to the right address."""
    topic_id = call.integer("topic_id")
    if (elsewhere := await _right_address(call, topic_id)) is not None:
        return elsewhere
    command = _read_command(call, topic_id)
    view = await read_topic(call.unit, command)
    with_raw = call.parameters.boolean("include_raw", default=False)
    return Topic.of(view, reader_id=call.actor.user_id, now=call.unit.now, with_raw=with_raw)


async def _right_address(call: Call, topic_id: int) -> Answer | None:
    slug = call.path_parameters.get("slug", "-")
    if slug == "-":
        return None
    topic = await find_topic(call.unit, topic_id)
    if slug == topic.slug:
        return None
    suffix = ".json" if call.path.endswith(".json") else ""
    return redirect(call, topic_path(topic.slug, topic_id, call.path_parameters.get("post_number")) + suffix)


def _read_command(call: Call, topic_id: int) -> ReadTopic:
    parameters = call.parameters
    names = parameters.text("username_filters") or ""
    return ReadTopic(
        topic_id=topic_id,
        page=parameters.integer("page"),
        post_number=call.path_parameters.get("post_number"),
        chunk=_PRINT_CHUNK if parameters.boolean("print", default=False) else 20,
        show_deleted=parameters.boolean("show_deleted", default=False),
        usernames=tuple(name.strip() for name in names.split(",") if name.strip()),
        replies_to=parameters.integer("replies_to_post_number", minimum=1),
        summary=parameters.text("filter") == "summary",
        record_visit=not call.actor.by_key,
    )


async def get_last(call: Call) -> Answer:
    """To the newest post."""
    topic = await find_topic(call.unit, call.integer("topic_id"))
    return redirect(call, topic_path(topic.slug, topic.id, topic.highest_post_number), status=302)


async def get_topic_by_external_id(call: Call) -> Answer:
    topic = await find_topic_by_external_id(call.unit, call.word("external_id"))
    return redirect(call, topic_path(topic.slug, topic.id) + ".json")


async def get_topic_by_slug(call: Call) -> Answer:
    topic = await find_topic_by_slug(call.unit, call.word("slug"))
    suffix = ".json" if call.path.endswith(".json") else ""
    return redirect(call, topic_path(topic.slug, topic.id) + suffix)


async def get_id_for_slug(call: Call) -> Any:
    topic = await find_topic_by_slug(call.unit, call.word("slug"))
    return {"slug": topic.slug, "topic_id": topic.id, "url": topic_path(topic.slug, topic.id)}


async def get_posts(call: Call) -> TopicPosts:
    """Posts by id (`post_ids[]`), or the next 20 after (or before) a number."""
    topic_id, parameters = call.integer("topic_id"), call.parameters
    ids = tuple(parameters.integers("post_ids", minimum=1))
    if len(ids) > _MAXIMUM_IDS:
        raise ParameterInvalid(name="post_ids", problem="range")
    if not ids:
        ids = await _neighbours(call, topic_id)
    command = ReadTopic(topic_id=topic_id, post_ids=ids, with_suggested=False, with_stream=False, show_deleted=True)
    view = await read_topic(call.unit, command)
    stream = PostStream.of(view, with_raw=parameters.boolean("include_raw", default=False))
    return TopicPosts(PostStream(posts=stream.posts), topic_id)


async def _neighbours(call: Call, topic_id: int) -> tuple[int, ...]:
    number = call.parameters.integer("post_number", minimum=0)
    if number is None:
        view = await read_topic(call.unit, ReadTopic(topic_id=topic_id, with_suggested=False, with_stream=False))
        return tuple(post.post.id for post in view.posts)
    if call.parameters.boolean("asc", default=True):
        return await list_post_ids(call.unit, topic_id, after_number=number, limit=20)
    earlier = await list_post_ids(call.unit, topic_id, after_number=max(number - 21, 0), limit=21)
    return earlier[: number - 1 if number <= 21 else 20]


async def get_post_ids(call: Call) -> Any:
    number = call.parameters.integer("post_number", minimum=0, default=0)
    return {"post_ids": await list_post_ids(call.unit, call.integer("topic_id"), after_number=number, limit=1000)}


async def get_excerpts(call: Call) -> Any:
    ids = tuple(call.parameters.integers("post_ids", minimum=1))
    if not ids:
        raise ParameterMissing(name="post_ids")
    if len(ids) > _MAXIMUM_EXCERPTS:
        raise ParameterInvalid(name="post_ids", problem="range")
    command = ReadTopic(topic_id=call.integer("topic_id"), post_ids=ids, with_suggested=False, with_stream=False)
    view = await read_topic(call.unit, command)
    return [
        {"post_id": post.post.id, "username": post.user.username, "excerpt": excerpt(post.post.cooked)}
        for post in view.posts
    ]


# -- changing ---------------------------------------------------------------------------------------
async def update_topic(call: Call) -> UpdatedTopic:
    return UpdatedTopic(BasicTopic.of(await change_topic(call.unit, update_topic_command(call))))


async def delete_topic(call: Call) -> Answer:
    topic_id = call.integer("topic_id")
    if call.parameters.boolean("force_destroy", default=False):
        await purge_topic(call.unit, topic_id, only_deleted=True)
    else:
        await remove_topic(call.unit, topic_id)
    return nothing()


async def recover_topic(call: Call) -> Answer:
    await restore_topic(call.unit, call.integer("topic_id"))
    return nothing()


async def put_status(call: Call) -> Any:
    """`enabled` is the text true or false; anything else means false (source: upstream's controller)."""
    parameters = call.parameters
    status = parameters.required_text("status")
    if not parameters.has("enabled"):
        raise ParameterMissing(name="enabled")
    enabled = str(parameters.value("enabled")).lower() == "true"
    command = SetTopicStatus(
        topic_id=call.integer("topic_id"), status=status, enabled=enabled, until=time_of(parameters, "until")
    )
    await set_topic_status(call.unit, command)
    return {"success": "OK", "topic_status_update": None}


async def put_timestamp(call: Call) -> Success:
    moment = call.parameters.required_integer("timestamp", minimum=0, maximum=10**11)
    await change_timestamp(call.unit, call.integer("topic_id"), moment * 1000)
    return success()


async def put_bump_date(call: Call) -> Answer:
    """Back to the last post, or to the post in the path."""
    post_id = call.integer("post_id") if "post_id" in call.path_parameters else None
    await reset_bump(call.unit, call.integer("topic_id"), post_id)
    return nothing()


async def post_owner(call: Call) -> Success:
    ids = tuple(call.parameters.integers("post_ids", minimum=1))
    if not ids:
        raise ParameterMissing(name="post_ids")
    await change_owner(call.unit, call.integer("topic_id"), ids, call.parameters.required_text("username"))
    return success()


async def put_clear_pin(call: Call) -> Success:
    await clear_pin(call.unit, call.integer("topic_id"))
    return success()


async def put_re_pin(call: Call) -> Success:
    await re_pin(call.unit, call.integer("topic_id"))
    return success()


# -- the reader -------------------------------------------------------------------------------------
async def post_notifications(call: Call) -> Success:
    """The reader's level; an admin's key may set somebody else's by `username` or `external_id`."""
    level = call.parameters.required_integer("notification_level")
    user_id = await _somebody_else(call)
    command = SetLevel(subject="topic", subject_id=call.integer("topic_id"), level=level, user_id=user_id)
    await set_level(call.unit, command)
    return success()


async def _somebody_else(call: Call) -> int | None:
    username, external_id = call.parameters.text("username"), call.parameters.text("external_id")
    if not (username or external_id) or not call.actor.by_key:
        return None
    view = await read_user(call.unit, username=username or None, external_id=external_id or None)
    return view.user.id


async def post_timings(call: Call) -> Answer:
    parameters = call.parameters
    topic_id = call.path_parameters.get("topic_id") or parameters.required_integer("topic_id", minimum=1)
    timings: dict[int, int] = {}
    for number, value in parameters.mapping("timings").items():
        if not number.isdigit() or len(number) > 9 or isinstance(value, bool) or not str(value).isdigit():
            raise ParameterInvalid(name="timings", problem="number")
        timings[int(number)] = min(int(str(value)[:12]), 60_000)
    time = parameters.integer("topic_time", minimum=0, default=0)
    await record_timings(call.unit, ReadTimings(topic_id=int(topic_id), timings=timings, topic_time=time))
    return nothing()


async def delete_timings(call: Call) -> Answer:
    await mark_unread(call.unit, call.integer("topic_id"))
    return nothing()


async def put_reset_new(call: Call) -> Any:
    ids = tuple(call.parameters.integers("topic_ids", minimum=1))
    await dismiss_new(call.unit, ids or None)
    return {"topic_ids": list(ids)}
