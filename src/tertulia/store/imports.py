"""What is known of archives that were loaded, so that a load which was cut short can go on."""

from __future__ import annotations

import msgspec
from sqlalchemy import select, update

from tertulia.store.engine import Mapper, Tx, insert_query, parameter, query
from tertulia.store.schema.imports import imported_topics, imports


class Import(msgspec.Struct, frozen=True):
    """One archive. Offsets were added to its ids; `fingerprint` tells archives apart."""

    id: int
    fingerprint: str
    user_offset: int
    topic_offset: int
    post_offset: int
    category_offset: int
    started_at: int
    finished_at: int | None


_IMPORT = Mapper(Import, imports)
_FIND = query(lambda: select(*_IMPORT.columns).where(imports.c.fingerprint == parameter("fingerprint", str)))
_INSERT = insert_query(
    imports, "fingerprint", "user_offset", "topic_offset", "post_offset", "category_offset", "started_at",
    returning="id",
)  # fmt: skip
_FINISH = query(
    lambda: update(imports).where(imports.c.id == parameter("import_id")).values(finished_at=parameter("at"))
)
_UNFINISHED = query(
    lambda: (
        select(*_IMPORT.columns)
        .where(imports.c.fingerprint.like(parameter("pattern", str)), imports.c.finished_at.is_(None))
        .order_by(imports.c.id)
    )
)
_TOPICS = query(lambda: select(imported_topics.c.topic_id).where(imported_topics.c.import_id == parameter("import_id")))
_MARK = insert_query(imported_topics, "import_id", "topic_id")


async def find_import(tx: Tx, fingerprint: str) -> Import | None:
    return _IMPORT.maybe(await tx.one(_FIND, fingerprint=fingerprint))


async def list_unfinished(tx: Tx, beginning: str) -> list[Import]:
    """Those whose fingerprint begins like this (no % or _ in it) and that have not come to their end."""
    return _IMPORT.all(await tx.all(_UNFINISHED, pattern=f"{beginning}%"))


async def insert_import(tx: Tx, fingerprint: str, *, offsets: tuple[int, int, int, int], now: int) -> Import:
    """Offsets of users, topics, posts and categories, in this order. Raises UniqueViolation."""
    user, topic, post, category = offsets
    row_id = await tx.value(
        _INSERT,
        fingerprint=fingerprint,
        user_offset=user,
        topic_offset=topic,
        post_offset=post,
        category_offset=category,
        started_at=now,
    )
    return Import(int(row_id), fingerprint, user, topic, post, category, now, None)


async def list_imported_topics(tx: Tx, import_id: int) -> set[int]:
    """Ids, as they are in this forum, of the topics that are here already."""
    return {int(row[0]) for row in await tx.all(_TOPICS, import_id=import_id)}


async def mark_topics(tx: Tx, import_id: int, topic_ids: list[int]) -> None:
    await tx.many(_MARK, [{"import_id": import_id, "topic_id": topic_id} for topic_id in topic_ids])


async def finish_import(tx: Tx, import_id: int, *, at: int) -> None:
    await tx.run(_FINISH, import_id=import_id, at=at)
