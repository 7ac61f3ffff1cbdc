"""Rows of the full-text index: put, replaced, removed. What a word is, `forum/indexing/words.py` decides.

A post that the small index covers has its row there as well, written by the same unit.
Read next: `searching.py` (questions to the index), `recent.py` (what the small one covers), `schema.py` (the tables).
"""

from __future__ import annotations

import functools
from collections.abc import Sequence

from sqlalchemy import delete, text
from sqlalchemy.sql import column, table

from tertulia.store.engine import Query, Tx, among, query
from tertulia.store.engine.query import SQLITE
from tertulia.store.schema.columns import INTEGER

_INDEXES = ("post_search", "post_search_recent")
_VECTOR = "setweight(CAST(CAST(:title AS text) AS tsvector), 'A') || CAST(CAST(:body AS text) AS tsvector)"
_SAVE = "INSERT INTO {} (post_id, document) {} ON CONFLICT (post_id) DO UPDATE SET document = excluded.document"
_SAVE_VECTOR = query(lambda: text(_SAVE.format("post_search", f"VALUES (CAST(:post_id AS bigint), {_VECTOR})")))
_SAVE_RECENT_VECTOR = query(
    lambda: text(
        _SAVE.format(
            "post_search_recent",
            f"SELECT CAST(:post_id AS bigint), {_VECTOR} FROM search_recent WHERE first_post_id <= :post_id",
        )
    )
)
_SAVE_RECENT_WORDS = (
    "INSERT INTO post_search_recent (rowid, title, body) SELECT ?1, ?2, ?3 FROM search_recent WHERE first_post_id <= ?1"
)


async def save_words(tx: Tx, post_id: int, *, title: str, body: str, is_new: bool = False) -> None:
    """SQLite: the row of a post, replaced unless the post `is_new`. Both texts are words joined by single spaces."""
    if not is_new:
        await delete_rows(tx, [post_id])
    await tx.text("INSERT INTO post_search (rowid, title, body) VALUES (?, ?, ?)", post_id, title, body)
    await tx.text(_SAVE_RECENT_WORDS, post_id, title, body)


async def save_vector(tx: Tx, post_id: int, *, title: str, body: str) -> None:
    """PostgreSQL: the same row; both texts are written-out tsvectors. Title words weigh A."""
    await tx.put(_SAVE_VECTOR, post_id=post_id, title=title, body=body)
    await tx.put(_SAVE_RECENT_VECTOR, post_id=post_id, title=title, body=body)


async def delete_rows(tx: Tx, post_ids: Sequence[int]) -> None:
    """Takes posts out of the index; those that are not in it do not matter."""
    for index in _INDEXES:
        await tx.put(_delete(tx.engine, index), post_ids=list(post_ids))


@functools.cache
def _delete(engine: str, index: str) -> Query:
    # Of no METADATA: virtual tables on one engine, plain ones on the other.
    key = column("rowid" if engine == SQLITE else "post_id", INTEGER)
    return query(lambda: delete(table(index, key)).where(among(key, "post_ids")))
