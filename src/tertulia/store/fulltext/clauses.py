"""The filters of a search by name, one row each. Every row adds a condition; parameters carry the names given.

Which rows a question needs is decided by `forum/search/`; visibility is added by `searching.py`, always.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import ColumnElement, Table, and_, exists, func, select

from tertulia.model.levels import Level
from tertulia.model.topics import Archetype
from tertulia.store.engine import among, parameter
from tertulia.store.schema.categories import categories
from tertulia.store.schema.groups import group_members
from tertulia.store.schema.posts import bookmarks, posts, votes
from tertulia.store.schema.tags import topic_tags
from tertulia.store.schema.topics import topic_allowed_users, topic_posters, topic_states, topics

Clause = ColumnElement[bool]


def _me() -> ColumnElement[int]:
    return parameter("me")


def _topic_has(table: Table, *where: Clause) -> Clause:
    return exists(select(table.c.topic_id).where(table.c.topic_id == topics.c.id, *where))


def _state(*where: Clause) -> Clause:
    return _topic_has(topic_states, topic_states.c.user_id == _me(), *where)


def _tags_all() -> Clause:
    carried = select(func.count(topic_tags.c.tag_id)).where(
        topic_tags.c.topic_id == topics.c.id, among(topic_tags.c.tag_id, "tags_all")
    )
    return carried.scalar_subquery() == parameter("tags_all_count")


def _bookmarked() -> Clause:
    return exists(
        select(bookmarks.c.id).where(
            bookmarks.c.user_id == _me(), bookmarks.c.subject == "Post", bookmarks.c.subject_id == posts.c.id
        )
    )


def _liked() -> Clause:
    return exists(
        select(votes.c.post_id).where(votes.c.post_id == posts.c.id, votes.c.user_id == _me(), votes.c.value == 1)
    )


def _in_group() -> Clause:
    return exists(
        select(group_members.c.user_id).where(
            group_members.c.user_id == posts.c.user_id, group_members.c.group_id == parameter("group_id")
        )
    )


def _public() -> Clause:
    return exists(select(categories.c.id).where(categories.c.id == topics.c.category_id, categories.c.restricted == 0))


def _seen() -> Clause:
    return _state(topic_states.c.last_read_post_number >= posts.c.post_number)


CLAUSES: dict[str, Callable[[], Clause]] = {
    "regular": lambda: topics.c.archetype == int(Archetype.REGULAR),
    "messages": lambda: topics.c.archetype == int(Archetype.MESSAGE),
    "messages_of": lambda: and_(
        topics.c.archetype == int(Archetype.MESSAGE),
        _topic_has(topic_allowed_users, topic_allowed_users.c.user_id == parameter("messages_of")),
    ),
    "listed": lambda: topics.c.visible == 1,
    "unlisted": lambda: topics.c.visible == 0,
    "categories": lambda: among(topics.c.category_id, "category_ids"),
    "tags_all": _tags_all,
    "tags_any_0": lambda: _topic_has(topic_tags, among(topic_tags.c.tag_id, "tags_any_0")),
    "tags_any_1": lambda: _topic_has(topic_tags, among(topic_tags.c.tag_id, "tags_any_1")),
    "tags_any_2": lambda: _topic_has(topic_tags, among(topic_tags.c.tag_id, "tags_any_2")),
    "tags_none": lambda: ~_topic_has(topic_tags, among(topic_tags.c.tag_id, "tags_none")),
    "tagged": lambda: _topic_has(topic_tags),
    "untagged": lambda: ~_topic_has(topic_tags),
    "author": lambda: posts.c.user_id == parameter("author"),
    "creator": lambda: topics.c.user_id == parameter("creator"),
    "group": _in_group,
    "before": lambda: posts.c.created_at < parameter("before"),
    "after": lambda: posts.c.created_at >= parameter("after"),
    "first": lambda: posts.c.post_number == 1,
    "replies": lambda: posts.c.post_number > 1,
    "pinned": lambda: topics.c.pinned_at.is_not(None),
    "wiki": lambda: posts.c.wiki == 1,
    "likes": _liked,
    "bookmarks": _bookmarked,
    "posted": lambda: _topic_has(topic_posters, topic_posters.c.user_id == _me(), topic_posters.c.post_count > 0),
    "watching": lambda: _state(topic_states.c.level == int(Level.WATCHING)),
    "tracking": lambda: _state(topic_states.c.level == int(Level.TRACKING)),
    "seen": _seen,
    "unseen": lambda: ~_seen(),
    "open": lambda: and_(topics.c.closed == 0, topics.c.archived == 0),
    "closed": lambda: topics.c.closed == 1,
    "archived": lambda: topics.c.archived == 1,
    "public": _public,
    "noreplies": lambda: topics.c.posts_count == 1,
    "single_user": lambda: topics.c.participant_count == 1,
    "posts_count": lambda: topics.c.posts_count == parameter("posts_count"),
    "min_posts": lambda: topics.c.posts_count >= parameter("min_posts"),
    "max_posts": lambda: topics.c.posts_count <= parameter("max_posts"),
    "min_views": lambda: topics.c.views >= parameter("min_views"),
    "max_views": lambda: topics.c.views <= parameter("max_views"),
    "topic": lambda: posts.c.topic_id == parameter("only_topic"),
    "images": lambda: topics.c.image_url.is_not(None),
}

ORDERS: dict[str, Callable[[], ColumnElement[int]]] = {
    "latest": lambda: -posts.c.created_at,
    "oldest": lambda: posts.c.created_at,
    "latest_topic": lambda: -topics.c.created_at,
    "oldest_topic": lambda: topics.c.created_at,
    "views": lambda: -topics.c.views,
    "likes": lambda: -posts.c.like_count,
    "hot": lambda: -topics.c.bumped_at,
    "read": lambda: (
        -func.coalesce(
            select(topic_states.c.last_visited_at)
            .where(topic_states.c.topic_id == topics.c.id, topic_states.c.user_id == _me())
            .scalar_subquery(),
            0,
        )
    ),
}
