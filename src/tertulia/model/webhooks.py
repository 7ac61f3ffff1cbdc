"""Webhooks: who is told of what, what was sent to them, and what they answered.

The kinds of things that can be told are in `forum/webhooks/catalogue.py`; the bodies belong to the dialect.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any

import msgspec

from tertulia.model.categories import CategoryView
from tertulia.model.groups import GroupView
from tertulia.model.posts import PostView
from tertulia.model.tags import Tag
from tertulia.model.topics import TopicView
from tertulia.model.users import UserCard, UserView


class ContentType(IntEnum):
    """How a body is announced. Either way it is JSON (source: upstream)."""

    JSON = 1
    FORM = 2


class DeliveryStatus(IntEnum):
    """How the last delivery of a webhook went. Source: upstream's numbers."""

    INACTIVE = 1
    FAILED = 2
    SUCCESSFUL = 3
    DISABLED = 4


class Hook(msgspec.Struct, frozen=True, kw_only=True):
    """A receiver. `kinds` are names of the catalogue; an empty filter lets everything through.

    Events up to `after_event_id` happened before it was there (or was active)."""

    id: int
    payload_url: str
    content_type: int
    secret: str
    active: bool
    wildcard: bool
    verify_certificate: bool
    last_delivery_status: int
    kinds: tuple[str, ...]
    category_ids: tuple[int, ...]
    tag_ids: tuple[int, ...]
    group_ids: tuple[int, ...]
    after_event_id: int
    created_at: int
    updated_at: int


class Delivery(msgspec.Struct, frozen=True):
    """One event for one webhook. Its id is the same in every attempt.

    `status` is 0 before the first attempt, the answer's HTTP status, or -1 where there was no answer. Headers are
    JSON objects; `rendered_at` is None until the body is there; `duration` is ms."""

    id: int
    web_hook_id: int
    event_id: int | None
    subject: str
    name: str
    facts: str
    request_url: str
    request_headers: str
    body: bytes
    status: int
    response_headers: str
    response_body: str
    duration: int
    attempts: int
    redelivering: bool
    rendered_at: int | None
    created_at: int


class HookList(msgspec.Struct, frozen=True, kw_only=True):
    """A page of webhooks, the oldest first."""

    hooks: tuple[Hook, ...]
    tags: dict[int, str]
    total: int
    offset: int


class HookView(msgspec.Struct, frozen=True, kw_only=True):
    """One webhook with the names of the tags that it is narrowed to."""

    hook: Hook
    tags: dict[int, str]


class DeliveryList(msgspec.Struct, frozen=True, kw_only=True):
    """A page of deliveries of one webhook, the newest first."""

    hook: Hook
    deliveries: tuple[Delivery, ...]
    total: int
    offset: int


class SaveHook(msgspec.Struct, frozen=True, kw_only=True):
    """Create (`hook_id` None) or change a webhook; UNSET leaves a field as it is or takes its default."""

    hook_id: int | None = None
    payload_url: str | msgspec.UnsetType = msgspec.UNSET
    content_type: int | msgspec.UnsetType = msgspec.UNSET
    secret: str | msgspec.UnsetType = msgspec.UNSET
    active: bool | msgspec.UnsetType = msgspec.UNSET
    wildcard: bool | msgspec.UnsetType = msgspec.UNSET
    verify_certificate: bool | msgspec.UnsetType = msgspec.UNSET
    kinds: tuple[str, ...] | msgspec.UnsetType = msgspec.UNSET
    category_ids: tuple[int, ...] | msgspec.UnsetType = msgspec.UNSET
    tag_ids: tuple[int, ...] | msgspec.UnsetType = msgspec.UNSET
    tag_names: tuple[str, ...] | msgspec.UnsetType = msgspec.UNSET
    group_ids: tuple[int, ...] | msgspec.UnsetType = msgspec.UNSET


class Membership(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody in a group, or who was."""

    group_id: int
    user_id: int
    level: int
    owner: bool
    added_at: int


class HookPost(msgspec.Struct, frozen=True, kw_only=True):
    """A post with what its own view does not say."""

    view: PostView
    category_slug: str | None


class HookUser(msgspec.Struct, frozen=True, kw_only=True):
    """A profile with its groups."""

    view: UserView
    groups: tuple[GroupView, ...] = ()


class HookFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What a body is made of: as the system user sees the thing, or the event's own facts where it is gone.

    `now` is ms."""

    subject: str
    name: str
    now: int
    gone: dict[str, Any] | None = None
    topic: TopicView | None = None
    post: HookPost | None = None
    user: HookUser | None = None
    card: UserCard | None = None
    group: GroupView | None = None
    category: CategoryView | None = None
    tag: Tag | None = None
    membership: Membership | None = None


class HookRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What is sent, in the words of the dialect; the worker stores it before the first attempt."""

    body: bytes
    headers: tuple[tuple[str, str], ...]


class HookEnvelope(msgspec.Struct, frozen=True, kw_only=True):
    """Facts, and for whom: what the presenter needs to word a request. `origin` has no slash at its end."""

    facts: HookFacts
    hook: Hook
    delivery_id: int
    origin: str
