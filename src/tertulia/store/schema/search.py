"""Which posts the small full-text index holds. The indexes themselves are not tables of METADATA: `store/fulltext/`."""

from __future__ import annotations

from sqlalchemy import Table

from tertulia.store.schema.columns import METADATA, integer

# One row, or none while the forum is small: posts from this one on are in `post_search_recent` as well.
search_recent = Table(
    "search_recent",
    METADATA,
    integer("id", None, key=True),
    integer("first_post_id", None),
)
