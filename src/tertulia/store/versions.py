"""Versions that processes compare to know whether what they cached still holds."""

from __future__ import annotations

from sqlalchemy import select

from tertulia.store.engine import Tx, query, upsert_query
from tertulia.store.schema.sites import versions

PERMISSIONS = "permissions"
SETTINGS = "settings"

_LIST = query(lambda: select(versions.c.name, versions.c.version))
_BUMP = upsert_query(versions, columns=("name", "version"), key=("name",), add=("version",))


async def list_versions(tx: Tx) -> dict[str, int]:
    return {str(name): int(version) for name, version in await tx.all(_LIST)}


async def bump_version(tx: Tx, name: str) -> None:
    """Makes every process look again."""
    await tx.run(_BUMP, name=name, version=1)
