"""Lists of topics: one statement per form, made of the named clauses of `clauses.py`; faces beside them in bulk."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Select, and_, func, select

from tertulia.model.posts import PostType
from tertulia.model.topics import Teaser, Topic
from tertulia.store.engine import Mapper, Query, Tx, among, parameter, query
from tertulia.store.lists.clauses import CLAUSES, JOINED, ORDERS
from tertulia.store.schema.posts import posts
from tertulia.store.schema.topics import topic_posters, topic_states, topics
from tertulia.store.topics_reading import TOPIC

FREQUENT_POSTERS = 5
DEEP = 300  # topics; further down a list, two small statements beat one that reads all it skips
_TEASER = Mapper(Teaser, posts, post_id=posts.c.id)


class ListSpec(msgspec.Struct, frozen=True):
    """The form of a list: names of clauses (all must hold), the order, its direction."""

    clauses: frozenset[str]
    order: str = "activity"
    ascending: bool = False


async def list_topics(tx: Tx, spec: ListSpec, *, offset: int, limit: int, **values: Any) -> list[Topic]:
    """Topics of a form in its order, equal ones by id. `values` are the parameters that the clauses name."""
    if offset < DEEP:
        return TOPIC.all(await tx.all(_page(spec), offset=offset, limit=limit, **values))
    # What is skipped is counted in the index alone; only what is shown is read.
    ids = [int(row[0]) for row in await tx.all(_page_ids(spec), offset=offset, limit=limit, **values)]
    found = {topic.id: topic for topic in TOPIC.all(await tx.all(_BY_IDS, ids=ids))}
    return [found[topic_id] for topic_id in ids if topic_id in found]


async def count_topics(tx: Tx, spec: ListSpec, **values: Any) -> int:
    """How many topics a form has."""
    return int(await tx.value(_total(spec.clauses), **values))


async def list_frequent_posters(tx: Tx, topic_ids: Iterable[int]) -> dict[int, tuple[int, ...]]:
    """Ids of at most five who posted most, the busiest first, by topic id."""
    found: dict[int, list[int]] = {}
    for row in await tx.all(_FREQUENT, ids=sorted(set(topic_ids))):
        found.setdefault(int(row[0]), []).append(int(row[1]))
    return {topic_id: tuple(user_ids) for topic_id, user_ids in found.items()}


async def list_teasers(tx: Tx, post_ids: Iterable[int]) -> dict[int, Teaser]:
    """First or newest posts of listed topics, by id; deleted, hidden and whispered ones are left out."""
    rows = await tx.all(_TEASERS, ids=sorted(set(post_ids)))
    return {teaser.post_id: teaser for teaser in _TEASER.all(rows)}


@functools.cache
def _page(spec: ListSpec) -> Query:
    return query(lambda: _select_page(spec))


@functools.cache
def _page_ids(spec: ListSpec) -> Query:
    return query(lambda: _select_page(spec, topics.c.id))


def _select_page(spec: ListSpec, *columns: ColumnElement[Any]) -> Select[Any]:
    key = ORDERS[spec.order]()
    ordered = (key, topics.c.id) if spec.ascending else (key.desc(), topics.c.id.desc())
    statement = _narrowed(select(*(columns or TOPIC.columns)), spec.clauses).order_by(*ordered)
    return statement.limit(parameter("limit")).offset(parameter("offset"))


@functools.cache
def _total(clauses: frozenset[str]) -> Query:
    return query(lambda: _narrowed(select(func.count(topics.c.id)), clauses))


def _narrowed(statement: Select[Any], clauses: frozenset[str]) -> Select[Any]:
    if clauses & JOINED:
        mine = and_(topic_states.c.topic_id == topics.c.id, topic_states.c.user_id == parameter("reader"))
        statement = statement.select_from(topic_states.join(topics, mine))
    return statement.where(*(CLAUSES[name]() for name in sorted(clauses)))


def _select_frequent() -> Select[Any]:
    best = topic_posters.alias("best")
    busiest = (
        select(best.c.user_id)
        .where(best.c.topic_id == topics.c.id)
        .order_by(best.c.post_count.desc(), best.c.user_id.desc())
        .limit(FREQUENT_POSTERS)
        .correlate(topics)
    )
    return (
        select(topic_posters.c.topic_id, topic_posters.c.user_id)
        .select_from(topics.join(topic_posters, topic_posters.c.topic_id == topics.c.id))
        .where(among(topics.c.id, "ids"), topic_posters.c.post_count > 0, topic_posters.c.user_id.in_(busiest))
        .order_by(topic_posters.c.topic_id, topic_posters.c.post_count.desc(), topic_posters.c.user_id.desc())
    )


_FREQUENT = query(_select_frequent)
_BY_IDS = query(lambda: select(*TOPIC.columns).where(among(topics.c.id, "ids")))
_TEASERS = query(
    lambda: select(*_TEASER.columns).where(
        among(posts.c.id, "ids"),
        posts.c.deleted_at.is_(None),
        posts.c.hidden == 0,
        posts.c.post_type != int(PostType.WHISPER),
    )
)
