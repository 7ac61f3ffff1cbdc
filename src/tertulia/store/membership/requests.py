"""Requests to be let into a group: one per group and user, until an owner decides."""

from __future__ import annotations

import msgspec
from sqlalchemy import delete, func, select

from tertulia.model.groups import GroupRequest
from tertulia.store.cards import CARD
from tertulia.store.engine import Tx, insert_query, parameter, query
from tertulia.store.schema.groups import group_requests
from tertulia.store.schema.users import users

_INSERT = insert_query(group_requests, "group_id", "user_id", "reason", "created_at", ignore=True)
_MINE = (group_requests.c.group_id == parameter("group_id"), group_requests.c.user_id == parameter("user_id"))
_FIND = query(lambda: select(group_requests.c.created_at).where(*_MINE))
_DELETE = query(lambda: delete(group_requests).where(*_MINE))
_COUNT = query(lambda: select(func.count()).where(group_requests.c.group_id == parameter("group_id")))
_LIST = query(
    lambda: (
        select(*CARD.columns, group_requests.c.reason, group_requests.c.created_at)
        .select_from(group_requests.join(users, users.c.id == group_requests.c.user_id))
        .where(group_requests.c.group_id == parameter("group_id"))
        .order_by(group_requests.c.created_at, group_requests.c.user_id)
        .limit(parameter("limit"))
        .offset(parameter("offset"))
    )
)


class Asked(msgspec.Struct, frozen=True):
    """A group and who asks to be let in."""

    group_id: int
    user_id: int


async def insert_request(tx: Tx, asked: Asked, *, reason: str, now: int) -> bool:
    """False when the user waits already."""
    values = {"group_id": asked.group_id, "user_id": asked.user_id, "reason": reason, "created_at": now}
    return await tx.run(_INSERT, **values) == 1


async def has_request(tx: Tx, asked: Asked) -> bool:
    """Whether the user waits for an answer."""
    return await tx.value(_FIND, group_id=asked.group_id, user_id=asked.user_id) is not None


async def delete_request(tx: Tx, asked: Asked) -> bool:
    """Takes the request away; False when there is none."""
    return await tx.run(_DELETE, group_id=asked.group_id, user_id=asked.user_id) == 1


async def list_requests(tx: Tx, group_id: int, *, limit: int, offset: int) -> list[GroupRequest]:
    """Who waits, the longest first."""
    width = len(CARD)
    rows = await tx.all(_LIST, group_id=group_id, limit=limit, offset=offset)
    return [GroupRequest(user=CARD.one(row), reason=row[width], requested_at=int(row[width + 1])) for row in rows]


async def count_requests(tx: Tx, group_id: int) -> int:
    """How many wait."""
    return int(await tx.value(_COUNT, group_id=group_id))
