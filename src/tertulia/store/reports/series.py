"""How many of something began on each day, by ranges of indexes over the time it began.

A source is one statement for days and one for a sum; no statement here reads a table from end to end.
Read next: `people.py` and `responses.py` for what is more than a count, `kept.py` for what is kept.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, FromClause, Select, and_, case, func, literal_column, select

from tertulia.model.posts import PostType
from tertulia.model.topics import Archetype
from tertulia.store.engine import Query, Tx, among, parameter, query
from tertulia.store.schema.groups import group_members
from tertulia.store.schema.posts import bookmarks, posts, votes
from tertulia.store.schema.topics import topics
from tertulia.store.schema.users import user_visits, users

DAY = 86_400_000
QUARTER = 900_000  # of an hour
DAY_LITERAL: ColumnElement[int] = literal_column("86400000")
QUARTER_LITERAL: ColumnElement[int] = literal_column("900000")
_ORDINARY = (topics.c.archetype == int(Archetype.REGULAR), topics.c.deleted_at.is_(None))
# Posts are looked for by their time, never topic by topic, as engines otherwise would where they know no better.
_IN_ORDINARY = (topics.c.archetype + literal_column("0") == int(Archetype.REGULAR), topics.c.deleted_at.is_(None))
_IN_MESSAGES = (topics.c.archetype + literal_column("0") == int(Archetype.MESSAGE), topics.c.deleted_at.is_(None))
_MESSAGES = (topics.c.archetype == int(Archetype.MESSAGE), topics.c.deleted_at.is_(None))
SPOKEN = (posts.c.deleted_at.is_(None), posts.c.post_type == int(PostType.REGULAR))
_IN_CATEGORY = among(topics.c.category_id, "categories")
_LISTED = (*_ORDINARY, topics.c.visible == 1)
_SAID = (
    posts.c.deleted_at.is_(None),
    posts.c.post_type != int(PostType.SMALL_ACTION),
    posts.c.post_type != int(PostType.WHISPER),
)
_OF_TOPICS = posts.join(topics, topics.c.id == posts.c.topic_id)
_OF_VOTES = votes.join(posts, posts.c.id == votes.c.post_id).join(topics, topics.c.id == posts.c.topic_id)
_OF_BOOKMARKS = bookmarks.outerjoin(
    posts, and_(bookmarks.c.subject == "Post", posts.c.id == bookmarks.c.subject_id)
).join(
    topics,
    topics.c.id == case((bookmarks.c.subject == "Topic", bookmarks.c.subject_id), else_=posts.c.topic_id),
)


class Source:
    """Something that is counted. `at` is its time in ms, or (`by_day`) its day since the epoch."""

    def __init__(
        self, at: ColumnElement[int], table: FromClause, *where: ColumnElement[bool], by_day: bool = False
    ) -> None:
        self.by_day = by_day
        self._counted = (at, table, where)
        day = at if by_day else at // DAY_LITERAL
        inside = (at >= parameter("since"), at < parameter("until"), *where)

        def by(span: ColumnElement[int]) -> Select[int, int]:
            counts = select(span.label("span"), func.count()).select_from(table).where(*inside)
            return counts.group_by("span").order_by("span")

        self.days: Query = query(lambda: by(day))
        self.quarters: Query = query(lambda: by(at // QUARTER_LITERAL))
        self.sum: Query = query(lambda: self.between(parameter("since"), parameter("until")))
        self.first: Query = query(lambda: _first(at, where, table))

    def between(self, since: ColumnElement[int], until: ColumnElement[int]) -> Select[int]:
        """How many there are from `since` to before `until`."""
        at, table, where = self._counted
        return select(func.count()).select_from(table).where(at >= since, at < until, *where)


def _first(at: ColumnElement[int], where: Sequence[ColumnElement[bool]], table: FromClause) -> Select[int]:
    return select(at).select_from(table).where(at >= parameter("since"), *where).order_by(at).limit(1)


def _by_category(at: ColumnElement[int], table: FromClause, *where: ColumnElement[bool]) -> Query:
    return query(
        lambda: (
            select((at // DAY_LITERAL).label("on_day"), topics.c.category_id, func.count())
            .select_from(table)
            .where(at >= parameter("since"), at < parameter("until"), topics.c.category_id.is_not(None), *where)
            .group_by("on_day", topics.c.category_id)
            .order_by("on_day", topics.c.category_id)
        )
    )


_PEOPLE = (users.c.id > 0, users.c.staged == 0)
_BY_GROUP = users.join(
    group_members, and_(group_members.c.user_id == users.c.id, group_members.c.group_id == parameter("group"))
)
_VISITS_BY_GROUP = user_visits.join(
    group_members,
    and_(group_members.c.user_id == user_visits.c.user_id, group_members.c.group_id == parameter("group")),
)
_LIKED = votes.c.value == 1

SOURCES: dict[str, Source] = {
    "signups": Source(users.c.created_at, users, *_PEOPLE),
    "topics": Source(topics.c.created_at, topics, *_ORDINARY),
    "posts": Source(posts.c.created_at, _OF_TOPICS, *SPOKEN, *_IN_ORDINARY),
    "likes": Source(votes.c.created_at, votes, _LIKED),
    "bookmarks": Source(bookmarks.c.created_at, bookmarks),
    "visits": Source(user_visits.c.day, user_visits, user_visits.c.user_id > 0, by_day=True),
    "messages": Source(topics.c.created_at, topics, *_MESSAGES, topics.c.user_id > 0),
    "system_messages": Source(topics.c.created_at, topics, *_MESSAGES, topics.c.user_id <= 0),
    "messages_with_replies": Source(
        posts.c.created_at, _OF_TOPICS, *SPOKEN, *_IN_MESSAGES, topics.c.user_id > 0
    ),
    "listed_topics": Source(topics.c.created_at, topics, *_LISTED),
    "listed_posts": Source(posts.c.created_at, _OF_TOPICS, *_SAID, *_IN_ORDINARY),
}  # fmt: skip
# The same, of the categories in the list `categories`.
IN_CATEGORIES: dict[str, Source] = {
    "topics": Source(topics.c.created_at, topics, *_ORDINARY, _IN_CATEGORY),
    "posts": Source(posts.c.created_at, _OF_TOPICS, *SPOKEN, *_IN_ORDINARY, _IN_CATEGORY),
    "likes": Source(votes.c.created_at, _OF_VOTES, _LIKED, _IN_CATEGORY),
    "bookmarks": Source(bookmarks.c.created_at, _OF_BOOKMARKS, _IN_CATEGORY),
}
# The same, each category by itself.
BY_CATEGORY: dict[str, Query] = {
    "topics": _by_category(topics.c.created_at, topics, *_ORDINARY),
    "posts": _by_category(posts.c.created_at, _OF_TOPICS, *SPOKEN, *_IN_ORDINARY),
    "likes": _by_category(votes.c.created_at, _OF_VOTES, _LIKED),
    "bookmarks": _by_category(bookmarks.c.created_at, _OF_BOOKMARKS),
}
# The same, of the members of the group `group`.
IN_GROUP: dict[str, Source] = {
    "signups": Source(users.c.created_at, _BY_GROUP, *_PEOPLE),
    "visits": Source(user_visits.c.day, _VISITS_BY_GROUP, user_visits.c.user_id > 0, by_day=True),
}


async def count_days(
    tx: Tx, name: str, *, first: int, last: int, categories: Sequence[int] = (), group_id: int | None = None
) -> dict[int, int]:
    """How many began on each of the days `first` to `last` (both included, days since the epoch)."""
    source = _source(name, categories=categories, group_id=group_id)
    rows = await tx.all(source.days, **_range(source, first, last), categories=list(categories), group=group_id)
    return {int(row[0]): int(row[1]) for row in rows}


async def count_spans(tx: Tx, name: str, *, since: int, until: int, length: int) -> dict[int, int]:
    """The same from `since` to before `until` (ms) by days or quarters of an hour, whichever is `length` ms."""
    source = SOURCES[name]
    rows = await tx.all(source.days if length == DAY else source.quarters, since=since, until=until)
    return {int(row[0]): int(row[1]) for row in rows}


async def count_between(
    tx: Tx, name: str, *, first: int, last: int, categories: Sequence[int] = (), group_id: int | None = None
) -> int:
    """The same as one number."""
    source = _source(name, categories=categories, group_id=group_id)
    return int(
        await tx.value(source.sum, **_range(source, first, last), categories=list(categories), group=group_id) or 0
    )


async def count_categories(tx: Tx, name: str, *, first: int, last: int) -> dict[tuple[int, int], int]:
    """How many by (day, category id), for what is in `BY_CATEGORY`."""
    rows = await tx.all(BY_CATEGORY[name], since=first * DAY, until=(last + 1) * DAY)
    return {(int(row[0]), int(row[1])): int(row[2]) for row in rows}


async def count_moments(tx: Tx, name: str, *, since: int, until: int) -> int:
    """How many began from `since` to before `until`, ms since the epoch; not for what is counted by day alone."""
    return int(await tx.value(SOURCES[name].sum, since=since, until=until) or 0)


async def find_first_day(tx: Tx, name: str) -> int | None:
    """The day of the oldest; None when there is none."""
    source = SOURCES[name]
    found = await tx.value(source.first, since=0)
    return None if found is None else int(found) if source.by_day else int(found) // DAY


def _source(name: str, *, categories: Sequence[int], group_id: int | None) -> Source:
    if categories and name in IN_CATEGORIES:
        return IN_CATEGORIES[name]
    return IN_GROUP[name] if group_id is not None and name in IN_GROUP else SOURCES[name]


def _range(source: Source, first: int, last: int) -> dict[str, int]:
    scale = 1 if source.by_day else DAY
    return {"since": first * scale, "until": (last + 1) * scale}
