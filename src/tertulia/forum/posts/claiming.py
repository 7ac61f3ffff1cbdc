"""A post found, allowed and locked for a change: looked at before the turn to write, and again in it."""

from __future__ import annotations

from tertulia.forum.permissions import allow
from tertulia.forum.unit import Unit
from tertulia.model.errors import PostMissing
from tertulia.model.posts import Post
from tertulia.model.topics import Topic
from tertulia.store.writing.posts import lock_post


async def find_allowed(unit: Unit, post_id: int, *, act: str) -> tuple[Post, Topic]:
    """The post and its topic when the actor sees both and may do `act`. Raises PostMissing and the row's refusal."""
    found = await lock_post(unit.tx, post_id, visibility=unit.actor.visibility)
    if found is None:
        raise PostMissing()
    allow(unit, act, post=found[0], topic=found[1])
    return found


async def claim_post(unit: Unit, post_id: int, *, act: str) -> tuple[Post, Topic]:
    """The same, once before waiting to write (refusals cost no turn) and once after, with the topic locked."""
    if not unit.writes:
        await find_allowed(unit, post_id, act=act)
        await unit.write()
    return await find_allowed(unit, post_id, act=act)
