"""Webhooks and the log of what was sent to them."""

from __future__ import annotations

from sqlalchemy import Index, Table

from tertulia.store.schema.columns import (
    METADATA,
    flag,
    identity,
    integer,
    maybe_integer,
    octets,
    words,
)

web_hooks = Table(
    "web_hooks",
    METADATA,
    identity(),
    words("payload_url", required=True),
    integer("content_type", 1),
    words("secret"),
    flag("active"),
    flag("wildcard"),
    flag("verify_certificate", 1),
    integer("last_delivery_status", 1),
    words("kinds"),  # this and the following: JSON lists, read whole with the row
    words("category_ids"),
    words("tag_ids"),
    words("group_ids"),
    integer("after_event_id"),
    integer("created_at", None),
    integer("updated_at", None),
    Index("ix_web_hooks_active", "active", "id"),
    sqlite_autoincrement=True,
)

web_hook_events = Table(
    "web_hook_events",
    METADATA,
    identity(),
    integer("web_hook_id", None),
    maybe_integer("event_id"),  # None: a ping, of which there may be many
    words("subject", required=True),
    words("name", required=True),
    words("facts"),
    words("request_url"),
    words("request_headers"),
    octets("body"),
    integer("status"),
    words("response_headers"),
    words("response_body"),
    integer("duration"),
    integer("attempts"),
    flag("redelivering"),
    maybe_integer("rendered_at"),
    integer("created_at", None),
    Index("ux_web_hook_events_event", "web_hook_id", "event_id", "name", unique=True),
    Index("ix_web_hook_events_list", "web_hook_id", "id"),
    Index("ix_web_hook_events_created_at", "created_at"),
    sqlite_autoincrement=True,
)
