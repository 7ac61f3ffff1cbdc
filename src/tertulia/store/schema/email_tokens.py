"""Secrets of links that were mailed, as hashes."""

from __future__ import annotations

from sqlalchemy import Index, Table

from tertulia.store.schema.columns import METADATA, identity, integer, maybe_integer, words

email_tokens = Table(
    "email_tokens",
    METADATA,
    identity(),
    integer("user_id", None),
    integer("purpose", None),
    words("token_hash", required=True),
    words("email_key", required=True),
    integer("created_at", None),
    integer("expires_at", None),
    maybe_integer("used_at"),
    Index("ux_email_tokens_token_hash", "token_hash", unique=True),
    Index("ix_email_tokens_user_id", "user_id", "purpose", "created_at"),
    Index("ix_email_tokens_expires_at", "expires_at"),
    sqlite_autoincrement=True,
)
