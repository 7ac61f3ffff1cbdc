"""Numbers about topics that their rows do not hold: who watches them, and the votes on their first posts."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import func, select

from tertulia.model.levels import Level
from tertulia.store.engine import Tx, among, parameter, query
from tertulia.store.schema.posts import posts
from tertulia.store.schema.topics import topic_states

_WATCHERS = query(
    lambda: (
        select(topic_states.c.topic_id, func.count())
        .where(among(topic_states.c.topic_id, "ids"), topic_states.c.level == parameter("level"))
        .group_by(topic_states.c.topic_id)
    )
)
_VOTES = query(
    lambda: select(posts.c.topic_id, posts.c.like_count, posts.c.down_count).where(
        among(posts.c.topic_id, "ids"), posts.c.post_number == 1
    )
)


async def count_watchers(tx: Tx, topic_ids: Iterable[int]) -> dict[int, int]:
    """How many people watch each topic; those that nobody watches are left out."""
    rows = await tx.all(_WATCHERS, ids=sorted(set(topic_ids)), level=int(Level.WATCHING))
    return {row[0]: row[1] for row in rows}


async def count_first_post_votes(tx: Tx, topic_ids: Iterable[int]) -> dict[int, tuple[int, int]]:
    """Votes up and down on the first post of each topic."""
    return {row[0]: (row[1], row[2]) for row in await tx.all(_VOTES, ids=sorted(set(topic_ids)))}
