"""Who runs the forum, and how old it is."""

from __future__ import annotations

from sqlalchemy import func, select

from tertulia.model.users import SYSTEM_ID, UserCard
from tertulia.store.cards import CARD
from tertulia.store.engine import Tx, parameter, query
from tertulia.store.schema.users import users

_STAFF = query(
    lambda: (
        select(*CARD.columns)
        .where(users.c.id != SYSTEM_ID, (users.c.admin == 1) | (users.c.moderator == 1))
        .order_by(users.c.id)
        .limit(parameter("limit"))
    )
)
_FIRST = query(lambda: select(func.min(users.c.created_at)))


async def list_staff(tx: Tx, *, limit: int) -> list[UserCard]:
    """Admins and moderators, the oldest account first."""
    return CARD.all(await tx.all(_STAFF, limit=limit))


async def find_site_age(tx: Tx) -> int:
    """When the first account was made, in ms: the day on which the forum was founded."""
    return int(await tx.value(_FIRST) or 0)
