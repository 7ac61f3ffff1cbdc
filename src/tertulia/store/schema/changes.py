"""What was written lately, for whoever keeps answers: rows per transaction and topic or person, kept for an hour."""

from __future__ import annotations

from sqlalchemy import Index, Table

from tertulia.store.schema.columns import METADATA, identity, integer

changes = Table(
    "changes",
    METADATA,
    identity(),
    integer("transaction_id"),
    integer("topic_id"),  # 0: anything may have changed; -1: lists; -2: what people see of themselves
    integer("user_id"),  # with -2: of this one; 0: of anybody
    integer("created_at", None),
    Index("ix_changes_transaction_id", "transaction_id"),
    Index("ix_changes_created_at", "created_at"),
    sqlite_autoincrement=True,
)
