"""What was found at addresses that no post holds any longer is forgotten, a thousand addresses a minute."""

from __future__ import annotations

from tertulia.forum.unit import Unit
from tertulia.store.cooked import oneboxes as store

KEPT_DAYS = 30
SLICE = 1_000
_DAY = 86_400_000
_PLACE = "oneboxes.swept"  # the highest id that this process looked at


async def sweep_oneboxes(unit: Unit) -> None:
    """Looks at the next addresses, and at the first ones again when it came to the end."""
    place = unit.ports.memory.get(_PLACE, 0)
    last = await store.find_last_of_next(unit.tx, after=place, limit=SLICE)
    unit.ports.memory[_PLACE] = last or 0
    if last is not None:
        await unit.write()
        await store.delete_unused_oneboxes(unit.tx, after=place, up_to=last, before=unit.now - KEPT_DAYS * _DAY)
