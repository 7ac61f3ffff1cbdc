"""Archives that were loaded: where their ids were moved to, and which of their topics are here already."""

from __future__ import annotations

from sqlalchemy import Index, Table

from tertulia.store.schema.columns import METADATA, identity, integer, maybe_integer, words

imports = Table(
    "imports",
    METADATA,
    identity(),
    words("fingerprint", required=True),
    integer("user_offset"),
    integer("topic_offset"),
    integer("post_offset"),
    integer("category_offset"),
    integer("started_at", None),
    maybe_integer("finished_at"),
    Index("ux_imports_fingerprint", "fingerprint", unique=True),
    sqlite_autoincrement=True,
)

imported_topics = Table(
    "imported_topics",
    METADATA,
    integer("import_id", None, key=True),
    integer("topic_id", None, key=True),
)
