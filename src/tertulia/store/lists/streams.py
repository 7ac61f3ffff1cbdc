"""The stream of a topic: ids, numbers and times of its posts in order, whole or a part of it, from one index.

Whether the reader can see the topic was settled before; `StreamSpec.deleted` says what is shown of deleted posts.
"""

from __future__ import annotations

import functools
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Select, literal_column, or_, select

from tertulia.model.posts import PostType
from tertulia.store.engine import Query, Tx, among, parameter, query
from tertulia.store.schema.posts import posts

HIDE = 0  # deleted posts are not there
FIRST = 1  # a deleted first post is there: what staff see of a deleted topic
SHOW = 2  # deleted posts are there
SUMMARY_POSTS = 50


class StreamSpec(msgspec.Struct, frozen=True, kw_only=True):
    """The form of a stream. Each form is compiled once; what is compared with are parameters."""

    deleted: int = HIDE
    whispers: bool = False
    by_users: bool = False
    replies_to: bool = False
    summary: bool = False


class StreamRow(msgspec.Struct, frozen=True):
    """One post's place in its topic; `created_at` in ms."""

    id: int
    post_number: int
    created_at: int


async def list_stream(
    tx: Tx, topic_id: int, *, spec: StreamSpec, offset: int = 0, limit: int = -1, **values: Any
) -> list[StreamRow]:
    """Places in their order. `limit` -1 = all. `values` may hold `user_ids` and `reply_to`."""
    bounds = {"limit": limit, "offset": offset} if limit >= 0 else {}
    rows = await tx.all(_whole(spec, limit >= 0), topic_id=topic_id, **bounds, **values)
    return [StreamRow(row[0], row[1], row[2]) for row in rows]


async def list_stream_near(
    tx: Tx, topic_id: int, post_number: int, *, spec: StreamSpec, limit: int, **values: Any
) -> list[StreamRow]:
    """At most `limit` places before the number and `limit` from it on, in their order."""
    given = {"topic_id": topic_id, "number": post_number, "limit": limit, **values}
    before = await tx.all(_beside(spec, True), **given)
    after = await tx.all(_beside(spec, False), **given)
    return [StreamRow(row[0], row[1], row[2]) for row in (*reversed(before), *after)]


async def list_stream_after(
    tx: Tx, topic_id: int, post_number: int, *, spec: StreamSpec, limit: int
) -> list[StreamRow]:
    """At most `limit` places with higher numbers, in their order."""
    rows = await tx.all(_beside(spec, False), topic_id=topic_id, number=post_number + 1, limit=limit)
    return [StreamRow(row[0], row[1], row[2]) for row in rows]


async def find_ends(tx: Tx, topic_id: int, *, spec: StreamSpec, **values: Any) -> tuple[int, int]:
    """Ids of the first and of the last post; (0, 0) when there is none."""
    first = await tx.one(_end(spec, False), topic_id=topic_id, **values)
    last = await tx.one(_end(spec, True), topic_id=topic_id, **values)
    return (int(first[0]), int(last[0])) if first and last else (0, 0)


async def has_deleted_posts(tx: Tx, topic_id: int) -> bool:
    """Whether any post but the first is deleted."""
    return await tx.one(_HAS_DELETED, topic_id=topic_id) is not None


_HAS_DELETED = query(
    lambda: (
        select(posts.c.id)
        .where(
            posts.c.topic_id == parameter("topic_id"),
            posts.c.deleted_at > 0,  # what only the index of deleted posts can tell at once
            posts.c.post_number + literal_column("0") > 1,
        )
        .limit(1)
    )
)


@functools.cache
def _whole(spec: StreamSpec, bounded: bool) -> Query:
    def build() -> Select[Any]:
        statement = _select(spec).order_by(posts.c.post_number)
        return statement.limit(parameter("limit")).offset(parameter("offset")) if bounded else statement

    return query(build)


@functools.cache
def _beside(spec: StreamSpec, before: bool) -> Query:
    number = posts.c.post_number
    if before:
        return query(
            lambda: _select(spec).where(number < parameter("number")).order_by(number.desc()).limit(parameter("limit"))
        )
    return query(lambda: _select(spec).where(number >= parameter("number")).order_by(number).limit(parameter("limit")))


@functools.cache
def _end(spec: StreamSpec, last: bool) -> Query:
    number = posts.c.post_number
    return query(lambda: _select(spec).order_by(number.desc() if last else number).limit(1))


def _select(spec: StreamSpec) -> Select[Any]:
    return select(posts.c.id, posts.c.post_number, posts.c.created_at).where(
        posts.c.topic_id == parameter("topic_id"), *_conditions(spec)
    )


def _conditions(spec: StreamSpec) -> list[ColumnElement[bool]]:
    """Filters keep the first post, without which the others make no sense (upstream's rule)."""
    is_first = posts.c.post_number == 1
    found: list[ColumnElement[bool]] = []
    if spec.deleted == HIDE:
        found.append(posts.c.deleted_at.is_(None))
    elif spec.deleted == FIRST:
        found.append(or_(posts.c.deleted_at.is_(None), is_first))
    if not spec.whispers:
        found.append(posts.c.post_type != int(PostType.WHISPER))
    if spec.by_users:
        found.append(or_(is_first, among(posts.c.user_id, "user_ids")))
    if spec.replies_to:
        wanted = parameter("reply_to")
        found.append(or_(is_first, posts.c.post_number == wanted, posts.c.reply_to_post_number == wanted))
    if spec.summary:
        found.append(or_(is_first, posts.c.id.in_(_best_posts())))
    return found


def _best_posts() -> Select[Any]:
    best = posts.alias("best")
    return (
        select(best.c.id)
        .where(best.c.topic_id == parameter("topic_id"), best.c.deleted_at.is_(None))
        .order_by((best.c.like_count * 3 + best.c.reply_count).desc(), best.c.id)
        .limit(SUMMARY_POSTS)
    )
