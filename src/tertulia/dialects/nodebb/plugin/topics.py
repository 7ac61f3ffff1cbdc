"""Topics of the plugin: made, answered, edited, deleted, followed, tagged, pinned."""

from __future__ import annotations

from tertulia.dialects.nodebb import asking
from tertulia.dialects.nodebb.editing import edit as apply_edit
from tertulia.dialects.nodebb.gathering import created_post, created_topic
from tertulia.dialects.nodebb.wire import payload, require, tags_of
from tertulia.forum import levels
from tertulia.forum.posts.creating import create_post
from tertulia.forum.posts.reading import read_post
from tertulia.forum.topics import creating, deleting, editing, status
from tertulia.http.call import Answer, Call
from tertulia.model.errors import PostMissing
from tertulia.model.levels import Level
from tertulia.model.topics import UpdateTopic


async def create_topic(call: Call) -> Answer:
    view = await creating.create_topic(call.unit, asking.create_topic(call))
    topic = await created_topic(call, view)
    return payload({"topicData": topic, "postData": topic.mainPost})


async def reply(call: Call) -> Answer:
    return payload(await created_post(call, await create_post(call.unit, asking.create_reply(call))))


async def edit(call: Call) -> Answer:
    """Edits the post that `pid` names, which is one of this topic."""
    require(call, "pid", "content")
    before = await read_post(call.unit, call.parameters.required_integer("pid"))
    if before.post.topic_id != call.integer("tid"):
        raise PostMissing()
    done = await apply_edit(call.unit, asking.update_post(call, before.post.id), before=before)
    done["post"]["editor"] = str(done["post"]["editor"])
    return payload(done)


async def delete(call: Call) -> Answer:
    await deleting.delete_topic(call.unit, call.integer("tid"))
    return payload({})


async def restore(call: Call) -> Answer:
    await deleting.recover_topic(call.unit, call.integer("tid"))
    return payload({})


async def purge(call: Call) -> Answer:
    await deleting.purge_topic(call.unit, call.integer("tid"))
    return payload({})


async def follow(call: Call) -> Answer:
    await levels.set_level(call.unit, asking.topic_level(call, Level.WATCHING))
    return payload({})


async def unfollow(call: Call) -> Answer:
    await levels.set_level(call.unit, asking.topic_level(call, Level.REGULAR))
    return payload({})


async def set_tags(call: Call) -> Answer:
    require(call, "tags")
    await editing.update_topic(call.unit, UpdateTopic(topic_id=call.integer("tid"), tags=tags_of(call)))
    return payload({})


async def clear_tags(call: Call) -> Answer:
    await editing.update_topic(call.unit, UpdateTopic(topic_id=call.integer("tid"), tags=()))
    return payload({})


async def pin(call: Call) -> Answer:
    await status.set_topic_status(call.unit, asking.topic_status(call, "pinned", enabled=True))
    return payload({})


async def unpin(call: Call) -> Answer:
    await status.set_topic_status(call.unit, asking.topic_status(call, "pinned", enabled=False))
    return payload({})
