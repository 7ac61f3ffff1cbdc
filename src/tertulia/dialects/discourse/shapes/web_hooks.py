"""Webhooks as admins see them, their catalogue of events, and the log of deliveries."""

from __future__ import annotations

import msgspec

from tertulia.dialects.discourse.wire import iso
from tertulia.forum.webhooks.catalogue import KINDS
from tertulia.model.webhooks import Delivery, DeliveryList, Hook, HookList, HookView

# Numbers of the wire by our names. Source: the contract's section on webhooks.
IDS: dict[str, int] = {
    "topic_created": 101, "topic_revised": 102, "topic_edited": 103, "topic_destroyed": 104, "topic_recovered": 105,
    "post_created": 201, "post_edited": 202, "post_destroyed": 203, "post_recovered": 204,
    "user_logged_in": 301, "user_logged_out": 302, "user_confirmed_email": 303, "user_created": 304,
    "user_approved": 305, "user_updated": 306, "user_destroyed": 307, "user_suspended": 308,
    "user_unsuspended": 309,
    "group_created": 401, "group_updated": 402, "group_destroyed": 403,
    "category_created": 501, "category_updated": 502, "category_destroyed": 503,
    "tag_created": 601, "tag_updated": 602, "tag_destroyed": 603,
    "user_added_to_group": 1401, "user_removed_from_group": 1402,
    "post_liked": 1501,
    "user_promoted": 1601,
}  # fmt: skip
# Spellings of the upstream's table of numbers where its messages say it otherwise.
OTHER_NAMES = {
    "group_user_added": "user_added_to_group",
    "group_user_removed": "user_removed_from_group",
    "like_created": "post_liked",
    "user_promoted_created": "user_promoted",
}
_DEFAULTS = ("post_created", "post_edited", "post_destroyed", "post_recovered")


class EventType(msgspec.Struct):
    """Something that can be subscribed to."""

    id: int
    name: str
    group: str

    @classmethod
    def of(cls, kind: str) -> EventType:
        return cls(IDS[kind], kind, KINDS[kind])


class Named(msgspec.Struct):
    """A number with its word."""

    id: int
    name: str


CONTENT_TYPES = [Named(1, "application/json"), Named(2, "application/x-www-form-urlencoded")]
STATUSES = [Named(1, "inactive"), Named(2, "failed"), Named(3, "successful"), Named(4, "disabled")]


class WebHook(msgspec.Struct):
    """One webhook, with its secret (source: upstream)."""

    id: int
    payload_url: str
    content_type: int
    last_delivery_status: int
    secret: str
    wildcard_web_hook: bool
    verify_certificate: bool
    active: bool
    web_hook_event_types: list[EventType]
    category_ids: list[int]
    tag_names: list[str]
    tag_ids: list[int]
    group_ids: list[int]
    created_at: str
    updated_at: str

    @classmethod
    def of(cls, hook: Hook, *, tags: dict[int, str]) -> WebHook:
        return cls(
            id=hook.id,
            payload_url=hook.payload_url,
            content_type=hook.content_type,
            last_delivery_status=hook.last_delivery_status,
            secret=hook.secret,
            wildcard_web_hook=hook.wildcard,
            verify_certificate=hook.verify_certificate,
            active=hook.active,
            web_hook_event_types=[EventType.of(kind) for kind in hook.kinds if kind in KINDS],
            category_ids=list(hook.category_ids),
            tag_names=[tags[tag_id] for tag_id in hook.tag_ids if tag_id in tags],
            tag_ids=list(hook.tag_ids),
            group_ids=list(hook.group_ids),
            created_at=iso(hook.created_at),
            updated_at=iso(hook.updated_at),
        )


class Extras(msgspec.Struct):
    """What a form for a webhook offers."""

    event_types: list[EventType]
    grouped_event_types: dict[str, list[EventType]]
    default_event_types: list[EventType]
    content_types: list[Named]
    delivery_statuses: list[Named]

    @classmethod
    def make(cls) -> Extras:
        every = [EventType.of(kind) for kind in KINDS]
        grouped: dict[str, list[EventType]] = {}
        for each in every:
            grouped.setdefault(each.group, []).append(each)
        return cls(every, grouped, [EventType.of(kind) for kind in _DEFAULTS], CONTENT_TYPES, STATUSES)


class WebHookAnswer(msgspec.Struct):
    """One webhook, and what its form offers."""

    web_hook: WebHook
    extras: Extras

    @classmethod
    def of(cls, view: HookView) -> WebHookAnswer:
        return cls(WebHook.of(view.hook, tags=view.tags), Extras.make())


class WebHookListAnswer(msgspec.Struct):
    """A page of webhooks."""

    web_hooks: list[WebHook]
    extras: Extras
    total_rows_web_hooks: int
    load_more_web_hooks: str

    @classmethod
    def of(cls, found: HookList, *, limit: int) -> WebHookListAnswer:
        return cls(
            [WebHook.of(hook, tags=found.tags) for hook in found.hooks],
            Extras.make(),
            found.total,
            f"/admin/api/web_hooks.json?limit={limit}&offset={found.offset + limit}",
        )


class WebHookEvent(msgspec.Struct):
    """One delivery. Headers are JSON texts (source: upstream)."""

    id: int
    web_hook_id: int
    request_url: str
    headers: str
    payload: str
    status: int
    response_headers: str
    response_body: str
    duration: int
    created_at: str
    redelivering: bool
    attempts: int

    @classmethod
    def of(cls, delivery: Delivery, *, url: str) -> WebHookEvent:
        return cls(
            id=delivery.id,
            web_hook_id=delivery.web_hook_id,
            request_url=delivery.request_url or url,
            headers=delivery.request_headers or "{}",
            payload=delivery.body.decode(),
            status=delivery.status,
            response_headers=delivery.response_headers or "{}",
            response_body=delivery.response_body,
            duration=delivery.duration,
            created_at=iso(delivery.created_at),
            redelivering=delivery.redelivering,
            attempts=delivery.attempts,
        )


class WebHookEventAnswer(msgspec.Struct):
    """One delivery after it was sent again."""

    web_hook_event: WebHookEvent


class OfWebHook(msgspec.Struct):
    """Whose deliveries these are."""

    web_hook_id: int


class WebHookEventsAnswer(msgspec.Struct):
    """A page of deliveries, the newest first."""

    web_hook_events: list[WebHookEvent]
    total_rows_web_hook_events: int
    load_more_web_hook_events: str
    extras: OfWebHook

    @classmethod
    def of(cls, found: DeliveryList, *, limit: int, chosen: str) -> WebHookEventsAnswer:
        hook = found.hook
        more = f"/admin/api/web_hook_events/{hook.id}.json?limit={limit}&offset={found.offset + limit}"
        return cls(
            [WebHookEvent.of(each, url=hook.payload_url) for each in found.deliveries],
            found.total,
            more + (f"&status={chosen}" if chosen else ""),
            OfWebHook(hook.id),
        )


class RedeliveringAnswer(msgspec.Struct):
    """Which deliveries are going to be sent again."""

    event_count: int
    event_ids: list[int]
