"""Every table, by noun. One metadata for SQLite and PostgreSQL; `migrations/` must arrive at the same."""

from tertulia.store.schema import (
    categories,
    email_tokens,
    events,
    groups,
    imports,
    keys,
    posts,
    sites,
    tags,
    topics,
    users,
)
from tertulia.store.schema.columns import METADATA

VERSION = "0001"

__all__ = [
    "METADATA", "VERSION", "categories", "email_tokens", "events", "groups", "imports", "keys", "posts", "sites",
    "tags", "topics", "users",
]  # fmt: skip
