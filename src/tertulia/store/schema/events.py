"""The event log and how far each consumer read it, job rows, and answers remembered for a repeated request."""

from __future__ import annotations

from sqlalchemy import Index, Table

from tertulia.store.schema.columns import (
    METADATA,
    identity,
    integer,
    maybe_integer,
    maybe_words,
    octets,
    words,
)

events = Table(
    "events",
    METADATA,
    identity(),
    integer("transaction_id"),
    words("event", required=True),
    maybe_integer("actor_id"),
    maybe_integer("topic_id"),
    maybe_integer("post_id"),
    maybe_integer("user_id"),
    words("facts"),
    integer("created_at", None),
    Index("ix_events_cursor", "transaction_id", "id"),
    Index("ix_events_topic_id", "topic_id", "id"),
    Index("ix_events_created_at", "created_at"),
    sqlite_autoincrement=True,
)

event_cursors = Table(
    "event_cursors",
    METADATA,
    words("consumer", key=True),
    integer("transaction_id"),
    integer("event_id"),
)

jobs = Table(
    "jobs",
    METADATA,
    identity(),
    words("kind", required=True),
    words("lane"),  # jobs of one lane are bounded together; empty: run one after another with the rest
    words("arguments"),
    maybe_words("unique_key"),
    integer("run_at", None),
    integer("attempts"),
    integer("maximum_attempts", 5),
    maybe_words("claimed_by"),
    maybe_integer("claimed_until"),
    maybe_words("problem"),
    maybe_integer("failed_at"),
    integer("created_at", None),
    Index("ix_jobs_due", "failed_at", "run_at", "id"),
    Index("ux_jobs_unique_key", "unique_key", unique=True),
    sqlite_autoincrement=True,
)

remembered = Table(
    "remembered",
    METADATA,
    words("key", key=True),
    integer("status", None),
    octets("body"),
    integer("created_at", None),
    Index("ix_remembered_created_at", "created_at"),
)
