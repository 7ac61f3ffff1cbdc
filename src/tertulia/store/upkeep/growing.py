"""Counters of people, categories, tags and topics that grow with what a load puts, in the same transaction.

For `forum/loading` only. Each function takes what is to be added, so that it does not matter what was there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import case, func, select, update

from tertulia.store.engine import Query, Tx, parameter, query, upsert_query
from tertulia.store.engine.query import SQLITE
from tertulia.store.schema.categories import categories
from tertulia.store.schema.posts import posts
from tertulia.store.schema.tags import tags
from tertulia.store.schema.topics import topic_posters, topic_states, topics
from tertulia.store.schema.users import users

_ADDED = ("posts_count", "reply_count", "like_count", "word_count", "views")
_SET = (
    "highest_post_number", "last_post_id", "last_post_user_id", "last_posted_at", "bumped_at", "updated_at",
    "participant_count", "closed",
)  # fmt: skip
_TOPIC = query(
    lambda: (
        update(topics)
        .where(topics.c.id == parameter("of_topic"))
        .values(
            {name: topics.c[name] + parameter(f"new_{name}") for name in _ADDED}
            | {name: parameter(f"new_{name}") for name in _SET}
        )
    )
)
_OPEN_LAST = query(
    lambda: (
        update(topics)
        .where(
            topics.c.id
            == select(func.max(topics.c.id))
            .where(topics.c.id > parameter("after"), topics.c.id <= parameter("to"))
            .scalar_subquery(),
            topics.c.closed == 1,
        )
        .values(closed=0)
    )
)
_USER = query(
    lambda: (
        update(users)
        .where(users.c.id == parameter("of_user"))
        .values(
            post_count=users.c.post_count + parameter("posted"),
            topic_count=users.c.topic_count + parameter("began"),
            likes_received=users.c.likes_received + parameter("received"),
            likes_given=users.c.likes_given + parameter("given"),
            last_posted_at=case(
                (func.coalesce(users.c.last_posted_at, 0) < parameter("latest"), parameter("latest")),
                else_=users.c.last_posted_at,
            ),
        )
    )
)
# One statement instead of one a person; locks are taken in the order of the ids.
_USERS_AT_ONCE = (
    "WITH more AS (SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], "
    "$6::bigint[]) AS more (id, posted, began, received, given, latest)), "
    "locked AS MATERIALIZED (SELECT users.id FROM users JOIN more ON more.id = users.id ORDER BY users.id FOR UPDATE) "
    "UPDATE users SET post_count = users.post_count + more.posted, topic_count = users.topic_count + more.began, "
    "likes_received = users.likes_received + more.received, likes_given = users.likes_given + more.given, "
    "last_posted_at = CASE WHEN coalesce(users.last_posted_at, 0) < more.latest THEN more.latest "
    "ELSE users.last_posted_at END FROM more JOIN locked ON locked.id = more.id WHERE users.id = more.id"
)
_LATEST_BEGUN = (
    select(topics.c.created_at).where(topics.c.id == categories.c.latest_topic_id).correlate(categories)
).scalar_subquery()
_LATEST_BUMPED = (
    select(topics.c.bumped_at)
    .select_from(topics.join(posts, posts.c.topic_id == topics.c.id))
    .where(posts.c.id == categories.c.latest_post_id)
    .correlate(categories)
).scalar_subquery()
_CATEGORY = query(
    lambda: (
        update(categories)
        .where(categories.c.id == parameter("of_category"))
        .values(
            topic_count=categories.c.topic_count + parameter("began"),
            post_count=categories.c.post_count + parameter("posted"),
            latest_topic_id=case(
                (func.coalesce(_LATEST_BEGUN, -1) <= parameter("begun_at"), parameter("topic_id")),
                else_=categories.c.latest_topic_id,
            ),
            latest_post_id=case(
                (func.coalesce(_LATEST_BUMPED, -1) <= parameter("bumped_at"), parameter("post_id")),
                else_=categories.c.latest_post_id,
            ),
        )
    )
)
_TAG = query(
    lambda: (
        update(tags)
        .where(tags.c.id == parameter("of_tag"))
        .values(topic_count=func.coalesce(tags.c.topic_count, 0) + parameter("by"))
    )
)
_POSTED_COLUMNS = ("topic_id", "user_id", "post_count", "last_posted_at")
_POSTED = upsert_query(
    topic_posters, columns=_POSTED_COLUMNS, key=("topic_id", "user_id"), update=("last_posted_at",), add=("post_count",)
)
_READ_COLUMNS = (
    "topic_id", "user_id", "last_read_post_number", "highest_seen_post_number", "level", "first_visited_at",
    "last_visited_at", "maybe_unread",
)  # fmt: skip
_READ = upsert_query(
    topic_states,
    columns=_READ_COLUMNS,
    key=("topic_id", "user_id"),
    update=("last_read_post_number", "highest_seen_post_number", "last_visited_at", "maybe_unread"),
)


async def grow_topics(tx: Tx, changes: Iterable[Mapping[str, int]]) -> None:
    """Each has `topic_id` and the columns of `_ADDED` (added to what is there) and `_SET` (as they are to be)."""
    await tx.many(
        _TOPIC,
        [{"of_topic": each["topic_id"]} | {f"new_{name}": each[name] for name in (*_ADDED, *_SET)} for each in changes],
    )


async def open_last_topic(tx: Tx, *, after: int, to: int) -> None:
    """Opens the topic with the highest id in this range, which is closed while more of its posts are to come."""
    await tx.run(_OPEN_LAST, after=after, to=to)


async def grow_users(tx: Tx, changes: Mapping[int, Sequence[int]]) -> None:
    """By user: posts, topics, likes received, likes given, and the time (ms) of the last post or 0."""
    people = sorted(changes.items())
    if people and tx.engine != SQLITE:
        await tx.text(
            _USERS_AT_ONCE, [user for user, _ in people], *map(list, zip(*(each for _, each in people), strict=True))
        )
        return
    rows = [
        {"of_user": user, "posted": each[0], "began": each[1], "received": each[2], "given": each[3], "latest": each[4]}
        for user, each in people
    ]
    await tx.many(_USER, rows)


async def grow_categories(tx: Tx, changes: Sequence[Mapping[str, int]]) -> None:
    """Each has the parameters of `_CATEGORY`: more topics and posts, and the newest topic begun and post that brought
    one up (with their times in ms), which count if nothing there is newer."""
    await tx.many(_CATEGORY, changes)


async def grow_tags(tx: Tx, topics: Mapping[int, int]) -> None:
    """More public topics by tag."""
    await tx.many(_TAG, [{"of_tag": tag, "by": by} for tag, by in sorted(topics.items())])


async def grow_posters(tx: Tx, rows: Sequence[Mapping[str, int]]) -> None:
    """Who wrote how many more posts in which topic, the last of them when."""
    await _put_all(tx, _POSTED, rows, columns=_POSTED_COLUMNS)


async def grow_states(tx: Tx, rows: Sequence[Mapping[str, int | None]]) -> None:
    """How far people have read; the level of somebody who is known in the topic stays."""
    await _put_all(tx, _READ, rows, columns=_READ_COLUMNS)


async def _put_all(tx: Tx, upsert: Query, rows: Sequence[Mapping[str, Any]], *, columns: Sequence[str]) -> None:
    """PostgreSQL: one statement for all rows, of which each has a key of its own; the upsert's, but for its values."""
    if not rows or tx.engine == SQLITE:
        await tx.many(upsert, rows)
        return
    before, _, rest = upsert.postgresql().text.partition(" VALUES (")
    after = rest.partition(") ")[2]
    lists = ", ".join(f"${place}::bigint[]" for place in range(1, len(columns) + 1))
    await tx.text(f"{before} SELECT * FROM unnest({lists}) {after}", *([row[name] for row in rows] for name in columns))
