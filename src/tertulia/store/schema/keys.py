"""Credentials of every kind in one table, and cookie sessions."""

from __future__ import annotations

from sqlalchemy import Index, Table

from tertulia.store.schema.columns import METADATA, identity, integer, maybe_integer, maybe_words, words

keys = Table(
    "keys",
    METADATA,
    identity(),
    integer("kind", None),
    words("secret_hash", required=True),
    words("truncated"),
    maybe_integer("user_id"),
    words("description"),
    integer("scope_mode"),
    words("scopes"),
    words("allowed_addresses"),
    maybe_integer("created_by"),
    integer("created_at", None),
    integer("updated_at", None),
    maybe_integer("last_used_at"),
    maybe_words("last_used_address"),
    maybe_words("last_used_agent"),
    maybe_integer("revoked_at"),
    maybe_integer("revoked_by"),
    maybe_integer("expires_at"),
    words("client_id"),
    words("application"),
    Index("ux_keys_secret_hash", "secret_hash", unique=True),
    Index("ix_keys_user_id", "user_id", "kind"),
    sqlite_autoincrement=True,
)

sessions = Table(
    "sessions",
    METADATA,
    identity(),
    words("token_hash", required=True),
    integer("user_id", None),
    integer("created_at", None),
    integer("seen_at", None),
    integer("expires_at", None),
    words("address"),
    words("agent"),
    Index("ux_sessions_token_hash", "token_hash", unique=True),
    Index("ix_sessions_user_id", "user_id"),
    Index("ix_sessions_expires_at", "expires_at"),
    sqlite_autoincrement=True,
)

# Calls whose key stood in the query or the body, which no route but feeds reads any longer: kept for a day.
deprecated_calls = Table(
    "deprecated_calls",
    METADATA,
    identity(),
    words("route", required=True),
    words("address"),
    words("agent"),
    integer("key_id"),
    integer("calls"),
    integer("first_at", None),
    integer("last_at", None),
    Index("ux_deprecated_calls_caller", "route", "address", "agent", "key_id", unique=True),
    Index("ix_deprecated_calls_last_at", "last_at", "id"),
    sqlite_autoincrement=True,
)
