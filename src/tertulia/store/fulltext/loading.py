"""Rows of the full-text index in bulk, for posts that are in it for the first time."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, cast, func, insert, literal_column
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.sql import column, table
from sqlalchemy.types import BigInteger, Text

from tertulia.store.engine import Query, Tx, query
from tertulia.store.engine.query import SQLITE

_WORDS = table("post_search", column("rowid", BigInteger()), column("title", Text()), column("body", Text()))
_VECTORS = table("post_search", column("post_id", BigInteger()), column("document", TSVECTOR()))
_INSERT_WORDS: Query = query(
    lambda: insert(_WORDS).values(
        rowid=bindparam("post"), title=bindparam("head", type_=Text()), body=bindparam("text", type_=Text())
    )
)
_INSERT_VECTORS: Query = query(
    lambda: insert(_VECTORS).values(
        post_id=bindparam("post", type_=BigInteger()),
        document=func.setweight(cast(bindparam("head", type_=Text()), TSVECTOR), literal_column("'A'")).op("||")(
            cast(bindparam("text", type_=Text()), TSVECTOR)
        ),
    )
)


async def insert_texts(tx: Tx, rows: Sequence[tuple[int, str, str]]) -> None:
    """(post id, title, body), both texts as `forum.indexing.posts.index_texts` gives them for this engine."""
    if rows:
        statement = _INSERT_WORDS if tx.engine == SQLITE else _INSERT_VECTORS
        await tx.many(statement, [{"post": post, "head": head, "text": text} for post, head, text in rows])
