"""Lists of topics: one statement per form, made of the named clauses of `clauses.py`; faces beside them in bulk."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, CompoundSelect, Select, String, func, or_, select, union_all

from tertulia.model.posts import PostType
from tertulia.model.topics import Teaser, Topic
from tertulia.store.engine import Mapper, Query, Tx, among, hidden, parameter, query
from tertulia.store.engine.query import SQLITE
from tertulia.store.lists.clauses import CLAUSES, ORDERS, SOURCES, WALKED
from tertulia.store.lists.landmarks import Landmarks, Place, list_name
from tertulia.store.schema.posts import posts
from tertulia.store.schema.topics import topic_posters, topics
from tertulia.store.topics_reading import TOPIC

FREQUENT_POSTERS = 5
_SIZES = (1, 10, 31, 51, 101)  # topics of pages, so that few statements are compiled
DEEP = 300  # topics; further down a list, two small statements beat one that reads all it skips
_TEASER = Mapper(Teaser, posts, post_id=posts.c.id)


class ListSpec(msgspec.Struct, frozen=True):
    """The form of a list: names of clauses (all must hold), the order, its direction. `few`: those that the clauses
    leave are few, so that they are found by their index and sorted, instead of walking the index of the order."""

    clauses: frozenset[str]
    order: str = "activity"
    ascending: bool = False
    few: bool = False


async def list_topics(
    tx: Tx, spec: ListSpec, *, offset: int, limit: int, landmarks: Landmarks | None = None, **values: Any
) -> list[Topic]:
    """Topics of a form in its order, equal ones by id. `values` are the parameters that the clauses name.

    With `landmarks` a page further down than `DEEP` begins at the nearest place that was passed within a minute:
    what moved up since then may be skipped or counted once more, as between two pages anyway."""
    if offset < DEEP:
        return TOPIC.all(await tx.all(_page(spec), offset=offset, limit=limit, **values))
    # What is skipped is counted in the index alone; only what is shown is read.
    ids = await _list_deep(tx, spec, offset=offset, limit=limit, landmarks=landmarks or Landmarks(), values=values)
    found = {topic.id: topic for topic in TOPIC.all(await tx.all(_BY_IDS, ids=ids))}
    return [found[topic_id] for topic_id in ids if topic_id in found]


async def _list_deep(
    tx: Tx, spec: ListSpec, *, offset: int, limit: int, landmarks: Landmarks, values: Mapping[str, Any]
) -> list[int]:
    statement, now = _page_ids(spec, False), int(values.get("now", 0))
    compiled = statement.sqlite() if tx.engine == SQLITE else statement.postgresql()
    name = list_name(spec, compiled, values)
    place = landmarks.nearest(name, offset=offset, now=now) if _is_walked(spec) else None
    skipped = offset - (place.passed if place else 0)
    before = int(skipped > 0 and _is_walked(spec))  # the last one skipped is read: this page begins behind it
    bounds = {"offset": skipped - before, "limit": limit + before}
    if place is None:
        rows = await tx.all(statement, **bounds, **values)
    else:
        beyond = {"after_key": place.key, "after_id": place.id}
        rows = await tx.all(_page_ids(spec, True), **bounds, **values, **beyond)
    if _is_walked(spec):
        places = [Place(offset - before + count, row[1], int(row[0])) for count, row in enumerate(rows, start=1)]
        landmarks.note_page(name, places, offset=offset, now=now)
    return [int(row[0]) for row in rows[before:]]


def _is_walked(spec: ListSpec) -> bool:
    """Whether an index gives the order; where the few that match are sorted, all of them are read for any page."""
    return not spec.few and spec.order in WALKED


async def count_topics(tx: Tx, spec: ListSpec, *, most: int, **values: Any) -> int:
    """How many topics a form has, counted up to `most`."""
    return int(await tx.value(_total(spec.clauses), most=most, **values))


async def list_frequent_posters(tx: Tx, topic_ids: Iterable[int]) -> dict[int, tuple[int, ...]]:
    """Ids of at most five who posted most, the busiest first, by topic id."""
    ids = sorted(set(topic_ids))
    if not ids:
        return {}
    size = next((each for each in _SIZES if each >= len(ids)), len(ids))
    asked = dict(zip((f"id_{place}" for place in range(size)), (*ids, *[0] * (size - len(ids))), strict=True))
    found: dict[int, list[tuple[int, int]]] = {}
    for topic_id, user_id, count in await tx.all(_frequent(size), **asked):
        found.setdefault(int(topic_id), []).append((int(count), int(user_id)))
    return {topic_id: tuple(each for _, each in sorted(busy, reverse=True)) for topic_id, busy in found.items()}


async def list_teasers(tx: Tx, post_ids: Iterable[int]) -> dict[int, Teaser]:
    """First or newest posts of listed topics, by id; deleted, hidden and whispered ones are left out."""
    rows = await tx.all(_TEASERS, ids=sorted(set(post_ids)))
    return {teaser.post_id: teaser for teaser in _TEASER.all(rows)}


@functools.cache
def _page(spec: ListSpec) -> Query:
    return query(lambda: _select_page(spec))


@functools.cache
def _page_ids(spec: ListSpec, beyond: bool) -> Query:
    key = ORDERS[spec.order]()

    def build() -> Select[Any]:
        statement = _select_page(spec, topics.c.id, key)
        if not beyond:
            return statement
        kind = str if isinstance(key.type, String) else int
        after, last = parameter("after_key", kind), parameter("after_id")
        # The range is said by itself: of a pair with an expression in it SQLite finds no index.
        if spec.ascending:
            return statement.where(key >= after, or_(key > after, topics.c.id > last))
        return statement.where(key <= after, or_(key < after, topics.c.id < last))

    return query(build)


def _select_page(spec: ListSpec, *columns: ColumnElement[Any]) -> Select[Any]:
    key = hidden(ORDERS[spec.order]()) if spec.few else ORDERS[spec.order]()
    ordered = (key, topics.c.id) if spec.ascending else (key.desc(), topics.c.id.desc())
    statement = _narrowed(select(*(columns or TOPIC.columns)), spec.clauses).order_by(*ordered)
    return statement.limit(parameter("limit")).offset(parameter("offset"))


@functools.cache
def _total(clauses: frozenset[str]) -> Query:
    def build() -> Select[Any]:
        return select(func.count()).select_from(
            _narrowed(select(topics.c.id), clauses).limit(parameter("most")).subquery("counted")
        )

    return query(build)


def _narrowed(statement: Select[Any], clauses: frozenset[str]) -> Select[Any]:
    for name in sorted(clauses & SOURCES.keys()):
        statement = statement.select_from(SOURCES[name]())
    return statement.where(*(CLAUSES[name]() for name in sorted(clauses)))


@functools.cache
def _frequent(size: int) -> Query:
    """One short walk of an index per topic, in one statement: a join would read everybody who ever wrote in it."""

    def one(place: int) -> Select[Any]:
        busiest = (
            select(topic_posters.c.topic_id, topic_posters.c.user_id, topic_posters.c.post_count)
            .where(topic_posters.c.topic_id == parameter(f"id_{place}"), topic_posters.c.post_count > 0)
            .order_by(topic_posters.c.post_count.desc(), topic_posters.c.user_id.desc())
            .limit(FREQUENT_POSTERS)
            .subquery(f"busiest_{place}")
        )
        return select(busiest)

    def build() -> CompoundSelect[Any]:
        return union_all(*(one(place) for place in range(size)))

    return query(build)


_BY_IDS = query(lambda: select(*TOPIC.columns).where(among(topics.c.id, "ids")))
_TEASERS = query(
    lambda: select(*_TEASER.columns).where(
        among(posts.c.id, "ids"),
        posts.c.deleted_at.is_(None),
        posts.c.hidden == 0,
        posts.c.post_type != int(PostType.WHISPER),
    )
)
