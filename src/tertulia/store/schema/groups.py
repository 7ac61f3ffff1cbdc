"""Groups and who is in them. Built-in groups are rows as well; `everyone` (0) has no member rows."""

from __future__ import annotations

from sqlalchemy import Index, Table

from tertulia.store.schema.columns import METADATA, flag, identity, integer, maybe_integer, maybe_words, words

groups = Table(
    "groups",
    METADATA,
    identity(),
    words("name", required=True),
    words("name_key", required=True),
    words("full_name"),
    words("bio_raw"),
    words("bio_cooked"),
    flag("automatic"),
    integer("visibility_level"),
    integer("members_visibility_level"),
    integer("mentionable_level"),
    integer("messageable_level"),
    flag("public_admission"),
    flag("public_exit"),
    flag("allow_membership_requests"),
    maybe_words("title"),
    maybe_integer("grant_trust_level"),
    flag("primary_group"),
    integer("default_notification_level", 3),
    integer("member_count"),
    integer("created_at", None),
    integer("updated_at", None),
    Index("ux_groups_name_key", "name_key", unique=True),
    sqlite_autoincrement=True,
)

group_members = Table(
    "group_members",
    METADATA,
    integer("group_id", None, key=True),
    integer("user_id", None, key=True),
    flag("owner"),
    integer("created_at", None),
    Index("ix_group_members_user_id", "user_id"),
)

group_requests = Table(
    "group_requests",
    METADATA,
    integer("group_id", None, key=True),
    integer("user_id", None, key=True),
    words("reason"),
    integer("created_at", None),
    Index("ix_group_requests_user_id", "user_id"),
    Index("ix_group_requests_created_at", "group_id", "created_at", "user_id"),
)

group_logs = Table(
    "group_logs",
    METADATA,
    identity(),
    integer("group_id", None),
    words("action", required=True),
    integer("acting_user_id", None),
    maybe_integer("target_user_id"),
    maybe_words("subject"),
    maybe_words("before"),
    maybe_words("after"),
    integer("created_at", None),
    Index("ix_group_logs_group_id", "group_id", "id"),
    Index("ix_group_logs_acting_user_id", "acting_user_id"),
    Index("ix_group_logs_target_user_id", "target_user_id"),
    sqlite_autoincrement=True,
)
