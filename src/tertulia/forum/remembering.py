"""Answers remembered for a request that is sent again (source: upstream's memo of 120 s for API creations).

The answer is stored in the transaction that made it true, so that a repeat after a lost answer finds it.
"""

from __future__ import annotations

from tertulia.forum.unit import Unit
from tertulia.store.engine.base import WriteConflict
from tertulia.store.events import find_remembered, insert_remembered

REMEMBERED_MS = 120_000


async def find_answer(unit: Unit, key: str) -> tuple[int, bytes] | None:
    """The (status, body) that the same request got within the last 120 s."""
    return await find_remembered(unit.tx, key, since=unit.now - REMEMBERED_MS)


async def check_unanswered(unit: Unit, key: str) -> None:
    """For a request that was refused: a rule may have met what the same request, sent twice at once, just made.

    Raises WriteConflict when it was answered meanwhile: run again, the repeat finds that answer."""
    if await find_answer(unit, key) is not None:
        raise WriteConflict("answered meanwhile")


async def remember_answer(unit: Unit, key: str, *, status: int, body: bytes) -> None:
    """Stores the answer beside what it tells of. Settles the unit first, so that the memo is its last write.

    Raises WriteConflict when the same request was answered meanwhile: run again, the repeat finds that answer."""
    await unit.settle()
    await unit.write()
    if not await insert_remembered(
        unit.tx, key, status=status, body=body, now=unit.now, expired=unit.now - REMEMBERED_MS
    ):
        raise WriteConflict("answered meanwhile")
