"""Who holds what in which category: the rows of one category, and changes to them.

What an actor may do is made of all rows by `forum/sessions/actors.py`.
"""

from __future__ import annotations

from sqlalchemy import delete, select

from tertulia.model.privileges import Grant
from tertulia.store.engine import Mapper, Tx, among, parameter, query, upsert_query
from tertulia.store.schema.categories import category_grants
from tertulia.store.schema.groups import groups
from tertulia.store.schema.users import users
from tertulia.store.versions import PERMISSIONS, bump_version

_GRANT = Mapper(Grant, category_grants)
_KEY = ("category_id", "holder", "holder_id")
_LIST = query(
    lambda: (
        select(*_GRANT.columns)
        .where(category_grants.c.category_id == parameter("category_id"))
        .order_by(category_grants.c.holder, category_grants.c.holder_id)
    )
)
_SAVE = upsert_query(category_grants, columns=(*_KEY, "bits"), key=_KEY, update=("bits",))
_DELETE = query(
    lambda: delete(category_grants).where(
        category_grants.c.category_id == parameter("category_id"),
        category_grants.c.holder == parameter("holder"),
        category_grants.c.holder_id == parameter("holder_id"),
    )
)
_CLEAR = query(lambda: delete(category_grants).where(category_grants.c.category_id == parameter("category_id")))
_GROUPS = query(lambda: select(groups.c.name_key, groups.c.id).where(among(groups.c.name_key, "group_keys")))
_GROUP = query(lambda: select(groups.c.id).where(groups.c.id == parameter("holder_id")))
_USER = query(lambda: select(users.c.id).where(users.c.id == parameter("holder_id")))


async def list_category_grants(tx: Tx, category_id: int) -> list[Grant]:
    """The grants in one category (0 = the global scope), groups first. Only who may change them is shown them."""
    return _GRANT.all(await tx.all(_LIST, category_id=category_id))


async def save_grants(tx: Tx, grants: list[Grant]) -> None:
    """Writes each grant, or removes its row when no bit is left; every process then asks again."""
    kept = [grant for grant in grants if grant.bits]
    await tx.many(
        _SAVE,
        [
            {
                "category_id": grant.category_id,
                "holder": int(grant.holder),
                "holder_id": grant.holder_id,
                "bits": int(grant.bits),
            }
            for grant in kept
        ],
    )
    for grant in grants:
        if not grant.bits:
            await tx.run(
                _DELETE,
                category_id=grant.category_id,
                holder=int(grant.holder),
                holder_id=grant.holder_id,
            )
    await bump_version(tx, PERMISSIONS)


async def delete_category_grants(tx: Tx, category_id: int) -> None:
    """Removes every grant in the category; every process then asks again."""
    await tx.run(_CLEAR, category_id=category_id)
    await bump_version(tx, PERMISSIONS)


async def list_group_ids(tx: Tx, name_keys: list[str]) -> dict[str, int]:
    """Group ids by name key; unknown names are left out. For admins, who see every group."""
    return {str(row[0]): int(row[1]) for row in await tx.all(_GROUPS, group_keys=name_keys)}


async def has_group(tx: Tx, group_id: int) -> bool:
    return await tx.value(_GROUP, holder_id=group_id) is not None


async def has_user(tx: Tx, user_id: int) -> bool:
    return await tx.value(_USER, holder_id=user_id) is not None
