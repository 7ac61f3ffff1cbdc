"""When somebody began to write."""

from __future__ import annotations

from sqlalchemy import select

from tertulia.store.engine import Tx, parameter, query
from tertulia.store.schema.posts import posts

_FIRST = query(
    lambda: (
        select(posts.c.created_at)
        .where(posts.c.user_id == parameter("user_id"))
        .order_by(posts.c.created_at, posts.c.id)
        .limit(1)
    )
)


async def find_first_posted_at(tx: Tx, user_id: int) -> int | None:
    """When the user wrote the earliest of their posts (ms), deleted ones too; None for somebody who never did."""
    row = await tx.one(_FIRST, user_id=user_id)
    return None if row is None else int(row[0])
