"""Categories deleted with every topic in them, in slices. A module of its own, above topics and categories."""

from __future__ import annotations

from collections.abc import Collection

from tertulia.forum.categories.deleting import find_deletable, remove_category
from tertulia.forum.topics.deleting import purge_topic
from tertulia.forum.unit import Unit
from tertulia.store import categories as store

PURGE_JOB = "categories.purge"
POSTS_AT_ONCE = 1_000
LATER_MS = 30_000
_TOPICS_AT_ONCE = 100


async def purge_category(unit: Unit, category_id: int) -> None:
    """Deletes a category and what is in it: at once when that is at most 1,000 posts, else by a job, while
    nobody but admins may make topics in it.

    Raises NotAllowed, CategoryMissing, CategorySpecial, CategoryHasChildren."""
    category = await find_deletable(unit, category_id)
    left = await _purge_some(unit, category_id, waiting=())
    if left is None:
        await remove_category(unit, category)
        return
    await store.disable_category(unit.tx, category_id, now=unit.now)
    await unit.later(PURGE_JOB, category_id=category_id, waiting=sorted(left[0]))


async def purge_slice(unit: Unit, *, category_id: int, waiting: Collection[int] = ()) -> None:
    """The job: purges topics of together up to 1,000 posts, and puts itself again until the category is gone.

    Larger topics have jobs of their own; `waiting` are those that were given one."""
    await unit.write()
    category = await store.lock_category(unit.tx, category_id)
    if category is None:
        return
    left = await _purge_some(unit, category_id, waiting=waiting)
    if left is None:
        await remove_category(unit, category)
        return
    large, more = left
    at = unit.now if more else unit.now + LATER_MS
    await unit.later(PURGE_JOB, at=at, category_id=category_id, waiting=sorted(large))


async def _purge_some(unit: Unit, category_id: int, *, waiting: Collection[int]) -> tuple[set[int], bool] | None:
    """Purges some topics; answers which large ones are left and whether others are, or None when nothing is."""
    large: set[int] = set()
    room = POSTS_AT_ONCE
    for topic_id, posts in await store.list_topic_sizes(unit.tx, category_id, limit=_TOPICS_AT_ONCE + len(waiting)):
        if posts > POSTS_AT_ONCE:
            large.add(topic_id)
            if topic_id not in waiting:
                await purge_topic(unit, topic_id)
            continue
        room -= posts
        if room < 0:
            break
        await purge_topic(unit, topic_id)
    await unit.settle()
    left = await store.count_topics(unit.tx, category_id)
    return (large, left > len(large)) if left else None
