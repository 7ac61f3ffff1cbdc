"""Who posted in a topic and how closely its writers follow it, as writing changes it.

What reading changes is in `store/readers/topic_states.py`.
"""

from __future__ import annotations

from sqlalchemy import and_, case, func, or_, select, update

from tertulia.model.levels import Level
from tertulia.store.engine import Tx, insert_query, parameter, query, upsert_query
from tertulia.store.readers.topic_states import watches_around
from tertulia.store.schema.topics import topic_posters, topic_states

_POSTED = upsert_query(
    topic_posters,
    columns=("topic_id", "user_id", "post_count", "last_posted_at"),
    key=("topic_id", "user_id"),
    update=("last_posted_at",),
    add=("post_count",),
)
_COUNT = query(
    lambda: (
        update(topic_posters)
        .where(topic_posters.c.topic_id == parameter("of_topic"), topic_posters.c.user_id == parameter("of_user"))
        .values(post_count=topic_posters.c.post_count + parameter("by"))
    )
)
_PARTICIPANTS = query(
    lambda: select(func.count()).where(
        topic_posters.c.topic_id == parameter("of_topic"), topic_posters.c.post_count > 0
    )
)
_OPEN = insert_query(topic_states, "topic_id", "user_id", "first_visited_at", "last_visited_at", ignore=True)


def _higher(name: str, value: str) -> object:
    column = topic_states.c[name]
    return case((column < parameter(value), parameter(value)), else_=column)


_READ = query(
    lambda: (
        update(topic_states)
        .where(topic_states.c.topic_id == parameter("of_topic"), topic_states.c.user_id == parameter("of_user"))
        .values(
            last_read_post_number=_higher("last_read_post_number", "number"),
            highest_seen_post_number=_higher("highest_seen_post_number", "number"),
        )
    )
)
_TRACK = query(
    lambda: (
        update(topic_states)
        .where(
            topic_states.c.topic_id == parameter("of_topic"),
            topic_states.c.user_id == parameter("of_user"),
            # A level that somebody chose stays, above all the muted one; one that follows from category or tags is
            # only raised.
            or_(and_(topic_states.c.level.is_(None), ~watches_around()), topic_states.c.level == int(Level.REGULAR)),
        )
        .values(level=parameter("wanted"))
    )
)
_CLEAR_PIN = query(
    lambda: (
        update(topic_states)
        .where(topic_states.c.topic_id == parameter("of_topic"), topic_states.c.user_id == parameter("of_user"))
        .values(cleared_pinned_at=parameter("cleared"))
    )
)


async def count_post_of(tx: Tx, topic_id: int, user_id: int, *, at: int) -> None:
    """One more post of the user in the topic, written at `at` (ms)."""
    await tx.run(_POSTED, topic_id=topic_id, user_id=user_id, post_count=1, last_posted_at=at)


async def shift_posts_of(tx: Tx, topic_id: int, user_id: int, *, by: int) -> None:
    """Adds to how many posts the user has in the topic."""
    await tx.run(_COUNT, of_topic=topic_id, of_user=user_id, by=by)


async def count_participants(tx: Tx, topic_id: int) -> int:
    """How many users have visible posts in the topic."""
    return int(await tx.value(_PARTICIPANTS, of_topic=topic_id))


async def mark_own_post_read(tx: Tx, topic_id: int, user_id: int, *, number: int, now: int) -> None:
    """Whoever wrote post `number` has read up to it; whether they ever opened the topic is for reading to say."""
    await tx.run(_OPEN, topic_id=topic_id, user_id=user_id, first_visited_at=None, last_visited_at=now)
    await tx.run(_READ, of_topic=topic_id, of_user=user_id, number=number)


async def follow_topic(tx: Tx, topic_id: int, user_id: int, *, level: int) -> None:
    """Raises the user's level in the topic unless the user chose one. The row must be there."""
    await tx.run(_TRACK, of_topic=topic_id, of_user=user_id, wanted=level)


async def set_cleared_pin(tx: Tx, topic_id: int, user_id: int, *, at: int | None, now: int) -> None:
    """Takes the pin away for one reader, or (with None) shows it again."""
    await tx.run(_OPEN, topic_id=topic_id, user_id=user_id, first_visited_at=None, last_visited_at=None)
    await tx.run(_CLEAR_PIN, of_topic=topic_id, of_user=user_id, cleared=at)
