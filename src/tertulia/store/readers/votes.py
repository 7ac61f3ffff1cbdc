"""Votes: one per post and user, and the counters that follow from them."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import delete, select, update

from tertulia.model.posts import Post
from tertulia.model.users import UserCard
from tertulia.store.cards import CARD
from tertulia.store.engine import Tx, among, hidden, parameter, query, upsert_query
from tertulia.store.schema.posts import posts, votes
from tertulia.store.schema.topics import topics
from tertulia.store.schema.users import users

_FIND = query(
    lambda: select(votes.c.value, votes.c.created_at).where(
        votes.c.post_id == parameter("post_id"), votes.c.user_id == parameter("user_id")
    )
)
_MINE = query(
    lambda: select(votes.c.post_id, votes.c.value, votes.c.created_at).where(
        among(votes.c.post_id, "ids"), votes.c.user_id == parameter("user_id")
    )
)
_SAVE = upsert_query(
    votes,
    columns=("post_id", "user_id", "topic_id", "value", "created_at"),
    key=("post_id", "user_id"),
    update=("value", "created_at"),
)
_DELETE = query(
    lambda: delete(votes).where(votes.c.post_id == parameter("post_id"), votes.c.user_id == parameter("user_id"))
)
_VOTERS = query(
    lambda: (
        select(*CARD.columns)
        .select_from(votes.join(users, users.c.id == votes.c.user_id))
        .where(votes.c.post_id == parameter("post_id"), hidden(votes.c.value) == parameter("value"))
        .order_by(votes.c.created_at, votes.c.user_id)
        .limit(parameter("limit"))
        .offset(parameter("offset"))
    )
)
_LIKED_TOPICS = query(
    lambda: (
        # One like of each topic is looked for, as somebody may have given hundreds to a topic; with EXISTS, PostgreSQL
        # may read all that they ever liked.
        select(topics.c.id).where(
            among(topics.c.id, "ids"),
            select(votes.c.post_id)
            .where(
                votes.c.user_id == parameter("user_id"),
                votes.c.topic_id == topics.c.id,
                hidden(votes.c.value) == 1,  # not the index of everybody's likes
            )
            .limit(1)
            .scalar_subquery()
            .is_not(None),
        )
    )
)
_COUNT_POST = query(
    lambda: (
        update(posts)
        .where(posts.c.id == parameter("post_id"))
        .values(like_count=posts.c.like_count + parameter("up"), down_count=posts.c.down_count + parameter("down"))
    )
)
_COUNT_TOPIC = query(
    lambda: (
        update(topics)
        .where(topics.c.id == parameter("topic_id"))
        .values(
            like_count=topics.c.like_count + parameter("up"),
            first_post_like_count=topics.c.first_post_like_count + parameter("first_up"),
            version=topics.c.version + 1,
        )
    )
)
_COUNT_USER = query(
    lambda: (
        update(users)
        .where(users.c.id == parameter("user_id"))
        .values(
            likes_given=users.c.likes_given + parameter("given"),
            likes_received=users.c.likes_received + parameter("received"),
            down_votes_received=users.c.down_votes_received + parameter("down_received"),
        )
    )
)


async def find_vote(tx: Tx, post_id: int, user_id: int) -> tuple[int, int] | None:
    """(value, created_at) of somebody's vote on a post."""
    row = await tx.one(_FIND, post_id=post_id, user_id=user_id)
    return (int(row[0]), int(row[1])) if row else None


async def list_votes_of(tx: Tx, user_id: int, post_ids: Iterable[int]) -> dict[int, tuple[int, int]]:
    """(value, created_at) of somebody's votes, by post id."""
    rows = await tx.all(_MINE, user_id=user_id, ids=sorted(set(post_ids)))
    return {int(row[0]): (int(row[1]), int(row[2])) for row in rows}


async def list_liked_topics(tx: Tx, user_id: int, topic_ids: Iterable[int]) -> set[int]:
    """Those of the topics in which somebody likes a post."""
    rows = await tx.all(_LIKED_TOPICS, user_id=user_id, ids=sorted(set(topic_ids)))
    return {int(row[0]) for row in rows}


async def save_vote(tx: Tx, post: Post, user_id: int, *, value: int, now: int) -> None:
    """Sets somebody's vote (1 or -1)."""
    await tx.run(_SAVE, post_id=post.id, user_id=user_id, topic_id=post.topic_id, value=value, created_at=now)


async def delete_vote(tx: Tx, post_id: int, user_id: int) -> None:
    await tx.run(_DELETE, post_id=post_id, user_id=user_id)


async def list_voters(tx: Tx, post_id: int, *, value: int, offset: int, limit: int) -> tuple[UserCard, ...]:
    """Who voted `value` on a post, the earliest first."""
    rows = await tx.all(_VOTERS, post_id=post_id, value=value, offset=offset, limit=limit)
    return tuple(CARD.all(rows))


async def count_vote_on_post(tx: Tx, post_id: int, *, up: int, down: int) -> None:
    """Adds to the counters of a post (differences, may be negative)."""
    await tx.run(_COUNT_POST, post_id=post_id, up=up, down=down)


async def count_vote_on_topic(tx: Tx, topic_id: int, *, up: int, first_up: int) -> None:
    """Adds to the counters of a topic; `first_up` is the part of its first post."""
    await tx.run(_COUNT_TOPIC, topic_id=topic_id, up=up, first_up=first_up)


async def count_vote_on_user(tx: Tx, user_id: int, *, given: int, received: int, down_received: int) -> None:
    """Adds to the counters of a user."""
    await tx.run(_COUNT_USER, user_id=user_id, given=given, received=received, down_received=down_received)
