"""How closely people follow categories and tags.

Levels of topics lie beside the read state (`readers/topic_states.py`).
"""

from __future__ import annotations

from sqlalchemy import select

from tertulia.model.levels import Subject
from tertulia.store.engine import Tx, parameter, query, upsert_query
from tertulia.store.schema.tags import levels

_FIND = query(
    lambda: select(levels.c.level).where(
        levels.c.user_id == parameter("user_id"),
        levels.c.subject == parameter("subject"),
        levels.c.subject_id == parameter("subject_id"),
    )
)
_LIST = query(
    lambda: select(levels.c.subject_id, levels.c.level).where(
        levels.c.user_id == parameter("user_id"), levels.c.subject == parameter("subject")
    )
)
_SAVE = upsert_query(
    levels,
    columns=("user_id", "subject", "subject_id", "level"),
    key=("user_id", "subject", "subject_id"),
    update=("level",),
)


async def find_level(tx: Tx, user_id: int, *, subject: Subject, subject_id: int) -> int | None:
    """Somebody's level; None when they made no choice."""
    value = await tx.value(_FIND, user_id=user_id, subject=int(subject), subject_id=subject_id)
    return None if value is None else int(value)


async def list_levels(tx: Tx, user_id: int, *, subject: Subject) -> dict[int, int]:
    """Every choice that somebody made about categories, or about tags: level by id."""
    rows = await tx.all(_LIST, user_id=user_id, subject=int(subject))
    return {int(row[0]): int(row[1]) for row in rows}


async def save_level(tx: Tx, user_id: int, *, subject: Subject, subject_id: int, level: int) -> None:
    await tx.run(_SAVE, user_id=user_id, subject=int(subject), subject_id=subject_id, level=level)
