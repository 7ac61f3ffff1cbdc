"""The event log, and answers remembered for a repeated request."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Select, and_, literal_column, or_, select, update

from tertulia.model.events import Event, PostEvent, TopicEvent, UserEvent
from tertulia.store.engine import Mapper, Tx, among, insert_query, parameter, query, upsert_query
from tertulia.store.engine.query import POSTGRESQL
from tertulia.store.schema.events import event_cursors, events, remembered

_NAMED = ("event", "actor_id", "topic_id", "post_id", "user_id", "facts", "created_at")
_INSERT = insert_query(events, *_NAMED, returning="id", computed=lambda: {"transaction_id": literal_column("0")})
_INSERT_POSTGRESQL = insert_query(
    events,
    *_NAMED,
    returning="id",
    computed=lambda: {"transaction_id": literal_column("pg_current_xact_id()::text::bigint")},
)


async def insert_event(tx: Tx, event: Event, *, facts: str, now: int) -> int:
    """Appends to the log; answers the event's id. On PostgreSQL the row stores its transaction id."""
    topic_id = event.topic_id if isinstance(event, TopicEvent | PostEvent) else None
    user_id = event.user_id if isinstance(event, UserEvent | PostEvent) else None
    event_id = await tx.value(
        _INSERT_POSTGRESQL if tx.engine == POSTGRESQL else _INSERT,
        event=str(event.__struct_config__.tag),
        actor_id=event.actor_id,
        topic_id=topic_id,
        post_id=event.post_id if isinstance(event, PostEvent) else None,
        user_id=user_id,
        facts=facts,
        created_at=now,
    )
    return int(event_id)


class Cursor(msgspec.Struct, frozen=True, order=True):
    """A place in the log: everything up to and including this pair was read."""

    transaction_id: int = 0
    event_id: int = 0


class LoggedEvent(msgspec.Struct, frozen=True):
    """One row of the log; `facts` is the event as JSON."""

    transaction_id: int
    id: int
    event: str
    actor_id: int | None
    topic_id: int | None
    post_id: int | None
    user_id: int | None
    facts: str
    created_at: int

    @property
    def cursor(self) -> Cursor:
        return Cursor(self.transaction_id, self.id)


