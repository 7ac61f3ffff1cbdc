"""Sending a delivery, and what follows from the answer: a retry, a webhook switched off.

No database connection is held while the receiver is waited for.
"""

from __future__ import annotations

import msgspec

from tertulia.backends.outbound.base import (
    OutboundFailed,
    OutboundRefused,
    OutboundRequest,
)
from tertulia.forum.staff_actions import log_staff_action
from tertulia.forum.unit import Unit
from tertulia.forum.webhooks.catalogue import PING
from tertulia.forum.webhooks.fanning_out import DELIVER, lane_of
from tertulia.model.webhooks import Delivery, DeliveryStatus, Hook
from tertulia.store.webhooks import deliveries as store
from tertulia.store.webhooks import hooks as hook_store
from tertulia.store.webhooks.deliveries import Outcome

NO_ANSWER = -1  # source: upstream's status of a request that was refused or failed
MOST_RETRIES = 4
MOST_RESPONSE = 10_000
_MOST_HEADERS = 40
_MOST_HEADER = 500
_MINUTE = 60_000
_GONE = (404, 410)
_encode = msgspec.json.Encoder().encode
_INACTIVE = "the webhook is not active"
_REFUSED = "the address is not one where anything may be sent"


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """What came of asking, and whether asking again makes sense."""

    outcome: Outcome
    again: bool


async def deliver(unit: Unit, *, delivery_id: int, retry: int = 0, redelivery: bool = False) -> None:
    """The job: one attempt. After 1, 5, 25 and 125 minutes it is made again while the site says so.

    A webhook that is not active is sent pings and what an admin sends again, nothing else."""
    delivery = await store.find_delivery(unit.tx, delivery_id)
    hook = await hook_store.find_hook(unit.tx, delivery.web_hook_id) if delivery is not None else None
    if delivery is None or hook is None or delivery.rendered_at is None:
        return
    attempt = await attempt_delivery(unit, hook, delivery, even_inactive=redelivery)
    await unit.write()
    stored = await record(unit, delivery, attempt.outcome)
    if stored is None or not attempt.again or redelivery:
        return
    if attempt.outcome.status in _GONE:
        if retry >= MOST_RETRIES:
            await _deactivate(unit, hook.id, status=attempt.outcome.status)
    elif retry < MOST_RETRIES and unit.site.retry_web_hook_events:
        at = unit.ports.clock.now() + 5**retry * _MINUTE
        await unit.later(DELIVER, at=at, lane=lane_of(hook.id), delivery_id=delivery.id, retry=retry + 1)


async def attempt_delivery(unit: Unit, hook: Hook, delivery: Delivery, *, even_inactive: bool) -> Attempt:
    """Sends the stored bytes and waits for the answer. The unit must not write yet."""
    url = hook.payload_url
    if not (hook.active or even_inactive or delivery.subject == PING):
        return Attempt(outcome=_nothing(url, _INACTIVE), again=False)
    headers: dict[str, str] = msgspec.json.decode(delivery.request_headers)
    request = OutboundRequest(
        url=url,
        method="POST",
        headers=tuple(headers.items()),
        body=delivery.body,
        timeout_ms=unit.site.web_hook_timeout_seconds * 1000,
        max_response_bytes=MOST_RESPONSE,
        cut_response=True,
        verify_certificate=hook.verify_certificate,
    )
    await unit.pause()
    began = unit.ports.clock.now()
    try:
        answer = await unit.ports.outbound.send(request)
    except OutboundRefused:
        return Attempt(outcome=_nothing(url, _REFUSED), again=False)
    except OutboundFailed as problem:
        duration = unit.ports.clock.now() - began
        return Attempt(outcome=_nothing(url, str(problem)[:_MOST_HEADER], duration=duration), again=True)
    kept = {name: value[:_MOST_HEADER] for name, value in answer.headers[:_MOST_HEADERS]}
    outcome = Outcome(
        request_url=url,
        status=answer.status,
        response_headers=_encode(kept).decode(),
        response_body=answer.body.decode("utf-8", "replace").replace("\0", "\ufffd"),
        duration=unit.ports.clock.now() - began,
    )
    return Attempt(outcome=outcome, again=not is_taken(answer.status))


def is_taken(status: int) -> bool:
    """Whether the receiver has taken it."""
    return 200 <= status <= 299


def _nothing(url: str, problem: str, *, duration: int = 0) -> Outcome:
    text = _encode({"error": problem}).decode()
    return Outcome(request_url=url, status=NO_ANSWER, response_headers=text, duration=duration)


async def record(unit: Unit, delivery: Delivery, outcome: Outcome) -> Hook | None:
    """Writes down what came of an attempt. None when the webhook was deleted meanwhile."""
    hook = await hook_store.find_hook(unit.tx, delivery.web_hook_id)
    if hook is None:
        return None
    await store.record_attempt(unit.tx, delivery.id, outcome)
    status = DeliveryStatus.SUCCESSFUL if is_taken(outcome.status) else DeliveryStatus.FAILED
    if hook.last_delivery_status != status:
        await hook_store.set_delivery_status(unit.tx, hook.id, status=int(status))
    return hook


async def _deactivate(unit: Unit, hook_id: int, *, status: int) -> None:
    """The receiver says for the last time that there is nobody. Source: upstream."""
    hook = await hook_store.lock_hook(unit.tx, hook_id)
    if hook is None or not hook.active:
        return
    await hook_store.update_hook(unit.tx, msgspec.structs.replace(hook, active=False, updated_at=unit.now))
    details = f"webhook_id: {hook.id}, webhook_response_status: {status}"
    await log_staff_action(unit, "web_hook_deactivate", subject=hook.payload_url, details=details)
