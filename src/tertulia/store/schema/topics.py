"""Topics, read state, posters, links, views, and the people a private message is for."""

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

_LIVE = text("deleted_at IS NULL")
_FILTERED = ("visible", "category_id")  # deep pages skip in the index alone, whatever the reader may see
# Few topics are any of these, which lists can be asked for.
_RARE = (
    ("closed", "closed = 1"),
    ("archived", "archived = 1"),
    ("unlisted", "visible = 0"),
    ("deleted", "deleted_at IS NOT NULL"),
)
# Written out, as engines find an index of an expression only by its very text.
TOP_SCORE = "(views + like_count * 20 + posts_count * 10)"
_ORDERS = (
    "bumped_at", "created_at", "views", "posts_count", "like_count",
    # Of these few posts change anything: likes of first posts, first posts of a person in a topic, new titles.
    "first_post_like_count", "participant_count", "title_key",
)  # fmt: skip

topics = Table(
    "topics",
    METADATA,
    identity(),
    words("title", required=True),
    words("title_key", required=True),
    words("fancy_title"),
    words("slug"),
    integer("archetype"),
    maybe_integer("category_id"),
    integer("user_id", None),
    integer("created_at", None),
    integer("updated_at", None),
    integer("bumped_at", None),
    integer("last_posted_at", None),
    integer("last_post_user_id", None),
    integer("last_post_id"),
    integer("first_post_id"),
    integer("posts_count"),
    integer("reply_count"),
    integer("highest_post_number"),
    integer("participant_count"),
    integer("like_count"),
    integer("first_post_like_count"),
    integer("views"),
    integer("word_count"),
    integer("incoming_link_count"),
    flag("visible", 1),
    flag("closed"),
    flag("archived"),
    maybe_integer("pinned_at"),
    maybe_integer("pinned_until"),
    flag("pinned_globally"),
    maybe_integer("deleted_at"),
    maybe_integer("deleted_by"),
    maybe_words("external_id"),
    maybe_words("featured_link"),
    maybe_words("image_url"),
    words("excerpt"),
    flag("has_summary"),
    integer("slow_mode_seconds"),
    number("score"),
    integer("version", 1),
    Index("ux_topics_external_id", text("lower(external_id)"), unique=True),
    Index("ix_topics_title_key", "title_key"),
    Index("ix_topics_slug", "slug"),
    Index("ix_topics_user_id", "user_id", "created_at"),
    Index("ix_topics_user_id_like_count", "user_id", "like_count", "id"),
    Index("ix_topics_pinned_at", "pinned_at"),
    *(
        Index(
            f"ix_topics_live_{order}",
            "archetype",
            order,
            "id",
            *_FILTERED,
            sqlite_where=_LIVE,
            postgresql_where=_LIVE,
        )
        for order in _ORDERS
    ),
    Index(
        "ix_topics_live_top",
        "archetype",
        text(TOP_SCORE),
        "id",
        *_FILTERED,
        "bumped_at",
        sqlite_where=_LIVE,
        postgresql_where=_LIVE,
    ),
    *(
        Index(f"ix_topics_category_{order}", "category_id", order, "id", "visible", "deleted_at", "archetype")
        for order in ("bumped_at", "created_at")
    ),
    *(
        Index(f"ix_topics_{name}", "bumped_at", "id", sqlite_where=text(where), postgresql_where=text(where))
        for name, where in _RARE
    ),
    sqlite_autoincrement=True,
)

# Who is known to have read all of a topic, and what somebody who follows topics may not have read all of.
CAUGHT_UP = "maybe_unread = 0"
MAYBE_UNREAD = "maybe_unread = 1 AND level >= 2"

topic_states = Table(
    "topic_states",
    METADATA,
    integer("topic_id", None, key=True),
    integer("user_id", None, key=True),
    integer("last_read_post_number"),
    integer("highest_seen_post_number"),
    maybe_integer("level"),
    maybe_integer("first_visited_at"),
    maybe_integer("last_visited_at"),
    maybe_integer("cleared_pinned_at"),
    integer("total_time_read"),
    # 0 is a promise that the topic has no post beyond `last_read_post_number`; 1 promises nothing.
    flag("maybe_unread", 1),
    Index("ix_topic_states_user_id", "user_id", "last_visited_at"),
    Index("ix_topic_states_user_level", "user_id", "level"),
    Index("ix_topic_states_level", "topic_id", "level", "user_id"),
    Index(
        "ix_topic_states_maybe_unread",
        "user_id",
        "maybe_unread",  # without it SQLite may take the index of all levels
        "level",
        "topic_id",
        sqlite_where=text(MAYBE_UNREAD),
        postgresql_where=text(MAYBE_UNREAD),
    ),
    Index(
        "ix_topic_states_caught_up",
        "topic_id",
        "user_id",
        sqlite_where=text(CAUGHT_UP),
        postgresql_where=text(CAUGHT_UP),
    ),
)

topic_posters = Table(
    "topic_posters",
    METADATA,
    integer("topic_id", None, key=True),
    integer("user_id", None, key=True),
    integer("post_count"),
    integer("last_posted_at"),
    Index("ix_topic_posters_user_id", "user_id", "last_posted_at"),
    Index("ix_topic_posters_frequent", "topic_id", "post_count", "user_id"),
)

topic_allowed_users = Table(
    "topic_allowed_users",
    METADATA,
    integer("topic_id", None, key=True),
    integer("user_id", None, key=True),
    integer("archived_at"),
    Index("ix_topic_allowed_users_user_id", "user_id", "topic_id"),
)

topic_allowed_groups = Table(
    "topic_allowed_groups",
    METADATA,
    integer("topic_id", None, key=True),
    integer("group_id", None, key=True),
    integer("archived_at"),
    Index("ix_topic_allowed_groups_group_id", "group_id", "topic_id"),
)

topic_views = Table(
    "topic_views",
    METADATA,
    integer("topic_id", None, key=True),
    words("viewer", key=True),
    integer("viewed_at", None),
    Index("ix_topic_views_viewed_at", "viewed_at"),
)

topic_links = Table(
    "topic_links",
    METADATA,
    identity(),
    integer("topic_id", None),
    integer("post_id", None),
    integer("user_id", None),
    words("url"),
    words("domain"),
    words("title"),
    flag("internal"),
    flag("reflection"),
    maybe_integer("linked_topic_id"),
    maybe_integer("linked_post_id"),
    integer("clicks"),
    integer("created_at", None),
    Index("ix_topic_links_topic_id", "topic_id", text("clicks DESC"), "id"),
    Index("ix_topic_links_post_id", "post_id"),
    Index("ix_topic_links_linked_topic_id", "linked_topic_id"),
    Index("ix_topic_links_linked_post_id", "linked_post_id"),
    sqlite_autoincrement=True,
)

link_clicks = Table(
    "link_clicks",
    METADATA,
    integer("post_id", None, key=True),
    words("link_key", key=True),  # of the address: links have new ids after every edit
    words("viewer", key=True),
    integer("clicked_at", None),
    Index("ix_link_clicks_clicked_at", "clicked_at"),
)
