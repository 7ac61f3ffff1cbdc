"""Topics: made, answered, read, deleted, locked, pinned, followed, tagged, marked, moved."""

from __future__ import annotations

from tertulia.dialects.nodebb import asking
from tertulia.dialects.nodebb.gathering import created_post, created_topic, topic_record
from tertulia.dialects.nodebb.shapes.topics import Tag
from tertulia.dialects.nodebb.wire import envelope, require, tags_of
from tertulia.forum import levels
from tertulia.forum.posts.creating import create_post
from tertulia.forum.topics import creating, deleting, editing, read_state, status
from tertulia.forum.topics.reading import find_topic
from tertulia.http.call import Answer, Call
from tertulia.model.levels import Level
from tertulia.model.topics import ReadTimings, UpdateTopic


async def create(call: Call) -> Answer:
    view = await creating.create_topic(call.unit, asking.create_topic(call))
    return envelope(await created_topic(call, view))


async def reply(call: Call) -> Answer:
    return envelope(await created_post(call, await create_post(call.unit, asking.create_reply(call))))


async def get(call: Call) -> Answer:
    return envelope(await topic_record(call.unit, call.integer("tid")))


async def purge(call: Call) -> Answer:
    await deleting.purge_topic(call.unit, call.integer("tid"))
    return envelope({})


async def delete(call: Call) -> Answer:
    await deleting.delete_topic(call.unit, call.integer("tid"))
    return envelope({})


async def restore(call: Call) -> Answer:
    await deleting.recover_topic(call.unit, call.integer("tid"))
    return envelope({})


async def lock(call: Call) -> Answer:
    return await _set(call, "closed", enabled=True)


async def unlock(call: Call) -> Answer:
    return await _set(call, "closed", enabled=False)


async def pin(call: Call) -> Answer:
    return await _set(call, "pinned", enabled=True)


async def unpin(call: Call) -> Answer:
    return await _set(call, "pinned", enabled=False)


async def _set(call: Call, name: str, *, enabled: bool) -> Answer:
    await status.set_topic_status(call.unit, asking.topic_status(call, name, enabled=enabled))
    return envelope({})


async def follow(call: Call) -> Answer:
    return await _level(call, Level.WATCHING)


async def ignore(call: Call) -> Answer:
    return await _level(call, Level.MUTED)


async def unfollow(call: Call) -> Answer:
    return await _level(call, Level.REGULAR)


async def _level(call: Call, level: Level) -> Answer:
    await levels.set_level(call.unit, asking.topic_level(call, level))
    return envelope({})


async def set_tags(call: Call) -> Answer:
    require(call, "tags")
    return await _tag(call, tags_of(call))


async def add_tags(call: Call) -> Answer:
    require(call, "tags")
    known = (await topic_record(call.unit, call.integer("tid"))).tags
    return await _tag(call, tuple(dict.fromkeys((*(tag.value for tag in known), *tags_of(call)))))


async def clear_tags(call: Call) -> Answer:
    await editing.update_topic(call.unit, UpdateTopic(topic_id=call.integer("tid"), tags=()))
    return envelope({})


async def _tag(call: Call, names: tuple[str, ...]) -> Answer:
    topic_id = call.integer("tid")
    await editing.update_topic(call.unit, UpdateTopic(topic_id=topic_id, tags=names))
    tags: tuple[Tag, ...] = (await topic_record(call.unit, topic_id)).tags
    return envelope(tags)


async def mark_read(call: Call) -> Answer:
    """Read to its end, which takes no time."""
    topic = await find_topic(call.unit, call.integer("tid"))
    await read_state.record_timings(call.unit, ReadTimings(topic_id=topic.id, timings={topic.highest_post_number: 0}))
    return envelope({})


async def mark_unread(call: Call) -> Answer:
    await read_state.mark_unread(call.unit, call.integer("tid"))
    return envelope({})


async def move(call: Call) -> Answer:
    require(call, "cid")
    category_id = call.parameters.required_integer("cid")
    await editing.update_topic(call.unit, UpdateTopic(topic_id=call.integer("tid"), category_id=category_id))
    return envelope({})
