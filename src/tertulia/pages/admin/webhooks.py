"""Webhooks, for admins: made, changed, pinged, deleted; and what was sent to each with what it answered.

The page says which calls of the API do the same.
"""

from __future__ import annotations

import msgspec

from tertulia.forum.webhooks import reading
from tertulia.forum.webhooks.catalogue import KINDS
from tertulia.forum.webhooks.redelivering import ping_hook, redeliver
from tertulia.forum.webhooks.saving import delete_hook, save_hook
from tertulia.http.call import Answer, Call
from tertulia.model.errors import ForumError
from tertulia.model.webhooks import Delivery, DeliveryList, DeliveryStatus, Hook, SaveHook
from tertulia.pages.forms import Problems, take_back, typed
from tertulia.pages.rendering import Around, page
from tertulia.pages.returning import redirect

PATH = "/admin/api/web_hooks"
_STATES = {
    DeliveryStatus.INACTIVE: "nothing sent yet",
    DeliveryStatus.FAILED: "last delivery failed",
    DeliveryStatus.SUCCESSFUL: "last delivery taken",
    DeliveryStatus.DISABLED: "switched off",
}
_GROUPS = {"group_user": "group members", "like": "likes", "user_promoted": "trust levels"}


class HookForm(msgspec.Struct, frozen=True, kw_only=True):
    """What stands in the form of a webhook."""

    payload_url: str = ""
    secret: str = ""
    content_type: int = 1
    everything: bool = False
    kinds: tuple[str, ...] = ("post_created", "topic_created")
    active: bool = True
    verify_certificate: bool = True


class HookLine(msgspec.Struct, frozen=True, kw_only=True):
    """A webhook in the table; never its secret."""

    id: int
    url: str
    events: str
    active: bool
    signed: bool
    state: str


class DeliveryLine(msgspec.Struct, frozen=True, kw_only=True):
    """A delivery with what was sent and what came back, as text."""

    id: int
    event: str
    state: str
    failed: bool
    attempts: int
    duration: int
    created_at: int
    headers: dict[str, str]
    body: str
    response_headers: dict[str, str]
    response_body: str


def _form_of(hook: Hook) -> HookForm:
    return HookForm(
        payload_url=hook.payload_url,
        secret=hook.secret,
        content_type=hook.content_type,
        everything=hook.wildcard,
        kinds=hook.kinds,
        active=hook.active,
        verify_certificate=hook.verify_certificate,
    )


def _typed_form(call: Call) -> HookForm:
    return HookForm(
        payload_url=typed(call, "payload_url", longest=2000).strip(),
        secret=typed(call, "secret", longest=1000),
        content_type=2 if typed(call, "content_type") == "2" else 1,
        everything=typed(call, "which") == "all",
        kinds=tuple(call.parameters.texts("kinds")),
        active=typed(call, "active") == "1",
        verify_certificate=typed(call, "verify_certificate") == "1",
    )


def _command(form: HookForm, hook_id: int | None) -> SaveHook:
    return SaveHook(
        hook_id=hook_id,
        payload_url=form.payload_url,
        secret=form.secret,
        content_type=form.content_type,
        wildcard=form.everything,
        kinds=form.kinds,
        active=form.active,
        verify_certificate=form.verify_certificate,
    )


def _line(hook: Hook) -> HookLine:
    return HookLine(
        id=hook.id,
        url=hook.payload_url,
        events="everything" if hook.wildcard else ", ".join(hook.kinds),
        active=hook.active,
        signed=bool(hook.secret),
        state=_STATES[DeliveryStatus(hook.last_delivery_status)],
    )


def _delivery_line(delivery: Delivery) -> DeliveryLine:
    failed = delivery.status != 0 and not 200 <= delivery.status <= 299
    state = "waiting" if delivery.status == 0 else "no answer" if delivery.status < 0 else str(delivery.status)
    return DeliveryLine(
        id=delivery.id,
        event=delivery.name.partition(" ")[0],
        state=state,
        failed=failed,
        attempts=delivery.attempts,
        duration=delivery.duration,
        created_at=delivery.created_at,
        headers=msgspec.json.decode(delivery.request_headers or "{}", type=dict[str, str]),
        body=delivery.body.decode("utf-8", "replace"),
        response_headers=msgspec.json.decode(delivery.response_headers or "{}", type=dict[str, str]),
        response_body=delivery.response_body,
    )


