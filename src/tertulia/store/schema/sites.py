"""Settings kept in the database, secrets, versions that caches ask for, the staff log."""

from __future__ import annotations

from sqlalchemy import Index, Table

from tertulia.store.schema.columns import METADATA, identity, integer, maybe_integer, maybe_words, words

settings = Table(
    "settings",
    METADATA,
    words("name", key=True),
    words("value"),
    integer("updated_at", None),
)

versions = Table(
    "versions",
    METADATA,
    words("name", key=True),
    integer("version"),
)

staff_actions = Table(
    "staff_actions",
    METADATA,
    identity(),
    words("action", required=True),
    integer("acting_user_id", None),
    maybe_integer("target_user_id"),
    maybe_integer("topic_id"),
    maybe_integer("post_id"),
    maybe_integer("category_id"),
    maybe_words("subject"),
    maybe_words("details"),
    maybe_words("before"),
    maybe_words("after"),
    integer("created_at", None),
    Index("ix_staff_actions_created_at", "created_at", "id"),
    Index("ix_staff_actions_target_user_id", "target_user_id"),
    sqlite_autoincrement=True,
)
