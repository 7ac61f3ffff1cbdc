"""How much room the database takes."""

from __future__ import annotations

from tertulia.store.engine import Tx
from tertulia.store.engine.query import SQLITE


async def find_size(tx: Tx) -> int:
    """Bytes of the database, without its log."""
    if tx.engine == SQLITE:
        pages = await tx.text("PRAGMA page_count")
        size = await tx.text("PRAGMA page_size")
        return int(pages[0][0]) * int(size[0][0])
    return int((await tx.text("SELECT pg_database_size(current_database())"))[0][0])
