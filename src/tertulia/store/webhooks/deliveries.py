"""The log of deliveries: put once for each webhook and event, rendered once, and what came of each attempt."""

from __future__ import annotations

import functools
from collections.abc import Iterable

import msgspec
from sqlalchemy import ColumnElement, LargeBinary, and_, bindparam, delete, func, or_, select, update

from tertulia.model.webhooks import Delivery
from tertulia.store.engine import Mapper, Query, Tx, among, insert_query, parameter, query
from tertulia.store.schema.webhooks import web_hook_events as log

_DELIVERY = Mapper(Delivery, log)
_OF_HOOK = log.c.web_hook_id == parameter("hook_id")
_SUCCEEDED = and_(log.c.status >= 200, log.c.status <= 299)
_FAILED = and_(log.c.status != 0, or_(log.c.status < 200, log.c.status > 299))

_INSERT = insert_query(
    log, "web_hook_id", "event_id", "subject", "name", "facts", "body", "created_at", returning="id", ignore=True
)
_FIND = query(lambda: select(*_DELIVERY.columns).where(log.c.id == parameter("delivery_id")))
_SOME = query(
    lambda: (
        select(*_DELIVERY.columns)
        .where(_OF_HOOK, among(log.c.id, "ids"))
        .order_by(log.c.id.desc())
        .limit(parameter("limit"))
    )
)
_RENDER = query(
    lambda: (
        update(log)
        .where(log.c.id == parameter("delivery_id"), log.c.rendered_at.is_(None))
        .values(
            body=bindparam("body", type_=LargeBinary()),
            request_url=parameter("request_url", str),
            request_headers=parameter("request_headers", str),
            rendered_at=parameter("now"),
            facts="",
        )
    )
)
_RECORD = query(
    lambda: (
        update(log)
        .where(log.c.id == parameter("delivery_id"))
        .values(
            request_url=parameter("request_url", str),
            status=parameter("status"),
            response_headers=parameter("response_headers", str),
            response_body=parameter("response_body", str),
            duration=parameter("duration"),
            attempts=log.c.attempts + 1,
            redelivering=0,
        )
    )
)
_MARK = query(lambda: update(log).where(log.c.id == parameter("delivery_id")).values(redelivering=1))
_EXPIRED = select(log.c.id).where(log.c.created_at <= parameter("before")).limit(parameter("limit"))
_FIND_EXPIRED = query(lambda: _EXPIRED)
_DELETE_EXPIRED = query(lambda: delete(log).where(log.c.id.in_(_EXPIRED)))
_DELETE_OF_HOOK = query(
    lambda: delete(log).where(log.c.id.in_(select(log.c.id).where(_OF_HOOK).limit(parameter("limit"))))
)


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one attempt; see `Delivery` for the fields."""

    request_url: str
    status: int
    response_headers: str = "{}"
    response_body: str = ""
    duration: int = 0


class NewDelivery(msgspec.Struct, frozen=True, kw_only=True):
    """A delivery that is to be put; see `Delivery` for the fields."""

    web_hook_id: int
    event_id: int | None
    subject: str
    name: str
    facts: str
    created_at: int


async def insert_delivery(tx: Tx, delivery: NewDelivery) -> int | None:
    """Puts a delivery and answers its id; None where the webhook has one for this event and name already."""
    delivery_id = await tx.value(_INSERT, body=b"", **msgspec.structs.asdict(delivery))
    return None if delivery_id is None else int(delivery_id)


async def find_delivery(tx: Tx, delivery_id: int) -> Delivery | None:
    """One delivery. Only admins are shown it."""
    return _DELIVERY.maybe(await tx.one(_FIND, delivery_id=delivery_id))


async def list_some_deliveries(tx: Tx, hook_id: int, ids: Iterable[int], *, limit: int) -> list[Delivery]:
    """Those of the ids that are deliveries of the webhook, the newest first."""
    return _DELIVERY.all(await tx.all(_SOME, hook_id=hook_id, ids=sorted(set(ids)), limit=limit))


@functools.cache
def _lists(chosen: str) -> tuple[Query, Query]:
    clauses: list[ColumnElement[bool]] = [_OF_HOOK]
    if chosen == "successful":
        clauses.append(_SUCCEEDED)
    elif chosen == "failed":
        clauses.append(_FAILED)
    rows = query(
        lambda: (
            select(*_DELIVERY.columns)
            .where(*clauses)
            .order_by(log.c.id.desc())
            .limit(parameter("limit"))
            .offset(parameter("offset"))
        )
    )
    return rows, query(lambda: select(func.count(log.c.id)).where(*clauses))


async def list_deliveries(tx: Tx, hook_id: int, *, chosen: str, limit: int, offset: int) -> tuple[list[Delivery], int]:
    """(a page of a webhook's deliveries, the newest first; how many match). `chosen`: successful, failed, or any."""
    rows, total = _lists(chosen)
    found = _DELIVERY.all(await tx.all(rows, hook_id=hook_id, limit=limit, offset=offset))
    return found, int(await tx.value(total, hook_id=hook_id))


async def store_request(
    tx: Tx, delivery_id: int, *, body: bytes, request_url: str, request_headers: str, now: int
) -> bool:
    """Keeps what is going to be sent. False when another worker was first: then its bytes are sent."""
    values = {"body": body, "request_url": request_url, "request_headers": request_headers, "now": now}
    return await tx.run(_RENDER, delivery_id=delivery_id, **values) == 1


async def record_attempt(tx: Tx, delivery_id: int, outcome: Outcome) -> None:
    """Writes what came of an attempt over what came of the one before."""
    await tx.run(_RECORD, delivery_id=delivery_id, **msgspec.structs.asdict(outcome))


async def mark_redelivering(tx: Tx, delivery_id: int) -> None:
    await tx.run(_MARK, delivery_id=delivery_id)


async def has_expired_deliveries(tx: Tx, *, before: int) -> bool:
    """Whether there is anything to sweep, so that looking costs nobody a turn to write."""
    return bool(await tx.all(_FIND_EXPIRED, before=before, limit=1))


async def delete_expired_deliveries(tx: Tx, *, before: int, limit: int) -> int:
    return await tx.run(_DELETE_EXPIRED, before=before, limit=limit)


async def delete_deliveries_of(tx: Tx, hook_id: int, *, limit: int) -> int:
    return await tx.run(_DELETE_OF_HOOK, hook_id=hook_id, limit=limit)
