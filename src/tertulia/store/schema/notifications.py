"""What people were told, up to which of it they looked, and whose acts they do not want to hear of."""

from __future__ import annotations

from sqlalchemy import Index, Table

from tertulia.store.schema.columns import METADATA, flag, identity, integer, maybe_integer, words

notifications = Table(
    "notifications",
    METADATA,
    identity(),
    integer("user_id", None),
    integer("kind", None),
    flag("read"),
    flag("high_priority"),
    integer("created_at", None),
    maybe_integer("topic_id"),
    maybe_integer("post_number"),
    maybe_integer("post_id"),
    maybe_integer("actor_id"),
    maybe_integer("second_actor_id"),
    maybe_integer("group_id"),
    integer("count", 1),
    maybe_integer("revision"),
    maybe_integer("event_id"),
    words("given"),
    # An event tells somebody the same thing once, however often it is read; those made by hand have no event.
    Index("ux_notifications_event", "event_id", "user_id", "kind", unique=True),
    Index("ix_notifications_user_id", "user_id", "id"),
    Index("ix_notifications_unread", "user_id", "read", "high_priority", "id"),
    Index("ix_notifications_topic_id", "topic_id", "user_id", "post_number"),
    Index("ix_notifications_post_id", "post_id", "user_id"),
    Index("ix_notifications_actor_id", "actor_id", "user_id", "kind"),
    sqlite_autoincrement=True,
)

notifications_seen = Table(
    "notifications_seen",
    METADATA,
    integer("user_id", None, key=True),
    integer("notification_id"),
)

user_relations = Table(
    "user_relations",
    METADATA,
    integer("user_id", None, key=True),
    integer("other_id", None, key=True),
    integer("relation", None),
    maybe_integer("until"),
    integer("created_at", None),
    Index("ix_user_relations_other_id", "other_id"),
)
