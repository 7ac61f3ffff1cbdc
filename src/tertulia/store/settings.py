"""Site settings and secrets that live in the database."""

from __future__ import annotations

from sqlalchemy import delete, select

from tertulia.store.engine import Tx, parameter, query, upsert_query
from tertulia.store.schema.sites import settings

SCHEMA_VERSION = "schema_version"
SECRET_KEY = "secret_key"
INTERNAL = (SCHEMA_VERSION, SECRET_KEY)

_LIST = query(lambda: select(settings.c.name, settings.c.value))
_FIND = query(lambda: select(settings.c.value).where(settings.c.name == parameter("name", str)))
_SAVE = upsert_query(settings, columns=("name", "value", "updated_at"), key=("name",), update=("value", "updated_at"))
_DELETE = query(lambda: delete(settings).where(settings.c.name == parameter("name", str)))


async def list_settings(tx: Tx) -> dict[str, str]:
    """Every site setting that differs from its default; internal rows left out."""
    return {str(name): str(value) for name, value in await tx.all(_LIST) if name not in INTERNAL}


async def find_setting(tx: Tx, name: str) -> str | None:
    value = await tx.value(_FIND, name=name)
    return None if value is None else str(value)


async def save_setting(tx: Tx, name: str, *, value: str, now: int) -> None:
    await tx.run(_SAVE, name=name, value=value, updated_at=now)


async def delete_setting(tx: Tx, name: str) -> None:
    await tx.run(_DELETE, name=name)
