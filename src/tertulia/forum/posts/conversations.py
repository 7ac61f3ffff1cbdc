"""The thread around one post: what it answers, upwards, and what answers it, downwards.

One step of replies as full posts is `list_replies` in `reading.py`.
"""

from __future__ import annotations

from tertulia.forum.posts.reading import find_post, view_posts
from tertulia.forum.unit import Unit
from tertulia.model.posts import Post, PostView
from tertulia.store import posts_reading

MOST_ANCESTORS = 100  # source: upstream's limit
MOST_DESCENDANTS = 1_000


async def list_ancestors(unit: Unit, post_id: int) -> tuple[PostView, ...]:
    """The post that this one answers, the one that that answers and so on: the oldest first, at most 100.

    Ends where the actor cannot see further. Raises PostMissing."""
    post: Post | None = (await find_post(unit, post_id))[0]
    found: dict[int, Post] = {}
    while post is not None and post.reply_to_post_id is not None and len(found) < MOST_ANCESTORS:
        above = await posts_reading.find_post(unit.tx, post.reply_to_post_id, visibility=unit.actor.visibility)
        post = above[0] if above is not None and above[0].id not in found else None
        if post is not None:
            found[post.id] = post
    return tuple(await view_posts(unit, sorted(found.values(), key=lambda each: each.id)))


async def list_descendants(unit: Unit, post_id: int) -> tuple[tuple[int, int], ...]:
    """(Id, level) of the replies to the post (level 1), of those to them (2) and so on, by id; at most 1,000.

    Raises PostMissing."""
    await find_post(unit, post_id)
    found: dict[int, int] = {}
    parents, level = [post_id], 1
    while parents and len(found) < MOST_DESCENDANTS:
        ids = await posts_reading.list_reply_ids(
            unit.tx, parents, limit=MOST_DESCENDANTS - len(found), visibility=unit.actor.visibility
        )
        parents = [each for each in ids if each not in found and each != post_id]
        found.update(dict.fromkeys(parents, level))
        level += 1
    return tuple(sorted(found.items()))
