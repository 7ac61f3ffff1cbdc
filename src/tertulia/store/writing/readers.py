"""Who posted in a topic and how closely its writers follow it, as writing changes it.

What reading changes is in `store/readers/topic_states.py`.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, null, or_, select, update

from tertulia.model.levels import Level
from tertulia.model.topics import Topic
from tertulia.store.engine import Query, Tx, insert_query, parameter, query
from tertulia.store.readers.falling_behind import has_room
from tertulia.store.readers.topic_states import watches_around
from tertulia.store.schema.topics import topic_posters, topic_states


def _posted_again(insert: Any) -> Any:
    last, at = topic_posters.c.last_posted_at, insert.excluded.last_posted_at
    changes = {
        "post_count": topic_posters.c.post_count + insert.excluded.post_count,
        "last_posted_at": case((last < at, at), else_=last),
    }
    return insert.on_conflict_do_update(index_elements=["topic_id", "user_id"], set_=changes)


_POSTED = insert_query(topic_posters, "topic_id", "user_id", "post_count", "last_posted_at", change=_posted_again)
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


def _higher(name: str, value: str) -> ColumnElement[int]:
    column = topic_states.c[name]
    return case((column < parameter(value), parameter(value)), else_=column)


def _follow() -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """The level in a new row, and in one that is there.

    A level that somebody chose stays, above all the muted one; one that follows from category or tags is only
    raised."""
    watches = watches_around(
        user_id=parameter("of_user"), topic_id=parameter("of_topic"), category_id=parameter("of_category")
    )
    level = topic_states.c.level
    raised = or_(and_(level.is_(None), ~watches), level == int(Level.REGULAR))
    wanted: ColumnElement[Any] = parameter("wanted")
    return case((watches, null()), else_=wanted), case((raised, wanted), else_=level)


def _wrote(*, follows: bool) -> Query:
    def change(insert: Any) -> Any:
        changes = {name: _higher(name, "number") for name in ("last_read_post_number", "highest_seen_post_number")}
        changes |= {"level": _follow()[1]} if follows else {}
        caught_up = insert.excluded.maybe_unread == 0
        changes["maybe_unread"] = case((caught_up, 0), else_=topic_states.c.maybe_unread)
        return insert.on_conflict_do_update(index_elements=["topic_id", "user_id"], set_=changes)

    return insert_query(
        topic_states,
        "topic_id",
        "user_id",
        "last_visited_at",
        computed=lambda: {
            **dict.fromkeys(("last_read_post_number", "highest_seen_post_number"), parameter("number")),
            **({"level": _follow()[0]} if follows else {}),
            "maybe_unread": case((has_room("topic_id"), 0), else_=1),
        },
        change=change,
    )


_WROTE = _wrote(follows=False)
_WROTE_AND_FOLLOWS = _wrote(follows=True)
_CLEAR_PIN = query(
    lambda: (
        update(topic_states)
        .where(topic_states.c.topic_id == parameter("of_topic"), topic_states.c.user_id == parameter("of_user"))
        .values(cleared_pinned_at=parameter("cleared"))
    )
)


async def count_post_of(tx: Tx, topic_id: int, user_id: int, *, at: int) -> None:
    """One more post of the user in the topic, written at `at` (ms)."""
    await tx.put(_POSTED, topic_id=topic_id, user_id=user_id, post_count=1, last_posted_at=at)


async def shift_posts_of(tx: Tx, topic_id: int, user_id: int, *, by: int) -> None:
    """Adds to how many posts the user has in the topic."""
    await tx.run(_COUNT, of_topic=topic_id, of_user=user_id, by=by)


async def count_participants(tx: Tx, topic_id: int) -> int:
    """How many users have visible posts in the topic."""
    return int(await tx.value(_PARTICIPANTS, of_topic=topic_id))


async def mark_own_post(tx: Tx, topic: Topic, user_id: int, *, number: int, now: int, level: int | None) -> None:
    """Whoever wrote post `number`, the last of a locked topic, has read up to it; whether they ever opened the topic
    is for reading to say.

    Raises the user's level in the topic to `level` unless the user chose one."""
    places = {"topic_id": topic.id, "user_id": user_id, "number": number, "last_visited_at": now}
    if level is None:
        await tx.put(_WROTE, **places)
        return
    around = {"of_topic": topic.id, "of_user": user_id, "of_category": topic.category_id}
    await tx.put(_WROTE_AND_FOLLOWS, **places, **around, wanted=level)


async def set_cleared_pin(tx: Tx, topic_id: int, user_id: int, *, at: int | None, now: int) -> None:
    """Takes the pin away for one reader, or (with None) shows it again."""
    await tx.run(_OPEN, topic_id=topic_id, user_id=user_id, first_visited_at=None, last_visited_at=None)
    await tx.run(_CLEAR_PIN, of_topic=topic_id, of_user=user_id, cleared=at)
