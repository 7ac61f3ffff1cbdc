"""Every group with whether somebody owns it, for the list that clients ask for first."""

from __future__ import annotations

from sqlalchemy import and_, select

from tertulia.model.groups import Group
from tertulia.store.engine import Mapper, Tx, parameter, query
from tertulia.store.schema.groups import group_members, groups

_GROUP = Mapper(Group, groups)
_LIST = query(
    lambda: (
        select(group_members.c.owner, *_GROUP.columns)
        .select_from(groups)
        .outerjoin(
            group_members,
            and_(group_members.c.group_id == groups.c.id, group_members.c.user_id == parameter("user_id")),
        )
        .order_by(groups.c.id)
        .limit(parameter("limit"))
    )
)


async def list_site_groups(tx: Tx, *, user_id: int, limit: int) -> list[tuple[Group, bool]]:
    """(group, whether the user owns it), by id. The caller leaves out what the user may not see."""
    return [(_GROUP.one(row, offset=1), bool(row[0])) for row in await tx.all(_LIST, user_id=user_id, limit=limit)]
