"""What readers did with topics: read state, levels, cleared pins; and the views that are counted in bulk."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from sqlalchemy import ColumnElement, Update, and_, case, exists, func, or_, select, update

from tertulia.model.levels import Level, Subject
from tertulia.model.topics import TopicState
from tertulia.store.engine import Mapper, Tx, among, insert_query, parameter, query, upsert_query
from tertulia.store.readers.falling_behind import has_room
from tertulia.store.schema.posts import posts
from tertulia.store.schema.tags import levels, topic_tags
from tertulia.store.schema.topics import topic_states, topics
from tertulia.store.schema.users import user_visits, users

STATE = Mapper(TopicState, topic_states)


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody read a topic up to a post, for some ms. A reader who has chosen no level tracks the topic after
    `track_after` ms of reading in all."""

    topic_id: int
    user_id: int
    post_number: int
    milliseconds: int
    track_after: int


_FIND = query(
    lambda: select(*STATE.columns).where(
        topic_states.c.topic_id == parameter("topic_id"), topic_states.c.user_id == parameter("user_id")
    )
)
_LIST = query(
    lambda: select(*STATE.columns).where(
        among(topic_states.c.topic_id, "ids"), topic_states.c.user_id == parameter("user_id")
    )
)
_OF = and_(topic_states.c.topic_id == parameter("topic_id"), topic_states.c.user_id == parameter("user_id"))
_BEGIN = insert_query(topic_states, "topic_id", "user_id", ignore=True)


def _greatest(name: str) -> ColumnElement[int]:
    column, given = topic_states.c[name], parameter(name)
    return case((column > given, column), else_=given)


def watches_around(
    *,
    user_id: ColumnElement[int] = topic_states.c.user_id,
    topic_id: ColumnElement[int] = topic_states.c.topic_id,
    category_id: ColumnElement[int] | None = None,
) -> ColumnElement[bool]:
    """Whether the reader of a row watches the topic's category or one of its tags: tracking would be less.

    A `category_id` that is known need not be looked up."""
    by_category = select(levels.c.user_id).where(
        levels.c.user_id == user_id,
        levels.c.subject == int(Subject.CATEGORY),
        levels.c.level == int(Level.WATCHING),
    )
    if category_id is None:
        by_category = by_category.where(levels.c.subject_id == topics.c.category_id, topics.c.id == topic_id)
    else:
        by_category = by_category.where(levels.c.subject_id == category_id)
    by_tag = select(levels.c.user_id).where(
        levels.c.user_id == user_id,
        levels.c.subject == int(Subject.TAG),
        levels.c.level == int(Level.WATCHING),
        levels.c.subject_id == topic_tags.c.tag_id,
        topic_tags.c.topic_id == topic_id,
    )
    return or_(exists(by_category.correlate(topic_states)), exists(by_tag.correlate(topic_states)))


_TIME = topic_states.c.total_time_read + parameter("milliseconds")


def _read() -> Update:
    last_read = _greatest("last_read_post_number")
    level = case(
        (
            and_(topic_states.c.level.is_(None), parameter("track_after") <= _TIME, ~watches_around()),
            int(Level.TRACKING),
        ),
        else_=topic_states.c.level,
    )
    highest = select(topics.c.highest_post_number).where(topics.c.id == parameter("topic_id")).scalar_subquery()
    caught_up = and_(level >= int(Level.TRACKING), last_read >= highest, has_room("topic_id"))
    return (
        update(topic_states)
        .where(_OF)
        .values(
            last_read_post_number=last_read,
            highest_seen_post_number=_greatest("highest_seen_post_number"),
            first_visited_at=func.coalesce(topic_states.c.first_visited_at, parameter("now")),
            last_visited_at=parameter("now"),
            total_time_read=_TIME,
            level=level,
            maybe_unread=case((caught_up, 0), else_=topic_states.c.maybe_unread),
        )
    )