_LOGGED = Mapper(LoggedEvent, events)
_BEHIND = or_(
    events.c.transaction_id > parameter("transaction_id"),
    and_(events.c.transaction_id == parameter("transaction_id"), events.c.id > parameter("event_id")),
)
# Ids are taken before the commit, so a lower id may appear after a higher one: readers stop below the oldest
# transaction that still runs, and order by transaction first.
_FINISHED = events.c.transaction_id < literal_column("pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
_LIST = query(lambda: _reading(_BEHIND))
_LIST_FINISHED = query(lambda: _reading(and_(_BEHIND, _FINISHED)))


def _reading(condition: ColumnElement[bool]) -> Select[Any]:
    ordered = select(*_LOGGED.columns).where(condition).order_by(events.c.transaction_id, events.c.id)
    return ordered.limit(parameter("limit"))


_FIND = query(lambda: select(*_LOGGED.columns).where(events.c.id == parameter("event_id")))


async def find_event(tx: Tx, event_id: int) -> LoggedEvent | None:
    """One row of the log; None when it was never there, or is not kept any longer."""
    return _LOGGED.maybe(await tx.one(_FIND, event_id=event_id))


async def list_events(tx: Tx, *, after: Cursor, limit: int, hidden: bool = False) -> list[LoggedEvent]:
    """Events behind a cursor in an order that loses none, however transactions overlapped.

    `hidden` adds those above a transaction that still runs: for asking, never for moving a cursor."""
    chosen = _LIST_FINISHED if tx.engine == POSTGRESQL and not hidden else _LIST
    rows = await tx.all(chosen, transaction_id=after.transaction_id, event_id=after.event_id, limit=limit)
    return _LOGGED.all(rows)


_PEEK_CURSORS = query(
    lambda: select(event_cursors.c.consumer, event_cursors.c.transaction_id, event_cursors.c.event_id).where(
        among(event_cursors.c.consumer, "consumers")
    )
)
_FIND_CURSOR = query(
    lambda: (
        select(event_cursors.c.transaction_id, event_cursors.c.event_id)
        .where(event_cursors.c.consumer == parameter("consumer", str))
        .with_for_update()
    )
)
_SAVE_CURSOR = upsert_query(
    event_cursors,
    columns=("consumer", "transaction_id", "event_id"),
    key=("consumer",),
    update=("transaction_id", "event_id"),
)


async def peek_cursors(tx: Tx, consumers: Collection[str]) -> list[Cursor]:
    """How far each consumer read, without a lock: for asking whether there is more."""
    rows = await tx.all(_PEEK_CURSORS, consumers=list(consumers))
    found = {row[0]: Cursor(row[1], row[2]) for row in rows}
    return [found.get(consumer, Cursor()) for consumer in consumers]


async def find_cursor(tx: Tx, consumer: str) -> Cursor:
    """How far a consumer read; in a write unit the row is locked, so that two workers take turns."""
    row = await tx.one(_FIND_CURSOR, consumer=consumer)
    return Cursor(row[0], row[1]) if row else Cursor()


async def save_cursor(tx: Tx, consumer: str, *, cursor: Cursor) -> None:
    values = {"transaction_id": cursor.transaction_id, "event_id": cursor.event_id}
    await tx.run(_SAVE_CURSOR, consumer=consumer, **values)


_FORGET_TRANSACTIONS = query(
    lambda: update(events).where(events.c.transaction_id > 0).values(transaction_id=literal_column("0"))
)
_FORGET_CURSORS = query(
    lambda: update(event_cursors).where(event_cursors.c.transaction_id > 0).values(transaction_id=literal_column("0"))
)


_FROM_ELSEWHERE = query(
    lambda: (
        select(events.c.id)
        .where(events.c.transaction_id >= literal_column("pg_snapshot_xmax(pg_current_snapshot())::text::bigint"))
        .limit(1)
    )
)


async def holds_foreign_transactions(tx: Tx) -> bool:
    """Whether events carry transaction ids that this cluster has not reached: the database was restored here."""
    return tx.engine == POSTGRESQL and await tx.value(_FROM_ELSEWHERE) is not None


async def forget_transactions(tx: Tx) -> int:
    """After a restore into another cluster: its transaction ids began anew, so stored ones become 0.

    Event ids alone order what was restored; whoever read up to an id goes on behind it."""
    await tx.run(_FORGET_CURSORS)
    return await tx.run(_FORGET_TRANSACTIONS)


_FIND_REMEMBERED = query(
    lambda: select(remembered.c.status, remembered.c.body).where(
        remembered.c.key == parameter("key", str), remembered.c.created_at > parameter("since")
    )
)


def _replace_expired(insert: Any) -> Any:
    fresh = {name: insert.excluded[name] for name in ("status", "body", "created_at")}
    is_expired = remembered.c.created_at <= parameter("expired")
    return insert.on_conflict_do_update(index_elements=["key"], set_=fresh, where=is_expired)


_REMEMBER = insert_query(remembered, "key", "status", "body", "created_at", change=_replace_expired)


async def find_remembered(tx: Tx, key: str, *, since: int) -> tuple[int, bytes] | None:
    """The (status, body) once answered under `key` after `since` (ms)."""
    row = await tx.one(_FIND_REMEMBERED, key=key, since=since)
    return (row[0], bytes(row[1])) if row else None


async def insert_remembered(tx: Tx, key: str, *, status: int, body: bytes, now: int, expired: int) -> bool:
    """Stores an answer in the place of one from `expired` or before; False when a younger one is there."""
    return await tx.run(_REMEMBER, key=key, status=status, body=body, created_at=now, expired=expired) == 1
