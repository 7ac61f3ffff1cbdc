"""Who took part, for reports: people by level and kind, on which days somebody was here, spoke or voted first.

Everything reads a range of an index: of a level, of a small partial index, or of days.
"""

from __future__ import annotations

from collections import Counter

from sqlalchemy import ColumnElement, exists, func, literal_column, select, union

from tertulia.model.topics import Archetype
from tertulia.store.accounts.tallies import list_ranks
from tertulia.store.engine import Query, Tx, parameter, query
from tertulia.store.reports.series import DAY, DAY_LITERAL, QUARTER, QUARTER_LITERAL, SPOKEN
from tertulia.store.schema.posts import posts, votes
from tertulia.store.schema.topics import topics
from tertulia.store.schema.users import user_visits, users

_PUBLIC = (topics.c.archetype == int(Archetype.REGULAR), topics.c.deleted_at.is_(None))


def _people(*where: ColumnElement[bool]) -> Query:
    return query(lambda: select(func.count()).select_from(users).where(*where, users.c.id > 0))


def _literally(words: str) -> ColumnElement[bool]:
    """Not a parameter: a partial index is chosen when the statement is prepared."""
    return literal_column(words)


_BY_KIND: dict[str, Query] = {
    "admin": _people(_literally("admin = 1")),
    "moderator": _people(_literally("moderator = 1")),
    "suspended": _people(_literally("suspended_till IS NOT NULL"), users.c.suspended_till > parameter("now")),
    "silenced": _people(_literally("silenced_till IS NOT NULL"), users.c.silenced_till > parameter("now")),
}


def _first_posts(length: ColumnElement[int]) -> Query:
    since, until = parameter("since"), parameter("until")
    recent = (
        select(posts.c.user_id.label("author"), func.min(posts.c.created_at).label("began"))
        .select_from(posts.join(topics, topics.c.id == posts.c.topic_id))
        .where(posts.c.created_at >= since, posts.c.created_at < until, *SPOKEN, posts.c.user_id > 0, *_PUBLIC)
        .group_by(posts.c.user_id)
        .subquery()
    )
    earlier_post, earlier_topic = posts.alias(), topics.alias()
    earlier = exists(
        select(earlier_post.c.id)
        .select_from(earlier_post.join(earlier_topic, earlier_topic.c.id == earlier_post.c.topic_id))
        .where(
            earlier_post.c.user_id == recent.c.author,
            earlier_post.c.created_at < since,
            earlier_post.c.deleted_at.is_(None),
            earlier_post.c.post_type == 1,
            earlier_topic.c.archetype == int(Archetype.REGULAR),
            earlier_topic.c.deleted_at.is_(None),
        )
    )
    span = recent.c.began // length
    return query(lambda: select(span.label("span"), func.count()).where(~earlier).group_by("span").order_by("span"))


def _engaged() -> Query:
    since, until = parameter("since"), parameter("until")
    spoke = (
        select((posts.c.created_at // DAY_LITERAL).label("on_day"), posts.c.user_id.label("person"))
        .select_from(posts.join(topics, topics.c.id == posts.c.topic_id))
        .where(
            posts.c.created_at >= since,
            posts.c.created_at < until,
            *SPOKEN,
            posts.c.user_id > 0,
            topics.c.deleted_at.is_(None),
        )
    )
    liked = select((votes.c.created_at // DAY_LITERAL).label("on_day"), votes.c.user_id.label("person")).where(
        votes.c.value == 1, votes.c.created_at >= since, votes.c.created_at < until, votes.c.user_id > 0
    )
    both = union(spoke, liked).subquery()
    return query(lambda: select(both.c.on_day, func.count()).group_by(both.c.on_day).order_by(both.c.on_day))


_FIRST_POSTS = {DAY: _first_posts(DAY_LITERAL), QUARTER: _first_posts(QUARTER_LITERAL)}
_ENGAGED = _engaged()
_IN_MONTH = query(
    lambda: select(func.count()).select_from(
        select(user_visits.c.user_id)
        .where(
            user_visits.c.day >= parameter("first"), user_visits.c.day <= parameter("last"), user_visits.c.user_id > 0
        )
        .distinct()
        .subquery()
    )
)
_LIKED = query(
    lambda: (
        select((votes.c.created_at // DAY_LITERAL).label("on_day"), posts.c.user_id, func.count())
        .select_from(votes.join(posts, posts.c.id == votes.c.post_id))
        .where(
            votes.c.value == 1,
            votes.c.created_at >= parameter("since"),
            votes.c.created_at < parameter("until"),
            posts.c.user_id > 0,
        )
        .group_by("on_day", posts.c.user_id)
    )
)


async def count_levels(tx: Tx) -> dict[int, int]:
    """People by trust level; the system user and placeholders of imported mail do not count."""
    counts: Counter[int] = Counter()
    for rank in await list_ranks(tx):
        counts[rank.trust_level] += 0 if rank.staged else rank.count
    return {level: count for level, count in sorted(counts.items()) if count}


async def count_kinds(tx: Tx, *, now: int) -> dict[str, int]:
    """How many are `admin`, `moderator`, `suspended` and `silenced` now."""
    return {name: int(await tx.value(statement, now=now) or 0) for name, statement in _BY_KIND.items()}


async def count_new_authors(tx: Tx, *, since: int, until: int, length: int) -> dict[int, int]:
    """How many wrote their first public post from `since` to before `until` (ms), by days or quarters of an hour,
    whichever is `length` ms."""
    rows = await tx.all(_FIRST_POSTS[length], since=since, until=until)
    return {int(row[0]): int(row[1]) for row in rows}


async def count_engaged(tx: Tx, *, first: int, last: int) -> dict[int, int]:
    """By day: how many wrote something, or liked something."""
    rows = await tx.all(_ENGAGED, since=first * DAY, until=(last + 1) * DAY)
    return {int(row[0]): int(row[1]) for row in rows}


async def count_visitors(tx: Tx, *, first: int, last: int) -> int:
    """How many different people were here in these days."""
    return int(await tx.value(_IN_MONTH, first=first, last=last) or 0)


async def count_liked(tx: Tx, *, first: int, last: int) -> dict[tuple[int, int], int]:
    """Likes by (day, id of whose post it is)."""
    rows = await tx.all(_LIKED, since=first * DAY, until=(last + 1) * DAY)
    return {(int(row[0]), int(row[1])): int(row[2]) for row in rows}
