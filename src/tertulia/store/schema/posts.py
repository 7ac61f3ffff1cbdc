"""Posts, revisions, replies, quotes, mentions, votes, bookmarks."""

from __future__ import annotations

from sqlalchemy import Index, Table, text

from tertulia.store.schema.columns import (
    METADATA,
    flag,
    identity,
    integer,
    maybe_integer,
    maybe_words,
    number,
    words,
)

_DELETED = text("deleted_at IS NOT NULL")
# Written out, as engines find an index of an expression only by its very text.
_BALANCE = "(like_count - down_count)"

posts = Table(
    "posts",
    METADATA,
    identity(),
    integer("topic_id", None),
    integer("post_number", None),
    integer("user_id", None),
    integer("post_type", 1),
    maybe_words("action_code"),
    maybe_words("action_subject"),
    words("raw"),
    words("cooked"),
    integer("cook_version"),
    words("raw_key"),
    flag("raw_derived"),
    maybe_integer("reply_to_post_number"),
    maybe_integer("reply_to_post_id"),
    maybe_integer("reply_to_user_id"),
    integer("reply_count"),
    integer("quote_count"),
    integer("like_count"),
    integer("down_count"),
    integer("bookmark_count"),
    integer("incoming_link_count"),
    integer("reads"),
    number("score"),
    integer("word_count"),
    integer("version", 1),
    integer("public_version", 1),
    integer("created_at", None),
    integer("updated_at", None),
    integer("last_editor_id", -1),
    maybe_words("edit_reason"),
    maybe_integer("deleted_at"),
    maybe_integer("deleted_by"),
    flag("user_deleted"),
    flag("hidden"),
    flag("wiki"),
    maybe_integer("locked_by"),
    maybe_words("notice"),
    flag("via_key"),
    maybe_words("page_html"),  # NULL: pages show `cooked` as it is
    integer("page_version"),
    Index("ux_posts_topic_id_post_number", "topic_id", "post_number", unique=True),
    # Covers a topic's stream and timeline: thousands of posts are listed without touching one.
    Index("ix_posts_stream", "topic_id", "post_number", "deleted_at", "post_type", "created_at", "id"),
    # Whether any is deleted, without a look at all the others.
    Index("ix_posts_deleted", "topic_id", "deleted_at", sqlite_where=_DELETED, postgresql_where=_DELETED),
    Index("ix_posts_user_id_created_at", "user_id", "created_at", "id"),
    # Gives the best of a person in order; replies are told from first posts without a look at either.
    Index("ix_posts_user_id_balance", "user_id", text(_BALANCE), "id", "post_number"),
    # Covers counting by day: reports read no post.
    Index("ix_posts_created_at", "created_at", "id", "deleted_at", "post_type", "topic_id", "user_id"),
    Index("ix_posts_raw_key", "user_id", "raw_key", "created_at"),
    Index("ix_posts_reply_to_post_id", "reply_to_post_id"),
    sqlite_autoincrement=True,
)

post_revisions = Table(
    "post_revisions",
    METADATA,
    identity(),
    integer("post_id", None),
    integer("number", None),
    integer("user_id", None),
    maybe_words("edit_reason"),
    words("changes"),
    flag("hidden"),
    integer("created_at", None),
    Index("ux_post_revisions_post_id_number", "post_id", "number", unique=True),
    Index("ix_post_revisions_user_id", "user_id"),
    sqlite_autoincrement=True,
)

post_quotes = Table(
    "post_quotes",
    METADATA,
    integer("post_id", None, key=True),
    integer("quoted_post_id", None, key=True),
    Index("ix_post_quotes_quoted_post_id", "quoted_post_id"),
)

post_mentions = Table(
    "post_mentions",
    METADATA,
    integer("post_id", None, key=True),
    integer("user_id", None, key=True),
    Index("ix_post_mentions_user_id", "user_id"),
)

post_group_mentions = Table(
    "post_group_mentions",
    METADATA,
    integer("post_id", None, key=True),
    integer("group_id", None, key=True),
    Index("ix_post_group_mentions_group_id", "group_id", "post_id"),
)

votes = Table(
    "votes",
    METADATA,
    integer("post_id", None, key=True),
    integer("user_id", None, key=True),
    integer("topic_id", None),
    integer("value", None),
    integer("created_at", None),
    Index("ix_votes_user_id", "user_id", "value", "created_at", "post_id"),
    Index("ix_votes_topic_id", "user_id", "topic_id", "value"),
    Index("ix_votes_created_at", "value", "created_at", "post_id", "user_id"),
)

bookmarks = Table(
    "bookmarks",
    METADATA,
    identity(),
    integer("user_id", None),
    words("subject", required=True),
    integer("subject_id", None),
    maybe_words("name"),
    maybe_integer("reminder_at"),
    integer("auto_delete_preference"),
    flag("pinned"),
    integer("created_at", None),
    integer("updated_at", None),
    Index("ux_bookmarks_user_subject", "user_id", "subject", "subject_id", unique=True),
    Index("ix_bookmarks_updated_at", "user_id", "subject", "updated_at", "subject_id"),
    Index("ix_bookmarks_subject", "subject", "subject_id"),
    Index("ix_bookmarks_created_at", "created_at", "subject", "subject_id"),
    sqlite_autoincrement=True,
)
