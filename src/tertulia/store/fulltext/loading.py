"""Rows of the full-text index in bulk, for posts that are in it for the first time."""

from __future__ import annotations

from collections.abc import Sequence

from tertulia.store.engine import Tx
from tertulia.store.engine.query import SQLITE

# Three lists instead of a statement a row; most posts have no title of their own.
_INSERT_VECTORS = (
    "INSERT INTO post_search (post_id, document) SELECT post, CASE WHEN head = '' THEN body::tsvector "
    "ELSE setweight(head::tsvector, 'A') || body::tsvector END "
    "FROM unnest($1::bigint[], $2::text[], $3::text[]) AS given (post, head, body)"
)


async def insert_texts(tx: Tx, rows: Sequence[tuple[int, str, str]]) -> None:
    """(post id, title, body), both texts as `forum.indexing.posts.index_texts` gives them for this engine."""
    if rows and tx.engine == SQLITE:
        await tx.copy("post_search", ("rowid", "title", "body"), rows)
    elif rows:
        await tx.text(_INSERT_VECTORS, *map(list, zip(*rows, strict=True)))
