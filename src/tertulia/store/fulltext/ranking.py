"""The best of the newest first: a search for words without an order of its own looks at matches in rounds.

A page that an early round fills costs no later one. Each round goes on below the oldest match of the one before, and
its hits come after those, so that pages hold every topic once. Read next: `recent.py` (the index of the newest posts).
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import CTE, ColumnElement, Float, Select, Subquery, Text, bindparam, func, select, text, true

from tertulia.store.engine import Query, among, parameter
from tertulia.store.engine.base import Row
from tertulia.store.engine.query import POSTGRESQL, SQLITE
from tertulia.store.schema.columns import INTEGER
from tertulia.store.schema.posts import posts
from tertulia.store.schema.search import search_recent
from tertulia.store.schema.topics import topics

# A round ranks the newest matches, so many: to rank each of the hundred thousand posts that have a common word takes as
# long as the forum is large.
MAXIMUM_RANKED = 1_000
MAXIMUM_RANKED_LATER = 5_000
# With nothing but words the best of them fill a page, as a rule: so many are looked up for each hit wanted, and all
# where they do not.
RANKED_PER_HIT = 4
EVERY = 2**62
_TITLE_WEIGHT = 8.0
_SQLITE = (
    "SELECT rowid AS post_id, {rank} AS rank FROM {index} "
    "WHERE {index} MATCH :match AND rowid >= {first} AND rowid < :below ORDER BY rowid DESC LIMIT :ranked"
)
# By `post_id + 0`, which no index has: PostgreSQL keeps one plan for all words, and would read posts from the newest
# until enough of them match, all of them for a rare word.
_POSTGRESQL = (
    "SELECT post_id, {rank} AS rank FROM (SELECT post_id, document "
    "FROM {index} WHERE document @@ CAST(:match AS tsquery){title} AND post_id + 0 >= {first} AND post_id + 0 < :below "
    "ORDER BY post_id + 0 DESC LIMIT :ranked) newest"
)
_RANK = {
    SQLITE: f"bm25({{index}}, {_TITLE_WEIGHT}, 1.0)",
    POSTGRESQL: "-ts_rank_cd(document, CAST(:match AS tsquery))",
}
IN_TITLE = " AND ts_filter(document, '{a}') @@ CAST(:match AS tsquery)"

Asking = Generator[tuple[Query, Mapping[str, Any]], Sequence[Row], list[int]]


class _Round(msgspec.Struct, frozen=True):
    """Whether it looks among the newest posts only, and the most matches that it ranks."""

    recent: bool
    most: int


def _rounds(plain: bool) -> tuple[_Round, ...]:
    """Filters may let few pass, so that all matches are looked at if the newest do not do."""
    if not plain:
        return _Round(True, MAXIMUM_RANKED_LATER), _Round(False, EVERY)
    later = (_Round(False, most) for most in (MAXIMUM_RANKED, MAXIMUM_RANKED_LATER, EVERY))
    return _Round(True, MAXIMUM_RANKED), *later


class _Answer(msgspec.Struct, frozen=True):
    """Of a round: where the newest posts begin, how many matches it met, the oldest of them, and (post, topic)s."""

    first: int | None
    met: int
    oldest: int
    hits: list[tuple[int, int]]


def ask_best(make: Callable[[bool], Query], *, plain: bool, filled: Mapping[str, Any]) -> Asking:
    """One statement with its parameters after another until the page is full; whoever runs it sends their rows.

    `make` gives that of `build_round`, of a search among the newest posts or among all; `plain`: without filters."""
    begin = int(filled["hit_offset"])
    end = begin + int(filled["hit_limit"])
    hits: list[tuple[int, int]] = []
    below = EVERY
    for step in _rounds(plain):
        wanted = end - len(hits)
        asked = {**filled, "below": below, "ranked": step.most, "taken": [topic for _, topic in hits]}
        few = wanted * RANKED_PER_HIT
        for tried in (few, step.most) if plain and few < step.most else (step.most,):
            rows = yield make(step.recent), {**asked, "hit_limit": wanted, "tried": tried}
            found = _read(rows)
            if len(found.hits) == wanted or found.met <= tried:
                break
        hits += found.hits
        if len(hits) == end or (not step.recent and found.met < step.most):
            break
        if found.met == step.most:
            below = found.oldest
        elif found.first is not None:
            below = found.first
    return [post for post, _ in hits[begin:]]


def _read(rows: Sequence[Row]) -> _Answer:
    first, met, oldest, *_ = rows[0]
    hits = [(int(row[3]), int(row[4])) for row in rows if row[3] is not None]
    return _Answer(None if first is None else int(first), int(met), int(oldest), hits)


def build_round(engine: str, *, recent: bool, in_title: bool, where: Sequence[ColumnElement[bool]]) -> Select[Any]:
    """The best post of each topic that was not `taken`, the best first. A row in any case: matches are counted too."""
    found = matching(engine, recent=recent, in_title=in_title, ranked=True)
    best = (
        select(found.c.post_id, found.c.rank)
        .order_by(found.c.rank, found.c.post_id.desc())
        .limit(parameter("tried"))
        .subquery("best")
    )
    place = func.row_number().over(partition_by=posts.c.topic_id, order_by=(best.c.rank, best.c.post_id.desc()))
    placed = (
        select(best.c.post_id, best.c.rank, posts.c.topic_id, place.label("place"))
        .select_from(best.join(posts, posts.c.id == best.c.post_id).join(topics, topics.c.id == posts.c.topic_id))
        .where(*where, among(topics.c.id, "taken", negated=True))
        .subquery("placed")
    )
    hits = (
        select(placed.c.post_id, placed.c.topic_id, placed.c.rank)
        .where(placed.c.place == 1)
        .order_by(placed.c.rank, placed.c.post_id.desc())
        .limit(parameter("hit_limit"))
        .subquery("hits")
    )
    return with_met(found, hits, hits.c.post_id, hits.c.topic_id).order_by(hits.c.rank, hits.c.post_id.desc())


def with_met(found: CTE, hits: Subquery, *columns: ColumnElement[Any]) -> Select[Any]:
    """In front of the columns of hits: where the newest posts begin, how many matches were met, the oldest of them."""
    first = select(search_recent.c.first_post_id).scalar_subquery()
    oldest = func.coalesce(func.min(found.c.post_id), 0).label("oldest")
    met = select(first.label("first"), func.count().label("met"), oldest).select_from(found).subquery("met")
    return select(met.c.first, met.c.met, met.c.oldest, *columns).select_from(met.outerjoin(hits, true()))


def matching(engine: str, *, recent: bool, in_title: bool, ranked: bool) -> CTE:
    """The newest matches below an id, in one of the indexes, with their rank where it is asked for."""
    index = "post_search_recent" if recent else "post_search"
    words = (_SQLITE if engine == SQLITE else _POSTGRESQL).format(
        index=index,
        rank=_RANK[engine].format(index=index) if ranked else "0.0",
        first="(SELECT first_post_id FROM search_recent)" if recent else "0",
        title=IN_TITLE if in_title else "",
    )
    newest = text(words).bindparams(bindparam("match", type_=Text()), parameter("below"), parameter("ranked"))
    # Materialized: FTS5 can only rank in the very statement that matches.
    return newest.columns(post_id=INTEGER, rank=Float(53)).cte("found").prefix_with("MATERIALIZED")
