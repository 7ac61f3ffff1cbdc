"""Every table, by noun. One metadata for SQLite and PostgreSQL; `migrations/` must arrive at the same."""

from tertulia.store.schema import (
    categories,
    changes,
    email_tokens,
    events,
    groups,
    imports,
    keys,
    notifications,
    oneboxes,
    posts,
    reports,
    search,
    sites,
    tags,
    topics,
    uploads,
    users,
    webhooks,
)
from tertulia.store.schema.columns import METADATA

VERSION = "0004"

__all__ = [
    "METADATA", "VERSION", "categories", "changes", "email_tokens", "events", "groups", "imports", "keys",
    "notifications", "oneboxes", "posts", "reports", "search", "sites", "tags", "topics", "uploads", "users",
    "webhooks",
]  # fmt: skip
