"""Addresses elsewhere with what was found there, and which post shows something of what."""

from __future__ import annotations

from sqlalchemy import Index, Table

from tertulia.store.schema.columns import METADATA, flag, identity, integer, maybe_integer, words

oneboxes = Table(
    "oneboxes",
    METADATA,
    identity(),
    words("url", required=True),
    words("page"),
    integer("failures"),
    maybe_integer("fetched_at"),
    integer("asked_again_at"),
    integer("created_at", None),
    Index("ux_oneboxes_url", "url", unique=True),
    Index("ix_oneboxes_fetched_at", "fetched_at", "asked_again_at", "id"),
    sqlite_autoincrement=True,
)

post_oneboxes = Table(
    "post_oneboxes",
    METADATA,
    integer("post_id", None, key=True),
    integer("kind", None, key=True),
    integer("target_id", None, key=True),
    flag("waiting"),
    Index("ix_post_oneboxes_target", "kind", "target_id", "post_id"),
)
