"""Tags, the topics that carry them, and levels for tags and categories."""

from __future__ import annotations

from sqlalchemy import Index, Table

from tertulia.store.schema.columns import METADATA, identity, integer, words

tags = Table(
    "tags",
    METADATA,
    identity(),
    words("name", required=True),
    words("name_key", required=True),
    words("description"),
    integer("topic_count"),
    integer("created_at", None),
    Index("ux_tags_name_key", "name_key", unique=True),
    Index("ix_tags_topic_count", "topic_count", "id"),
    sqlite_autoincrement=True,
)

topic_tags = Table(
    "topic_tags",
    METADATA,
    integer("topic_id", None, key=True),
    integer("tag_id", None, key=True),
    integer("position"),
    Index("ix_topic_tags_tag_id", "tag_id", "topic_id"),
)

levels = Table(
    "levels",
    METADATA,
    integer("user_id", None, key=True),
    integer("subject", None, key=True),
    integer("subject_id", None, key=True),
    integer("level", None),
    Index("ix_levels_subject", "subject", "subject_id"),
)
