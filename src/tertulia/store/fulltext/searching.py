"""Questions to the full-text index: which posts match, best first. Built once per kind of question.

Both engines get the same words and filters, so they find the same posts; their ranking may differ.
Read next: `clauses.py` (the filters), `rows.py` (what is in the index).
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Generator, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import CTE, ColumnElement, Float, Text, and_, bindparam, func, literal_column, select, text

from tertulia.model.actor import Visibility
from tertulia.store import visibility as visible
from tertulia.store.engine import Database, Query, Tx, parameter, query
from tertulia.store.engine.base import Row
from tertulia.store.engine.query import SQLITE, sqlite_arguments
from tertulia.store.fulltext.clauses import CLAUSES, ORDERS
from tertulia.store.posts_reading import whisper_is_visible
from tertulia.store.schema.columns import INTEGER
from tertulia.store.schema.posts import posts
from tertulia.store.schema.topics import topics

# Without words every post is a candidate: only the newest ones that pass the filters are sorted.
MAXIMUM_CANDIDATES = 10_000
# In the order of the candidates the first of them fill a page, as a rule: so many are tried first for each hit wanted,
# and several times as many where they do not.
CANDIDATES_PER_HIT = 8
_MORE = 5
# With nothing but words the newest matches are candidates, as many as fifty pages can show: to rank each of the hundred
# thousand posts that have a common word takes as long as the forum is large.
MAXIMUM_RANKED = 2_500
# Unless fewer of them are shown, as where most are of one long topic or not to be seen: then every match is ranked.
FEWEST_FOUND = 500
_EVERY = 2**62
_PLAIN = frozenset({"regular", "listed"})
_TITLE_WEIGHT = 8.0
_SQLITE_MATCH = (
    f"SELECT rowid AS post_id, bm25(post_search, {_TITLE_WEIGHT}, 1.0) AS rank "
    "FROM post_search WHERE post_search MATCH :match"
)
_SQLITE_NEWEST = f"{_SQLITE_MATCH} ORDER BY rowid DESC LIMIT :ranked"
_POSTGRESQL_MATCH = (
    "SELECT post_id, -ts_rank_cd(document, CAST(:match AS tsquery)) AS rank "
    "FROM post_search WHERE document @@ CAST(:match AS tsquery)"
)
_POSTGRESQL_NEWEST = (
    "SELECT post_id, -ts_rank_cd(document, CAST(:match AS tsquery)) AS rank FROM (SELECT post_id, document "
    "FROM post_search WHERE document @@ CAST(:match AS tsquery) ORDER BY post_id DESC LIMIT :ranked) newest"
)
_SQLITE_COUNTED = (
    "SELECT COUNT(*) AS matches FROM (SELECT 1 FROM post_search WHERE post_search MATCH :match LIMIT :most)"
)
_POSTGRESQL_COUNTED = (
    "SELECT COUNT(*) AS matches FROM "
    "(SELECT 1 FROM post_search WHERE document @@ CAST(:match AS tsquery) LIMIT :most) found"
)
_POSTGRESQL_IN_TITLE = " AND ts_filter(document, '{a}') @@ CAST(:match AS tsquery)"

_Asking = Generator[tuple[Query, Mapping[str, Any]], Sequence[Row], list[int]]


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of question: `clauses` are keys of CLAUSES, `order` one of ORDERS or "" for the best first."""

    matches: bool = False
    in_title: bool = False
    clauses: tuple[str, ...] = ()
    order: str = ""
    one_per_topic: bool = True

    @property
    def is_plain(self) -> bool:
        """Whether words alone decide what is found, in no order but the best first."""
        return self.matches and not self.in_title and not self.order and _PLAIN.issuperset(self.clauses)


def fill(*, values: Mapping[str, Any], match: str, visibility: Visibility, limit: int, offset: int) -> dict[str, Any]:
    """All parameters of a question: those of its clauses and order (`values`), of visibility, and the page."""
    mine = visibility.user_id if visibility.user_id is not None else 0
    bounds = {"hit_limit": limit, "hit_offset": offset, "candidates": MAXIMUM_CANDIDATES, "ranked": MAXIMUM_RANKED}
    return {**values, **visible.values(visibility), **bounds, "match": match, "me": mine}


async def list_hits(tx: Tx, plan: Plan, *, filled: Mapping[str, Any]) -> list[int]:
    """Ids of matching posts that the reader can see, in order. `filled` comes from `fill`."""
    asking = _ask(plan, tx.engine, filled)
    try:
        statement, parameters = next(asking)
        while True:
            statement, parameters = asking.send(await tx.all(statement, **parameters))
    except StopIteration as answered:
        hits: list[int] = answered.value
        return hits


def _ask(plan: Plan, engine: str, filled: Mapping[str, Any]) -> _Asking:
    """One statement with its parameters after another, until the answer is whole: whoever runs it sends their rows."""
    statement = _query(plan, engine)
    rows: Sequence[Row] = ()
    if plan.is_plain:
        newest = yield statement, {**filled, "hit_limit": filled["ranked"], "hit_offset": 0}
        if len(newest) < FEWEST_FOUND:
            counted = yield _counted(engine), {"match": filled["match"], "most": MAXIMUM_RANKED + 1}
            if int(counted[0][0]) > MAXIMUM_RANKED:
                rows = yield statement, {**filled, "ranked": _EVERY}
                return _ids(rows)
        return _ids(newest)[filled["hit_offset"] : filled["hit_offset"] + filled["hit_limit"]]
    for attempt in _attempts(plan, filled):
        rows = yield statement, attempt
        if _is_whole(rows, attempt):
            break
    return _ids(rows)


