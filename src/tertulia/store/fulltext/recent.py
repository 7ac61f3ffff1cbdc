"""The small full-text index: the newest posts of a large forum once more, so that common words are soon answered.

It covers all posts from one on. Who writes looks where that is in the statement that writes (`rows.py`); only the
worker moves it. Read next: `ranking.py` (who asks it), docs/decisions/0016 (why).
"""

from __future__ import annotations

import functools
import json
from collections.abc import Sequence

from sqlalchemy import delete, func, select, update
from sqlalchemy.sql import column, table

from tertulia.store.engine import Query, Tx, insert_query, parameter, query
from tertulia.store.engine.query import POSTGRESQL, SQLITE
from tertulia.store.schema.columns import INTEGER
from tertulia.store.schema.posts import posts
from tertulia.store.schema.search import search_recent

_FIND = query(lambda: select(search_recent.c.first_post_id))
_LOCK = query(lambda: select(search_recent.c.first_post_id).with_for_update())
_BEGIN = insert_query(search_recent, "id", "first_post_id", ignore=True)
_MOVE = query(lambda: update(search_recent).values(first_post_id=parameter("first")))
_NEWEST = query(lambda: select(func.max(posts.c.id)))
_OF_RANK = query(lambda: select(posts.c.id).order_by(posts.c.id.desc()).limit(1).offset(parameter("newer")))
_BELOW = query(
    lambda: (
        select(posts.c.id)
        .where(posts.c.id < parameter("below"), posts.c.id >= parameter("least"))
        .order_by(posts.c.id.desc())
        .limit(parameter("most"))
    )
)
_FROM = query(
    lambda: (
        select(posts.c.id)
        .where(posts.c.id >= parameter("first"), posts.c.id < parameter("below"))
        .order_by(posts.c.id)
        .limit(parameter("most"))
    )
)
_COPY = {
    SQLITE: "INSERT INTO post_search_recent (rowid, title, body) SELECT rowid, title, body FROM post_search "
    "WHERE rowid IN (SELECT value FROM json_each(?))",
    POSTGRESQL: "INSERT INTO post_search_recent (post_id, document) SELECT post_id, document FROM post_search "
    "WHERE post_id = ANY($1::bigint[]) ON CONFLICT (post_id) DO UPDATE SET document = excluded.document",
}


async def find_first(tx: Tx) -> int | None:
    """The oldest post that the small index covers; None where there is none yet."""
    found = await tx.value(_FIND)
    return None if found is None else int(found)


async def find_newest(tx: Tx) -> int:
    """The highest id of a post; 0 without any."""
    return int(await tx.value(_NEWEST) or 0)


async def find_post_of_rank(tx: Tx, *, newer: int) -> int | None:
    """The id of the post that `newer` posts have higher ids than; None where there are not as many."""
    found = await tx.value(_OF_RANK, newer=newer)
    return None if found is None else int(found)


async def begin(tx: Tx) -> None:
    """From here on every new post is in the small index as well. Needs a transaction that writes."""
    await _hold(tx)
    await tx.run(_BEGIN, id=1, first_post_id=await find_newest(tx) + 1)


async def reach_back(tx: Tx, *, least: int, most: int) -> None:
    """Lets the small index cover up to `most` posts more, none below `least`. Needs a transaction that writes."""
    await _hold(tx)
    first = await find_first(tx)
    if first is not None:
        ids = [int(row[0]) for row in await tx.all(_BELOW, below=first, least=least, most=most)]
        await copy_rows(tx, ids)
        await tx.run(_MOVE, first=ids[-1] if ids else min(first, least))


async def let_go(tx: Tx, *, most: int, least: int) -> None:
    """Takes up to `most` of the oldest posts out of the small index, none from `least` on. Needs one that writes."""
    first = await tx.value(_LOCK)
    if first is not None:
        ids = [int(row[0]) for row in await tx.all(_FROM, first=int(first), below=least, most=most)]
        first = ids[-1] + 1 if len(ids) == most else least
        await tx.run(_MOVE, first=first)
        await tx.run(_forget(tx.engine), first=first)


async def copy_rows(tx: Tx, post_ids: Sequence[int]) -> None:
    """Puts what the large index has of these posts into the small one."""
    if post_ids:
        given = json.dumps(list(post_ids)) if tx.engine == SQLITE else list(post_ids)
        await tx.text(_COPY[tx.engine], given)


async def _hold(tx: Tx) -> None:
    """On PostgreSQL whoever writes to the large index sees in the same statement how far the small one reaches: all
    who did not see it yet end before this returns, and whoever comes later waits until it is committed."""
    if tx.engine == POSTGRESQL:
        await tx.text("LOCK TABLE post_search IN SHARE ROW EXCLUSIVE MODE")


@functools.cache
def _forget(engine: str) -> Query:
    key = column("rowid" if engine == SQLITE else "post_id", INTEGER)
    return query(lambda: delete(table("post_search_recent", key)).where(key < parameter("first")))
