"""What each person did since a moment, for the directory: ranges of indexes over the time, a few days at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, func, or_, select

from tertulia.model.posts import PostType
from tertulia.model.topics import Archetype
from tertulia.store.accounts.lists import ESCAPE, contains
from tertulia.store.engine import Query, Tx, among, parameter, query
from tertulia.store.lists.clauses import members_of_group, members_of_role
from tertulia.store.schema.posts import posts, votes
from tertulia.store.schema.topics import topic_states, topics
from tertulia.store.schema.users import user_visits, users

_PUBLIC = (topics.c.archetype == int(Archetype.REGULAR), topics.c.deleted_at.is_(None))
_SPOKEN = (posts.c.deleted_at.is_(None), posts.c.post_type == int(PostType.REGULAR))
_OF_POSTS = posts.join(topics, topics.c.id == posts.c.topic_id)
_OF_VOTES = votes.join(posts, posts.c.id == votes.c.post_id).join(topics, topics.c.id == posts.c.topic_id)
_LIKED = (votes.c.value == 1, *_SPOKEN, *_PUBLIC)


def _by_person(
    person: ColumnElement[int], at: ColumnElement[int], table: FromClause, *where: ColumnElement[bool]
) -> Query:
    inside = and_(at >= parameter("since"), at < parameter("until"), person > 0, *where)
    return query(lambda: select(person, func.count()).select_from(table).where(inside).group_by(person))


KINDS: dict[str, Query] = {
    "topic_count": _by_person(topics.c.user_id, topics.c.created_at, topics, *_PUBLIC),
    "post_count": _by_person(
        posts.c.user_id, posts.c.created_at, _OF_POSTS, *_SPOKEN, *_PUBLIC, posts.c.post_number > 1
    ),
    "likes_given": _by_person(votes.c.user_id, votes.c.created_at, _OF_VOTES, *_LIKED),
    "likes_received": _by_person(posts.c.user_id, votes.c.created_at, _OF_VOTES, *_LIKED),
}
TOTALS = (
    "likes_received", "likes_given", "topics_entered", "topic_count", "post_count", "posts_read", "days_visited",
)  # fmt: skip
_VISITS = query(
    lambda: (
        select(user_visits.c.user_id, func.count(), func.sum(user_visits.c.posts_read))
        .where(user_visits.c.day >= parameter("first"), user_visits.c.day <= parameter("last"))
        .where(user_visits.c.user_id > 0)
        .group_by(user_visits.c.user_id)
    )
)
_ENTERED = query(
    lambda: (
        select(topic_states.c.user_id, func.count())
        .where(
            among(topic_states.c.user_id, "ids"),
            topic_states.c.last_visited_at >= parameter("since"),
            topic_states.c.first_visited_at >= parameter("since"),
        )
        .group_by(topic_states.c.user_id)
    )
)
_MEMBER = (
    users.c.id > 0,
    users.c.active == 1,
    users.c.staged == 0,
    or_(users.c.suspended_till.is_(None), users.c.suspended_till <= parameter("now")),
)
_EVERYBODY = query(lambda: select(users.c.id).where(*_MEMBER).order_by(users.c.id))
_NAMED = query(
    lambda: (
        select(users.c.id)
        .where(
            *_MEMBER,
            or_(
                users.c.username_key.like(parameter("pattern", str), escape=ESCAPE),
                func.lower(users.c.name).like(parameter("pattern", str), escape=ESCAPE),
            ),
        )
        .order_by(users.c.id)
    )
)


_TOTALS = query(
    lambda: (
        select(users.c.id, *(users.c[name] for name in TOTALS))
        .where(*_MEMBER, users.c.id > parameter("after"))
        .order_by(users.c.id)
        .limit(parameter("limit"))
    )
)
_OF_GROUP = query(members_of_group)
_OF_ROLE = query(members_of_role)


async def count_by_person(tx: Tx, kind: str, *, since: int, until: int) -> dict[int, int]:
    """How many of a kind (see `KINDS`) by user id, from `since` to before `until` (ms). Messages do not count."""
    return {int(row[0]): int(row[1]) for row in await tx.all(KINDS[kind], since=since, until=until)}


async def count_visits(tx: Tx, *, first: int, last: int) -> dict[int, tuple[int, int]]:
    """Days here and posts read by user id, in the days `first` to `last` since the epoch, both included."""
    rows = await tx.all(_VISITS, first=first, last=last)
    return {int(row[0]): (int(row[1]), int(row[2])) for row in rows}


async def count_entered(tx: Tx, ids: list[int], *, since: int) -> dict[int, int]:
    """How many topics these people opened for the first time, by user id."""
    return {int(row[0]): int(row[1]) for row in await tx.all(_ENTERED, ids=ids, since=since)}


async def list_member_ids(tx: Tx, *, now: int, term: str = "") -> list[int]:
    """Everybody active and not suspended, oldest first; with a term (in its normal form) whose name contains it."""
    values: dict[str, Any] = {"now": now}
    if not term:
        return [int(row[0]) for row in await tx.all(_EVERYBODY, **values)]
    return [int(row[0]) for row in await tx.all(_NAMED, **values, pattern=contains(term))]


async def list_totals(tx: Tx, *, now: int, after: int, limit: int) -> list[tuple[int, ...]]:
    """(user id, what `TOTALS` names) of everybody after this id."""
    rows = await tx.all(_TOTALS, now=now, after=after, limit=limit)
    return [tuple(int(value) for value in row) for row in rows]


async def list_ids_of_group(tx: Tx, values: Mapping[str, int], *, of_role: bool) -> set[int]:
    """Who is in a group; of built-in ones with `role_values`, of others with `members_of`."""
    return {int(row[0]) for row in await tx.all(_OF_ROLE if of_role else _OF_GROUP, **values)}
