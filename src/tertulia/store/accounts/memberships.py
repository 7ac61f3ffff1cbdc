"""Which groups somebody is in, and every grant: what an actor is built of."""

from __future__ import annotations

from sqlalchemy import select

from tertulia.model.privileges import Grant
from tertulia.store.engine import Mapper, Tx, parameter, query
from tertulia.store.schema.categories import categories, category_grants
from tertulia.store.schema.groups import group_members

_GRANT = Mapper(Grant, category_grants)
_GROUP_IDS = query(lambda: select(group_members.c.group_id).where(group_members.c.user_id == parameter("user_id")))
_GRANTS = query(lambda: select(*_GRANT.columns))
_CATEGORY_IDS = query(lambda: select(categories.c.id).order_by(categories.c.id))


async def list_custom_group_ids(tx: Tx, user_id: int) -> list[int]:
    """Groups with member rows; built-in ones follow from the user itself."""
    return [int(row[0]) for row in await tx.all(_GROUP_IDS, user_id=user_id)]


async def list_grants(tx: Tx) -> list[Grant]:
    """Every grant of the forum (some rows per category)."""
    return _GRANT.all(await tx.all(_GRANTS))


async def list_category_ids(tx: Tx) -> list[int]:
    return [int(row[0]) for row in await tx.all(_CATEGORY_IDS)]
