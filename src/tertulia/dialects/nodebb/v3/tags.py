"""Tags: followed and no longer."""

from __future__ import annotations

from tertulia.dialects.nodebb.wire import envelope
from tertulia.forum import levels
from tertulia.forum.tags.reading import find_tag
from tertulia.http.call import Answer, Call
from tertulia.model.levels import Level, SetLevel


async def follow(call: Call) -> Answer:
    return await _set_level(call, Level.WATCHING)


async def unfollow(call: Call) -> Answer:
    return await _set_level(call, Level.REGULAR)


async def _set_level(call: Call, level: Level) -> Answer:
    tag = await find_tag(call.unit, call.word("tag"))
    await levels.set_level(call.unit, SetLevel(subject="tag", subject_id=tag.id, level=level))
    return envelope({})