def _choices() -> dict[str, list[str]]:
    """Events by what they are about, as the form shows them."""
    found: dict[str, list[str]] = {}
    for kind, subject in KINDS.items():
        found.setdefault(_GROUPS.get(subject, subject), []).append(kind)
    return found


async def get_hooks(call: Call) -> Answer:
    offset = call.query.integer("offset", minimum=0, maximum=1_000_000, default=0)
    found = await reading.list_hooks(call.unit, offset=offset)
    older = found.offset + reading.PER_PAGE
    return page(
        call,
        "admin/webhooks.html",
        around=Around(title="Webhooks", section="webhooks", json_path=f"{PATH}.json", noindex=True),
        lines=[_line(hook) for hook in found.hooks],
        newer=f"{PATH}?offset={max(found.offset - reading.PER_PAGE, 0)}" if found.offset else None,
        older=f"{PATH}?offset={older}" if older < found.total else None,
    )


async def get_new_hook(call: Call) -> Answer:
    return _new(call, form=HookForm(), problems=Problems())


async def post_create_hook(call: Call) -> Answer:
    form = _typed_form(call)
    try:
        made = await save_hook(call.unit, _command(form, None))
    except ForumError as error:
        return _new(call, form=form, problems=await take_back(call, error))
    return redirect(f"{PATH}/{made.hook.id}")


def _new(call: Call, *, form: HookForm, problems: Problems) -> Answer:
    around = Around(title="New webhook", section="webhooks", noindex=True, status=problems.status)
    answer = page(call, "admin/webhook_new.html", around=around, form=form, problems=problems, choices=_choices())
    answer.reason = problems.reason
    return answer


async def get_hook(call: Call) -> Answer:
    return await _one(call, form=None, problems=Problems())


async def post_change_hook(call: Call) -> Answer:
    form, hook_id = _typed_form(call), call.integer("hook_id")
    try:
        await save_hook(call.unit, _command(form, hook_id))
    except ForumError as error:
        return await _one(call, form=form, problems=await take_back(call, error))
    return redirect(f"{PATH}/{hook_id}")


async def _one(call: Call, *, form: HookForm | None, problems: Problems) -> Answer:
    offset = call.query.integer("offset", minimum=0, maximum=1_000_000, default=0)
    found = await reading.list_deliveries(call.unit, call.integer("hook_id"), offset=offset)
    answer = _render_one(call, found, form=form or _form_of(found.hook), problems=problems)
    answer.reason = problems.reason
    answer.headers.append(("Cache-Control", "no-store"))
    return answer


def _render_one(call: Call, found: DeliveryList, *, form: HookForm, problems: Problems) -> Answer:
    path, older = f"{PATH}/{found.hook.id}", found.offset + reading.PER_PAGE
    return page(
        call,
        "admin/webhook.html",
        around=Around(
            title="Webhook", section="webhooks", json_path=f"{path}.json", noindex=True, status=problems.status
        ),
        hook=_line(found.hook),
        form=form,
        problems=problems,
        choices=_choices(),
        lines=[_delivery_line(each) for each in found.deliveries],
        total=found.total,
        newer=f"{path}?offset={max(found.offset - reading.PER_PAGE, 0)}" if found.offset else None,
        older=f"{path}?offset={older}" if older < found.total else None,
    )


async def post_delete_hook(call: Call) -> Answer:
    await delete_hook(call.unit, call.integer("hook_id"))
    return redirect(PATH)


async def post_ping_hook(call: Call) -> Answer:
    hook_id = call.integer("hook_id")
    await ping_hook(call.unit, hook_id)
    return redirect(f"{PATH}/{hook_id}")


async def post_redeliver(call: Call) -> Answer:
    hook_id = call.integer("hook_id")
    await redeliver(call.unit, hook_id, call.integer("event_id"))
    return redirect(f"{PATH}/{hook_id}")
