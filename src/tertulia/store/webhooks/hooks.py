"""Webhook rows. Lists in them are JSON texts; a forum has few webhooks, and each is read whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import delete, func, select, update

from tertulia.model.webhooks import Hook
from tertulia.store.engine import Query, Tx, among, insert_query, parameter, query
from tertulia.store.schema.events import events
from tertulia.store.schema.tags import tags
from tertulia.store.schema.webhooks import web_hooks

_LISTS = ("kinds", "category_ids", "tag_ids", "group_ids")
_FLAGS = ("active", "wildcard", "verify_certificate")
_NAMES = Hook.__struct_fields__
_TEXTS = frozenset(("payload_url", "secret", *_LISTS))
_COLUMNS = [web_hooks.c[name] for name in _NAMES]
_CHANGED = tuple(name for name in _NAMES if name not in ("id", "created_at"))
_encode = msgspec.json.Encoder().encode

_INSERT = insert_query(web_hooks, *(name for name in _NAMES if name != "id"), returning="id")
_FIND = query(lambda: select(*_COLUMNS).where(web_hooks.c.id == parameter("hook_id")))
_LOCK = query(lambda: select(*_COLUMNS).where(web_hooks.c.id == parameter("hook_id")).with_for_update())
_ACTIVE = query(lambda: select(*_COLUMNS).where(web_hooks.c.active == 1).order_by(web_hooks.c.id))
_LIST = query(lambda: select(*_COLUMNS).order_by(web_hooks.c.id).limit(parameter("limit")).offset(parameter("offset")))
_COUNT = query(lambda: select(func.count(web_hooks.c.id)))
_DELETE = query(lambda: delete(web_hooks).where(web_hooks.c.id == parameter("hook_id")))
_TAG_NAMES = query(lambda: select(tags.c.id, tags.c.name).where(among(tags.c.id, "ids")))
_NEWEST_EVENT = query(lambda: select(func.coalesce(func.max(events.c.id), 0)))


def _change(*names: str) -> Query:
    return query(
        lambda: (
            update(web_hooks)
            .where(web_hooks.c.id == parameter("hook_id"))
            .values({name: parameter(name, str if name in _TEXTS else int) for name in names})
        )
    )


_UPDATE = _change(*_CHANGED)
_SET_STATUS = _change("last_delivery_status")


def _hook(row: Sequence[Any]) -> Hook:
    fields: dict[str, Any] = dict(zip(_NAMES, row, strict=True))
    for name in _FLAGS:
        fields[name] = bool(fields[name])
    for name in _LISTS:
        fields[name] = tuple(msgspec.json.decode(fields[name])) if fields[name] else ()
    return Hook(**fields)


def _values(hook: Hook) -> dict[str, Any]:
    values = {name: getattr(hook, name) for name in _NAMES if name != "id"}
    values |= {name: int(values[name]) for name in _FLAGS}
    values |= {name: _encode(values[name]).decode() for name in _LISTS}
    return values


async def insert_hook(tx: Tx, hook: Hook) -> int:
    """Stores a new webhook (its `id` is given by the database) and answers its id."""
    return int(await tx.value(_INSERT, **_values(hook)))


async def update_hook(tx: Tx, hook: Hook) -> None:
    """Everything but when it was made."""
    values: Mapping[str, Any] = {name: value for name, value in _values(hook).items() if name in _CHANGED}
    await tx.run(_UPDATE, hook_id=hook.id, **values)


async def set_delivery_status(tx: Tx, hook_id: int, *, status: int) -> None:
    """How the last delivery went."""
    await tx.run(_SET_STATUS, hook_id=hook_id, last_delivery_status=status)


async def find_hook(tx: Tx, hook_id: int) -> Hook | None:
    """One webhook. Only admins are shown it."""
    row = await tx.one(_FIND, hook_id=hook_id)
    return None if row is None else _hook(row)


async def lock_hook(tx: Tx, hook_id: int) -> Hook | None:
    """One webhook, kept from other writers."""
    row = await tx.one(_LOCK, hook_id=hook_id)
    return None if row is None else _hook(row)


async def list_active_hooks(tx: Tx) -> list[Hook]:
    """Those that are to be told of things."""
    return [_hook(row) for row in await tx.all(_ACTIVE)]


async def list_hooks(tx: Tx, *, limit: int, offset: int) -> tuple[list[Hook], int]:
    """(a page of webhooks, the oldest first; how many there are)."""
    found = [_hook(row) for row in await tx.all(_LIST, limit=limit, offset=offset)]
    return found, int(await tx.value(_COUNT))


async def delete_hook(tx: Tx, hook_id: int) -> None:
    """Removes the webhook; its deliveries are removed apart, as there may be many."""
    await tx.run(_DELETE, hook_id=hook_id)


async def find_newest_event(tx: Tx) -> int:
    """The id of the newest event in the log: everything up to it happened before now."""
    return int(await tx.value(_NEWEST_EVENT))


async def list_tag_names(tx: Tx, ids: Iterable[int]) -> dict[int, str]:
    """Names of the tags that exist, by id. Only admins are shown what a webhook is narrowed to."""
    return {int(row[0]): str(row[1]) for row in await tx.all(_TAG_NAMES, ids=sorted(set(ids)))}
