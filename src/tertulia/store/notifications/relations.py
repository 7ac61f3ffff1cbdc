"""Who does not want to hear of whom."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, or_, select

from tertulia.store.engine import Tx, among, parameter, query, upsert_query
from tertulia.store.schema.notifications import user_relations

_SAVE = upsert_query(
    user_relations,
    columns=("user_id", "other_id", "relation", "until", "created_at"),
    key=("user_id", "other_id"),
    update=("relation", "until"),
)
_DELETE = query(
    lambda: delete(user_relations).where(
        user_relations.c.user_id == parameter("user_id"), user_relations.c.other_id == parameter("other_id")
    )
)
_KEEPING_AWAY = query(
    lambda: select(user_relations.c.user_id).where(
        user_relations.c.other_id == parameter("other_id"),
        among(user_relations.c.user_id, "user_ids"),
        or_(user_relations.c.until.is_(None), user_relations.c.until > parameter("now")),
    )
)


async def save_relation(tx: Tx, user_id: int, *, other_id: int, relation: int, until: int | None, now: int) -> None:
    """Keeps somebody away, until a time (ms) or for good."""
    await tx.run(_SAVE, user_id=user_id, other_id=other_id, relation=relation, until=until, created_at=now)


async def delete_relation(tx: Tx, user_id: int, *, other_id: int) -> None:
    await tx.run(_DELETE, user_id=user_id, other_id=other_id)


async def list_keeping_away(tx: Tx, user_ids: Sequence[int], *, other_id: int, now: int) -> set[int]:
    """Those of the people who want to hear nothing of somebody."""
    rows = await tx.all(_KEEPING_AWAY, user_ids=list(user_ids), other_id=other_id, now=now)
    return {int(row[0]) for row in rows}
