"""When a topic was last active, as lists sort by it: set back to its last post or another of its posts."""

from __future__ import annotations

from tertulia.forum.topic_rules.claiming import claim_topic
from tertulia.forum.unit import Unit
from tertulia.model.errors import PostMissing
from tertulia.store.writing.posts import find_last_post, lock_post
from tertulia.store.writing.topics import update_topic


async def reset_bump(unit: Unit, topic_id: int, post_id: int | None = None) -> None:
    """The topic was last active when this post of it was written; without one, when its last post was. Never before
    it began, though a post may be older: lists of new topics end there.

    Raises TopicMissing, NotAllowed (moderators only), PostMissing for a post of another topic."""
    topic = await claim_topic(unit, topic_id, act="topic.moderate")
    if post_id is None:
        last = await find_last_post(unit.tx, topic.id)
        at = last.created_at if last is not None else topic.created_at
    else:
        found = await lock_post(unit.tx, post_id, visibility=unit.actor.visibility)
        if found is None or found[1].id != topic.id:
            raise PostMissing()
        at = found[0].created_at
    await update_topic(unit.tx, topic.id, fields={"bumped_at": max(at, topic.created_at)})
