"""Questions to the full-text index: which posts match, best first. Built once per kind of question.

Both engines get the same words and filters, so they find the same posts; their ranking may differ.
Read next: `clauses.py` (the filters), `rows.py` (what is in the index).
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import CTE, ColumnElement, Text, and_, bindparam, func, literal_column, select, text

from tertulia.model.actor import Visibility
from tertulia.store import visibility as visible
from tertulia.store.engine import Database, Query, Tx, parameter, query
from tertulia.store.engine.base import Row
from tertulia.store.engine.query import SQLITE, sqlite_arguments
from tertulia.store.fulltext.clauses import CLAUSES, ORDERS
from tertulia.store.fulltext.latest import ask_latest, build_newest
from tertulia.store.fulltext.ranking import IN_TITLE, Asking, ask_best, build_round
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
_PLAIN = frozenset({"regular", "listed"})
_SQLITE_MATCH = "SELECT rowid AS post_id FROM post_search WHERE post_search MATCH :match"
_POSTGRESQL_MATCH = "SELECT post_id FROM post_search WHERE document @@ CAST(:match AS tsquery)"


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of question: `clauses` are keys of CLAUSES, `order` one of ORDERS or "" for the best first."""

    matches: bool = False
    in_title: bool = False
    clauses: tuple[str, ...] = ()
    order: str = ""
    one_per_topic: bool = True

    @property
    def is_ranked(self) -> bool:
        """Whether it is words that are looked for, the best first."""
        return self.matches and not self.order and self.one_per_topic

    @property
    def is_plain(self) -> bool:
        """Whether words alone decide what is found."""
        return not self.in_title and _PLAIN.issuperset(self.clauses)


def fill(*, values: Mapping[str, Any], match: str, visibility: Visibility, limit: int, offset: int) -> dict[str, Any]:
    """All parameters of a question: those of its clauses and order (`values`), of visibility, and the page."""
    mine = visibility.user_id if visibility.user_id is not None else 0
    bounds = {"hit_limit": limit, "hit_offset": offset, "candidates": MAXIMUM_CANDIDATES}
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


def _ask(plan: Plan, engine: str, filled: Mapping[str, Any]) -> Asking:
    """One statement with its parameters after another, until the answer is whole: whoever runs it sends their rows."""
    if plan.is_ranked:
        return (yield from ask_best(functools.partial(_round, plan, engine), plain=plan.is_plain, filled=filled))
    every = functools.partial(_query, plan, engine)
    if plan.matches and plan.order == "latest" and plan.one_per_topic:
        return (yield from ask_latest(_newest(plan, engine), every, filled=filled))
    rows: Sequence[Row] = ()
    for attempt in _attempts(plan, filled):
        rows = yield every(), attempt
        if _is_whole(rows, attempt):
            break
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


@functools.lru_cache(maxsize=256)
def _query(plan: Plan, engine: str) -> Query:
    return query(lambda: _build(plan, engine))


@functools.lru_cache(maxsize=256)
def _round(plan: Plan, engine: str, recent: bool) -> Query:
    return query(lambda: build_round(engine, recent=recent, in_title=plan.in_title, where=_where(plan)))


@functools.lru_cache(maxsize=256)
def _newest(plan: Plan, engine: str) -> Query:
    return query(lambda: build_newest(engine, in_title=plan.in_title, where=_where(plan)))


def _where(plan: Plan) -> list[ColumnElement[bool]]:
    return [_seen(), *(CLAUSES[name]() for name in plan.clauses)]


def _build(plan: Plan, engine: str) -> Any:
    found = _matching(plan, engine) if plan.matches else None
    key = ORDERS[plan.order]() if plan.order else literal_column("0")
    joined = posts.join(topics, topics.c.id == posts.c.topic_id)
    rows = (
        select(posts.c.id.label("post_id"), posts.c.topic_id.label("topic_id"), key.label("sort_key"))
        .select_from(joined if found is None else joined.join(found, found.c.post_id == posts.c.id))
        .where(*_where(plan))
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
    words = _SQLITE_MATCH if engine == SQLITE else _POSTGRESQL_MATCH
    if plan.in_title and engine != SQLITE:
        words += IN_TITLE
    matching = text(words).bindparams(bindparam("match", type_=Text()))
    return matching.columns(post_id=INTEGER).cte("found").prefix_with("MATERIALIZED")


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
