"""Members of a group with how closely they follow messages to it, in slices by user id."""

from __future__ import annotations

import functools
from typing import Any

from sqlalchemy import Select, and_, func, select

from tertulia.model.levels import Subject
from tertulia.store.engine import Query, Tx, parameter, query
from tertulia.store.group_members import belongs
from tertulia.store.schema.groups import group_members
from tertulia.store.schema.tags import levels
from tertulia.store.schema.users import users


async def list_followers(
    tx: Tx, group_id: int, *, built_in: bool, default: int, after: int, limit: int
) -> list[tuple[int, int]]:
    """(user id, level) of members with ids above `after`, by id; `default` for those who chose no level."""
    statement = _page(group_id if built_in else None)
    given = {"group_id": group_id, "level_default": default, "after": after, "limit": limit}
    return [(int(row[0]), int(row[1])) for row in await tx.all(statement, **given)]


@functools.cache
def _page(built_in: int | None) -> Query:
    return query(lambda: _select(built_in))


def _select(built_in: int | None) -> Select[Any]:
    member = users.c.id if built_in is not None else group_members.c.user_id
    source = users if built_in is not None else group_members
    chosen = and_(
        levels.c.user_id == member,
        levels.c.subject == int(Subject.GROUP),
        levels.c.subject_id == parameter("group_id"),
    )
    within = belongs(built_in) if built_in is not None else group_members.c.group_id == parameter("group_id")
    return (
        select(member, func.coalesce(levels.c.level, parameter("level_default")))
        .select_from(source.outerjoin(levels, chosen))
        .where(within, member > parameter("after"), member > 0)
        .order_by(member)
        .limit(parameter("limit"))
    )
