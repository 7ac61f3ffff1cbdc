"""The versions that say whether what a process has read of settings and permissions still holds."""

from __future__ import annotations

from collections.abc import Mapping

from tertulia.forum.unit import Unit
from tertulia.store.versions import list_versions

_KEY = ("versions",)


async def read_versions(unit: Unit) -> Mapping[str, int]:
    """Versions by name as the unit sees them; looked up anew unless it is known that nobody has changed them."""
    known: Mapping[str, int] | None = unit.recall(_KEY)
    if known is None:
        known = await list_versions(unit.tx)
        unit.keep(_KEY, known)
    return known