def _ids(rows: Sequence[Row]) -> list[int]:
    return [int(row[0]) for row in rows]


def _attempts(plan: Plan, filled: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The parameters to ask with, one after another until the answer is whole; that of the last always is."""
    attempts = [filled]
    if not plan.matches and plan.order == "latest":
        few = (filled["hit_limit"] + filled["hit_offset"]) * CANDIDATES_PER_HIT
        while few < MAXIMUM_CANDIDATES:
            attempts.insert(-1, {**filled, "candidates": few})
            few *= _MORE
    return attempts


def _is_whole(rows: Sequence[Row], attempt: Mapping[str, Any]) -> bool:
    """Whether more candidates would add nothing: the page is full, or there were not as many as were allowed."""
    if rows:
        return len(rows) == attempt["hit_limit"] or int(rows[0][1]) < int(attempt["candidates"])
    return int(attempt["hit_offset"]) == 0


def hits_elsewhere(database: Database, plan: Plan, *, filled: Mapping[str, Any]) -> Callable[[], list[int]] | None:
    """The same as work for a thread, with a connection of its own; None where there is no need or no way.

    It reads what is committed, so a unit that has written asks `list_hits`."""
    if database.engine != SQLITE:
        return None
    from tertulia.store.engine.sqlite import SqliteDatabase

    if not isinstance(database, SqliteDatabase) or ":memory:" in database.path or "mode=memory" in database.path:
        return None

    def work() -> list[int]:
        asking = _ask(plan, SQLITE, filled)
        with database.reading_in_thread() as connection:
            try:
                statement, parameters = next(asking)
                while True:
                    compiled = statement.sqlite()
                    rows = connection.execute(compiled.text, sqlite_arguments(compiled, parameters)).fetchall()
                    statement, parameters = asking.send(rows)
            except StopIteration as answered:
                hits: list[int] = answered.value
                return hits

    return work


@functools.cache
def _counted(engine: str) -> Query:
    """How many posts match, counted only as far as it matters."""
    words = text(_SQLITE_COUNTED if engine == SQLITE else _POSTGRESQL_COUNTED)
    counted = words.bindparams(bindparam("match", type_=Text()), parameter("most"))
    return query(lambda: select(counted.columns(matches=INTEGER).subquery("counted")))


@functools.lru_cache(maxsize=256)
def _query(plan: Plan, engine: str) -> Query:
    return query(lambda: _build(plan, engine))


def _build(plan: Plan, engine: str) -> Any:
    found = _matching(plan, engine) if plan.matches else None
    rank = found.c.rank if found is not None else literal_column("0")
    key = ORDERS[plan.order]() if plan.order else rank
    joined = posts.join(topics, topics.c.id == posts.c.topic_id)
    rows = (
        select(posts.c.id.label("post_id"), posts.c.topic_id.label("topic_id"), key.label("sort_key"))
        .select_from(joined if found is None else joined.join(found, found.c.post_id == posts.c.id))
        .where(_seen(), *(CLAUSES[name]() for name in plan.clauses))
    )
    if found is None:
        rows = rows.order_by(posts.c.created_at.desc(), posts.c.id.desc()).limit(parameter("candidates"))
    inner = rows.subquery("rows")
    place = func.row_number().over(partition_by=inner.c.topic_id, order_by=(inner.c.sort_key, inner.c.post_id.desc()))
    seen = literal_column("0") if found is not None else func.count().over()
    columns = (inner.c.post_id, inner.c.sort_key, place.label("place"), seen.label("candidates"))
    placed = select(*columns).subquery("placed")
    answer = select(placed.c.post_id, placed.c.candidates).order_by(placed.c.sort_key, placed.c.post_id.desc())
    if plan.one_per_topic:
        answer = answer.where(placed.c.place == 1)
    return answer.limit(parameter("hit_limit")).offset(parameter("hit_offset"))


def _matching(plan: Plan, engine: str) -> CTE:
    if plan.is_plain:
        newest = text(_SQLITE_NEWEST if engine == SQLITE else _POSTGRESQL_NEWEST)
        matching = newest.bindparams(bindparam("match", type_=Text()), parameter("ranked"))
        return matching.columns(post_id=INTEGER, rank=Float(53)).cte("found").prefix_with("MATERIALIZED")
    words = _SQLITE_MATCH if engine == SQLITE else _POSTGRESQL_MATCH
    if plan.in_title and engine != SQLITE:
        words += _POSTGRESQL_IN_TITLE
    matching = text(words).bindparams(bindparam("match", type_=Text()))
    # Materialized: FTS5 can only rank in the very statement that matches.
    return matching.columns(post_id=INTEGER, rank=Float(53)).cte("found").prefix_with("MATERIALIZED")


def _seen() -> ColumnElement[bool]:
    """Like everywhere else; and nobody, staff included, finds what is deleted or hidden."""
    return and_(
        visible.topic_is_visible(),
        whisper_is_visible(),
        topics.c.deleted_at.is_(None),
        posts.c.deleted_at.is_(None),
        posts.c.user_deleted == 0,
        posts.c.hidden == 0,
    )
