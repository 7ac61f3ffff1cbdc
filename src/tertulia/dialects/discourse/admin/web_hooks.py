"""Webhooks for admins: list, make, change, delete, ping; their deliveries, and sending those again."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET

from tertulia.dialects.discourse.answers import Success, success
from tertulia.dialects.discourse.shapes.web_hooks import (
    IDS,
    OTHER_NAMES,
    RedeliveringAnswer,
    WebHookAnswer,
    WebHookEvent,
    WebHookEventAnswer,
    WebHookEventsAnswer,
    WebHookListAnswer,
)
from tertulia.forum.webhooks import reading
from tertulia.forum.webhooks.redelivering import ping_hook, redeliver, redeliver_failed
from tertulia.forum.webhooks.saving import delete_hook, save_hook
from tertulia.http.bodies import Parameters
from tertulia.http.call import Call
from tertulia.model.errors import ParameterMissing
from tertulia.model.webhooks import SaveHook

_KINDS = {str(number): kind for kind, number in IDS.items()}
_STATUSES = ("successful", "failed")
_FLAGS = {"active": "active", "wildcard_web_hook": "wildcard", "verify_certificate": "verify_certificate"}
_FILTERS = ("category_ids", "tag_ids", "group_ids")


async def get_web_hooks(call: Call) -> WebHookListAnswer:
    offset = call.parameters.integer("offset", default=0, minimum=0)
    return WebHookListAnswer.of(await reading.list_hooks(call.unit, offset=offset), limit=reading.PER_PAGE)


async def get_web_hook(call: Call) -> WebHookAnswer:
    return WebHookAnswer.of(await reading.read_hook(call.unit, call.integer("hook_id")))


async def create_web_hook(call: Call) -> WebHookAnswer:
    return WebHookAnswer.of(await save_hook(call.unit, _command(call, None)))


async def update_web_hook(call: Call) -> WebHookAnswer:
    return WebHookAnswer.of(await save_hook(call.unit, _command(call, call.integer("hook_id"))))


async def delete_web_hook(call: Call) -> Success:
    await delete_hook(call.unit, call.integer("hook_id"))
    return success()


async def ping(call: Call) -> Success:
    await ping_hook(call.unit, call.integer("hook_id"))
    return success()


async def get_events(call: Call) -> WebHookEventsAnswer:
    """The log of deliveries, newest first; `status` is successful or failed."""
    offset = call.parameters.integer("offset", default=0, minimum=0)
    status = call.parameters.text("status", default="")
    chosen = status if status in _STATUSES else ""
    found = await reading.list_deliveries(call.unit, call.integer("hook_id"), chosen=chosen, offset=offset)
    return WebHookEventsAnswer.of(found, limit=reading.PER_PAGE, chosen=chosen)


async def get_events_by_id(call: Call) -> list[WebHookEvent]:
    ids = call.parameters.integers("ids", minimum=1)
    if not ids:
        raise ParameterMissing(name="ids")
    found = await reading.list_some_deliveries(call.unit, call.integer("hook_id"), ids)
    return [WebHookEvent.of(each, url=found.hook.payload_url) for each in found.deliveries]


async def redeliver_event(call: Call) -> WebHookEventAnswer:
    delivery = await redeliver(call.unit, call.integer("hook_id"), call.integer("event_id"))
    return WebHookEventAnswer(WebHookEvent.of(delivery, url=delivery.request_url))


async def redeliver_failed_events(call: Call) -> RedeliveringAnswer:
    ids = call.parameters.integers("event_ids", minimum=1)
    if not ids:
        raise ParameterMissing(name="event_ids")
    chosen = await redeliver_failed(call.unit, call.integer("hook_id"), ids)
    return RedeliveringAnswer(len(chosen), chosen)


def _command(call: Call, hook_id: int | None) -> SaveHook:
    """Fields that are missing stay as they are. Raises ParameterMissing without the wrapper."""
    given = call.parameters.nested("web_hook")
    if not given.values:
        raise ParameterMissing(name="web_hook")
    fields: dict[str, Any] = {ours: given.boolean(name) for name, ours in _FLAGS.items() if given.has(name)}
    for name in ("payload_url", "secret"):
        if given.has(name):
            fields[name] = given.text(name, default="")
    if given.has("content_type"):
        fields["content_type"] = given.required_integer("content_type")
    for name in _FILTERS:
        if given.has(name):
            fields[name] = tuple(given.integers(name))
    if given.has("tag_names"):
        fields["tag_names"] = tuple(given.texts("tag_names", commas=True))
    kinds = _kinds(given)
    return SaveHook(hook_id=hook_id, kinds=UNSET if kinds is None else kinds, **_filled(fields))


def _kinds(given: Parameters) -> tuple[str, ...] | None:
    """Numbers of the wire as our names; names are taken too, and unknown ones refused by the service."""
    name = next((name for name in ("web_hook_event_type_ids", "web_hook_event_types") if given.has(name)), None)
    if name is None:
        return None
    words = given.texts(name, commas=True)
    return tuple(_KINDS.get(word) or OTHER_NAMES.get(word, word) for word in words)


def _filled(fields: dict[str, Any]) -> dict[str, Any]:
    """An empty flag is as good as none."""
    return {name: value for name, value in fields.items() if value is not None}
