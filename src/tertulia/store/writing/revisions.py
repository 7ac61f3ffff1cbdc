"""Revisions of posts: put, amended, found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, select

from tertulia.model.posts import Revision
from tertulia.store.engine import Mapper, Tx, insert_query, parameter, query
from tertulia.store.schema.posts import post_revisions
from tertulia.store.writing.rows import change_row

_REVISION = Mapper(Revision, post_revisions)
_INSERT = insert_query(post_revisions, "post_id", "number", "user_id", "edit_reason", "changes", "created_at")
_FIND = query(
    lambda: select(*_REVISION.columns).where(
        post_revisions.c.post_id == parameter("post_id"), post_revisions.c.number == parameter("number")
    )
)
_LIST = query(
    lambda: (
        select(*_REVISION.columns)
        .where(post_revisions.c.post_id == parameter("post_id"))
        .order_by(post_revisions.c.number)
        .limit(parameter("limit"))
    )
)
_LAST = query(
    lambda: (
        select(*_REVISION.columns)
        .where(post_revisions.c.post_id == parameter("post_id"))
        .order_by(post_revisions.c.number.desc())
        .limit(1)
    )
)
_DELETE = query(lambda: delete(post_revisions).where(post_revisions.c.id == parameter("revision_id")))


async def insert_revision(tx: Tx, *, fields: Mapping[str, Any]) -> None:
    """`fields`: post_id, number, user_id, edit_reason, changes (JSON), created_at."""
    await tx.run(_INSERT, **fields)


async def update_revision(tx: Tx, revision_id: int, *, fields: Mapping[str, Any]) -> None:
    await change_row(tx, post_revisions, revision_id, fields=fields)


async def delete_revision(tx: Tx, revision_id: int) -> None:
    await tx.run(_DELETE, revision_id=revision_id)


async def find_revision(tx: Tx, post_id: int, number: int) -> Revision | None:
    """The edit that made version `number` (2 or more) of a post found visible before."""
    return _REVISION.maybe(await tx.one(_FIND, post_id=post_id, number=number))


async def find_last_revision(tx: Tx, post_id: int) -> Revision | None:
    return _REVISION.maybe(await tx.one(_LAST, post_id=post_id))


async def list_revisions(tx: Tx, post_id: int, *, limit: int) -> list[Revision]:
    """Oldest first."""
    return _REVISION.all(await tx.all(_LIST, post_id=post_id, limit=limit))
