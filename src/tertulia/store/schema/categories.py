"""Categories and the grants in them."""

from __future__ import annotations

from sqlalchemy import Index, Table

from tertulia.store.schema.columns import METADATA, flag, identity, integer, maybe_integer, words

categories = Table(
    "categories",
    METADATA,
    identity(),
    words("name", required=True),
    words("name_key", required=True),
    words("slug", required=True),
    words("slug_key", required=True),
    integer("parent_id"),
    integer("position"),
    words("color"),
    words("text_color"),
    words("description"),
    words("description_html"),
    words("topic_template"),
    flag("restricted"),
    flag("disabled"),
    words("icon"),
    words("style"),
    words("background_image"),
    words("link"),
    flag("section"),
    flag("allow_badges", 1),
    integer("minimum_required_tags"),
    integer("maximum_tags", 5),
    integer("default_level", 1),
    words("settings"),
    integer("user_id", -1),
    maybe_integer("topic_id"),
    integer("topic_count"),
    integer("post_count"),
    maybe_integer("latest_post_id"),
    maybe_integer("latest_topic_id"),
    integer("created_at", None),
    integer("updated_at", None),
    Index("ux_categories_parent_id_name_key", "parent_id", "name_key", unique=True),
    Index("ux_categories_parent_id_slug_key", "parent_id", "slug_key", unique=True),
    Index("ix_categories_position", "position", "id"),
    sqlite_autoincrement=True,
)

category_grants = Table(
    "category_grants",
    METADATA,
    integer("category_id", None, key=True),
    integer("holder", None, key=True),
    integer("holder_id", None, key=True),
    integer("bits", None),
    Index("ix_category_grants_holder", "holder", "holder_id"),
)
