"""Users, follows, and what readers did with topics belongs to `topics.py`."""

from __future__ import annotations

from sqlalchemy import Index, Table, text

from tertulia.store.schema.columns import METADATA, flag, identity, integer, maybe_integer, maybe_words, words

# Few people are any of these, so their indexes are small however many accounts there are.
SPECIAL = (
    ("admin", "admin = 1"),
    ("moderator", "moderator = 1"),
    ("suspended_till", "suspended_till IS NOT NULL"),
    ("silenced_till", "silenced_till IS NOT NULL"),
)
_LISTED = text("active = 1 AND staged = 0")
_LOOSE = text("user_id <> 0")
# Written out, as engines find an index of an expression only by its very text.
_REPUTATION = "(likes_received - down_votes_received)"

users = Table(
    "users",
    METADATA,
    identity(),
    words("username", required=True),
    words("username_key", required=True),
    words("name"),
    maybe_words("email"),
    maybe_words("email_key"),
    maybe_words("password_hash"),
    flag("active"),
    flag("approved"),
    flag("staged"),
    flag("admin"),
    flag("moderator"),
    integer("trust_level"),
    maybe_integer("manual_locked_trust_level"),
    maybe_words("title"),
    words("bio_raw"),
    words("bio_cooked"),
    words("location"),
    words("website"),
    words("birthday"),
    words("signature"),
    words("locale"),
    words("timezone"),
    maybe_words("avatar_template"),
    maybe_words("external_id"),
    maybe_integer("primary_group_id"),
    integer("created_at", None),
    integer("updated_at", None),
    maybe_integer("last_seen_at"),
    maybe_integer("last_posted_at"),
    maybe_integer("suspended_at"),
    maybe_integer("suspended_till"),
    maybe_integer("suspended_by"),
    maybe_words("suspend_reason"),
    maybe_integer("silenced_at"),
    maybe_integer("silenced_till"),
    maybe_integer("silenced_by"),
    maybe_words("silence_reason"),
    flag("anonymized"),
    integer("post_count"),
    integer("topic_count"),
    integer("likes_given"),
    integer("likes_received"),
    integer("down_votes_received"),
    integer("profile_views"),
    integer("follower_count"),
    integer("following_count"),
    integer("topics_entered"),
    integer("posts_read"),
    integer("time_read"),
    integer("days_visited"),
    Index("ux_users_username_key", "username_key", unique=True),
    Index("ux_users_email_key", "email_key", unique=True),
    Index("ux_users_external_id", "external_id", unique=True),
    Index("ix_users_name_key", text("lower(name)")),  # people are looked for by how their names begin
    Index("ix_users_created_at", "created_at", "id", "staged"),
    Index("ix_users_last_seen_at", "last_seen_at"),
    Index("ix_users_trust_level", "trust_level", "id", "staged"),
    # Gives the directory in its order, with all that decides who is in it.
    Index(
        "ix_users_reputation",
        text(_REPUTATION),
        "id",
        "suspended_till",
        "active",
        "staged",
        sqlite_where=_LISTED,
        postgresql_where=_LISTED,
    ),
    *(
        Index(f"ix_users_{name}", name, "id", sqlite_where=text(where), postgresql_where=text(where))
        for name, where in SPECIAL
    ),
    sqlite_autoincrement=True,
)

user_follows = Table(
    "user_follows",
    METADATA,
    integer("user_id", None, key=True),
    integer("followed_id", None, key=True),
    integer("created_at", None),
    Index("ix_user_follows_followed_id", "followed_id"),
)

user_visits = Table(
    "user_visits",
    METADATA,
    integer("user_id", None, key=True),
    integer("day", None, key=True),
    integer("posts_read"),
    integer("time_read"),
    Index("ix_user_visits_day", "day", "user_id"),
)

# How many people there are of each kind. Triggers write it (`store/accounts/tally_triggers.py`). The sum of all rows of
# a kind counts: on PostgreSQL a change is a row of the person (`user_id`), so that no two people wait for each other,
# and the worker adds these to the row of user 0.
people_ranks = Table(
    "people_ranks",
    METADATA,
    integer("trust_level", None, key=True),
    integer("active", None, key=True),
    integer("admin", None, key=True),
    integer("moderator", None, key=True),
    integer("staged", None, key=True),
    integer("user_id", None, key=True),
    integer("count"),
    Index("ix_people_ranks_loose", "user_id", sqlite_where=_LOOSE, postgresql_where=_LOOSE),
)

# The same by the hour (since the epoch) in which they were here last; who never was is in none.
people_seen = Table(
    "people_seen",
    METADATA,
    integer("hour", None, key=True),
    integer("user_id", None, key=True),
    integer("count"),
    Index("ix_people_seen_loose", "user_id", sqlite_where=_LOOSE, postgresql_where=_LOOSE),
)