_READ = query(_read)
_UNREAD = query(
    lambda: (
        update(topic_states)
        .where(_OF, topic_states.c.last_read_post_number > parameter("last_read"))
        .values(
            last_read_post_number=parameter("last_read"),
            highest_seen_post_number=parameter("last_read"),
            maybe_unread=1,
        )
    )
)
_SAVE_LEVEL = upsert_query(
    topic_states, columns=("topic_id", "user_id", "level"), key=("topic_id", "user_id"), update=("level",)
)
_DISMISS = upsert_query(
    topic_states,
    columns=("topic_id", "user_id", "highest_seen_post_number"),
    key=("topic_id", "user_id"),
    update=("highest_seen_post_number",),
)
_COUNT_READS = query(
    lambda: (
        update(posts)
        .where(
            posts.c.topic_id == parameter("topic_id"),
            among(posts.c.post_number, "numbers"),
            posts.c.user_id != parameter("user_id"),
        )
        .values(reads=posts.c.reads + 1)
    )
)
_COUNT_USER = query(
    lambda: (
        update(users)
        .where(users.c.id == parameter("user_id"))
        .values(
            posts_read=users.c.posts_read + parameter("posts"),
            time_read=users.c.time_read + parameter("milliseconds"),
            topics_entered=users.c.topics_entered + parameter("topics"),
        )
    )
)
_BEGIN_DAY = insert_query(user_visits, "user_id", "day", ignore=True)
_VISIT_DAY = query(
    lambda: update(users).where(users.c.id == parameter("user_id")).values(days_visited=users.c.days_visited + 1)
)
_COUNT_DAY = query(
    lambda: (
        update(user_visits)
        .where(user_visits.c.user_id == parameter("user_id"), user_visits.c.day == parameter("day"))
        .values(
            posts_read=user_visits.c.posts_read + parameter("posts"),
            time_read=user_visits.c.time_read + parameter("milliseconds"),
        )
    )
)


async def find_state(tx: Tx, topic_id: int, user_id: int) -> TopicState | None:
    """What one reader did with one topic; None when nothing."""
    return STATE.maybe(await tx.one(_FIND, topic_id=topic_id, user_id=user_id))


async def list_states(tx: Tx, user_id: int, topic_ids: Iterable[int]) -> dict[int, TopicState]:
    """What one reader did with many topics, by topic id."""
    rows = await tx.all(_LIST, user_id=user_id, ids=sorted(set(topic_ids)))
    return {state.topic_id: state for state in STATE.all(rows)}


async def save_reading(tx: Tx, reading: Reading, *, now: int) -> None:
    """Notes what was read; never backwards. The topic is locked: whoever has read all of it is noted as such."""
    await tx.run(_BEGIN, topic_id=reading.topic_id, user_id=reading.user_id)
    await tx.run(
        _READ,
        topic_id=reading.topic_id,
        user_id=reading.user_id,
        last_read_post_number=reading.post_number,
        highest_seen_post_number=reading.post_number,
        milliseconds=reading.milliseconds,
        track_after=reading.track_after,
        now=now,
    )


async def save_unread(tx: Tx, topic_id: int, user_id: int, *, last_read: int) -> None:
    """Lets a reader have read no further than `last_read`."""
    await tx.run(_UNREAD, topic_id=topic_id, user_id=user_id, last_read=last_read)


async def save_topic_level(tx: Tx, topic_id: int, user_id: int, level: int | None) -> None:
    """Sets how closely somebody follows a topic."""
    await tx.run(_SAVE_LEVEL, topic_id=topic_id, user_id=user_id, level=level)


async def save_dismissed(tx: Tx, user_id: int, topics: Iterable[tuple[int, int]]) -> None:
    """Makes (topic id, highest post number) no longer new for somebody, without having been read."""
    await tx.many(
        _DISMISS,
        [
            {"topic_id": topic_id, "user_id": user_id, "highest_seen_post_number": max(highest, 1)}
            for topic_id, highest in sorted(topics)
        ],
    )


async def count_reads(tx: Tx, reading: Reading, *, numbers: Iterable[int], entered: bool, day: int) -> None:
    """Adds a reading to the posts with the numbers (a reader's own do not count), the reader and the day (since the
    epoch), which counts as visited. `entered`: the reader had never opened the topic."""
    read, reader = sorted(set(numbers)), reading.user_id
    if read:
        await tx.run(_COUNT_READS, topic_id=reading.topic_id, user_id=reader, numbers=read)
    spent = {"posts": len(read), "milliseconds": reading.milliseconds}
    # The user's row, which this changes, is locked before the day's row is looked at, here as in the batch.
    await tx.run(_COUNT_USER, user_id=reader, topics=int(entered), **spent)
    if await tx.run(_BEGIN_DAY, user_id=reader, day=day) == 1:
        await tx.run(_VISIT_DAY, user_id=reader)
    await tx.run(_COUNT_DAY, user_id=reader, day=day, **spent)
