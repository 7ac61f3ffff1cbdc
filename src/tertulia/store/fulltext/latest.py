"""The newest matches: posts have ids about in the order of their times, so the newest by id are looked at first.

Where an archive was loaded between others that is not so; whether it matters to a page is asked of an index of times,
and then all matches are sorted. Read next: `ranking.py` (the same for the best matches).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from tertulia.store.engine import Query, parameter, query
from tertulia.store.fulltext.ranking import EVERY, Asking, matching, with_met
from tertulia.store.schema.posts import posts
from tertulia.store.schema.topics import topics

PER_HIT = 8
MOST = 5_000
_NEWER_BELOW = query(  # By `id + 0`: neither engine is to walk ids, of which millions may be below.
    lambda: (
        select(posts.c.id)
        .where(posts.c.created_at >= parameter("since"), posts.c.id + 0 < parameter("below"))
        .order_by(posts.c.created_at.desc())
        .limit(1)
    )
)


def ask_latest(newest: Query, every: Callable[[], Query], *, filled: Mapping[str, Any]) -> Asking:
    """One statement with its parameters after another; whoever runs it sends their rows.

    `newest` is that of `build_newest`, `every` sorts all matches."""
    begin = int(filled["hit_offset"])
    end = begin + int(filled["hit_limit"])
    for most in (end * PER_HIT, MOST) if end * PER_HIT < MOST else (MOST,):
        rows = yield newest, {**filled, "ranked": most, "below": EVERY, "hit_limit": end}
        first, met, oldest, last, _ = rows[-1]
        if len(rows) == end and last is not None:
            below = oldest if met == most else first
            if not (yield _NEWER_BELOW, {"since": rows[-1][4], "below": below}):
                return [int(row[3]) for row in rows[begin:]]
            break
        if met < most:
            break
    rows = yield every(), filled
    return [int(row[0]) for row in rows]


def build_newest(engine: str, *, in_title: bool, where: Sequence[ColumnElement[bool]]) -> Select[Any]:
    """The newest post of each topic with its time, the newest first, of matches among the newest posts."""
    found = matching(engine, recent=True, in_title=in_title, ranked=False)
    newest = (posts.c.created_at.desc(), posts.c.id.desc())
    place = func.row_number().over(partition_by=posts.c.topic_id, order_by=newest)
    placed = (
        select(posts.c.id.label("post_id"), posts.c.created_at, place.label("place"))
        .select_from(found.join(posts, posts.c.id == found.c.post_id).join(topics, topics.c.id == posts.c.topic_id))
        .where(*where)
        .subquery("placed")
    )
    hits = (
        select(placed.c.post_id, placed.c.created_at)
        .where(placed.c.place == 1)
        .order_by(placed.c.created_at.desc(), placed.c.post_id.desc())
        .limit(parameter("hit_limit"))
        .subquery("hits")
    )
    return with_met(found, hits, hits.c.post_id, hits.c.created_at).order_by(
        hits.c.created_at.desc(), hits.c.post_id.desc()
    )
