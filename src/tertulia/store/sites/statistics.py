"""Who runs the forum, who was here lately, and how old it is."""

from __future__ import annotations

from sqlalchemy import func, select

from tertulia.model.users import SYSTEM_ID, UserCard
from tertulia.store.cards import CARD
from tertulia.store.engine import Tx, parameter, query
from tertulia.store.schema.users import users

_ACTIVE = query(lambda: select(func.count()).where(users.c.last_seen_at >= parameter("since"), users.c.id != SYSTEM_ID))
_STAFF = query(
    lambda: (
        select(*CARD.columns)
        .where(users.c.id != SYSTEM_ID, (users.c.admin == 1) | (users.c.moderator == 1))
        .order_by(users.c.id)
        .limit(parameter("limit"))
    )
)
_FIRST = query(lambda: select(func.min(users.c.created_at)))


async def count_active(tx: Tx, *, since: int) -> int:
    """How many people were here since then (ms)."""
    return int(await tx.value(_ACTIVE, since=since) or 0)


async def list_staff(tx: Tx, *, limit: int) -> list[UserCard]:
    """Admins and moderators, the oldest account first."""
    return CARD.all(await tx.all(_STAFF, limit=limit))


async def find_site_age(tx: Tx) -> int:
    """When the first account was made, in ms: the day on which the forum was founded."""
    return int(await tx.value(_FIRST) or 0)
