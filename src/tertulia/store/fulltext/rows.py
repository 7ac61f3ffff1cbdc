"""Rows of the full-text index: put, replaced, removed. What a word is, `forum/indexing/words.py` decides.

Read next: `searching.py` (questions to the index), `schema.py` (the tables).
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, text
from sqlalchemy.sql import column, table

from tertulia.store.engine import Tx, among, query
from tertulia.store.engine.query import SQLITE
from tertulia.store.schema.columns import INTEGER

# Of no METADATA: a virtual table on one engine, a plain one on the other.
_SQLITE_ROWS = table("post_search", column("rowid", INTEGER))
_POSTGRESQL_ROWS = table("post_search", column("post_id", INTEGER))
_DELETE_SQLITE = query(lambda: delete(_SQLITE_ROWS).where(among(_SQLITE_ROWS.c.rowid, "post_ids")))
_DELETE_POSTGRESQL = query(lambda: delete(_POSTGRESQL_ROWS).where(among(_POSTGRESQL_ROWS.c.post_id, "post_ids")))
_SAVE_VECTOR = query(
    lambda: text(
        "INSERT INTO post_search (post_id, document) VALUES (CAST(:post_id AS bigint), "
        "setweight(CAST(CAST(:title AS text) AS tsvector), 'A') || CAST(CAST(:body AS text) AS tsvector)) "
        "ON CONFLICT (post_id) DO UPDATE SET document = excluded.document"
    )
)


async def save_words(tx: Tx, post_id: int, *, title: str, body: str, is_new: bool = False) -> None:
    """SQLite: the row of a post, replaced unless the post `is_new`. Both texts are words joined by single spaces."""
    if not is_new:
        await tx.text("DELETE FROM post_search WHERE rowid = ?", post_id)
    await tx.text("INSERT INTO post_search (rowid, title, body) VALUES (?, ?, ?)", post_id, title, body)


async def save_vector(tx: Tx, post_id: int, *, title: str, body: str) -> None:
    """PostgreSQL: the same row; both texts are written-out tsvectors. Title words weigh A."""
    await tx.put(_SAVE_VECTOR, post_id=post_id, title=title, body=body)


async def delete_rows(tx: Tx, post_ids: Sequence[int]) -> None:
    """Takes posts out of the index; those that are not in it do not matter."""
    statement = _DELETE_SQLITE if tx.engine == SQLITE else _DELETE_POSTGRESQL
    await tx.run(statement, post_ids=list(post_ids))
