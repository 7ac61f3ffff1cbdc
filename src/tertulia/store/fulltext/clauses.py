"""The filters of a search by name, one row each. Every row adds a condition; parameters carry the names given.

Which rows a question needs is decided by `forum/search/`; visibility is added by `searching.py`, always.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from sqlalchemy import ColumnElement, Table, and_, exists, func, literal, or_, select

from tertulia.model.levels import Level
from tertulia.model.topics import Archetype
from tertulia.store.engine import among, hidden, parameter
from tertulia.store.schema.categories import categories
from tertulia.store.schema.columns import INTEGER
from tertulia.store.schema.groups import group_members
from tertulia.store.schema.posts import bookmarks, posts, votes
from tertulia.store.schema.tags import topic_tags
from tertulia.store.schema.topics import topic_allowed_groups, topic_allowed_users, topic_links, topic_states, topics
from tertulia.store.schema.uploads import post_uploads, uploads
from tertulia.store.schema.users import users

Clause = ColumnElement[bool]
Ratio = ColumnElement[float | Decimal]
MAXIMUM_FILE_TYPES = 4


def _me() -> ColumnElement[int]:
    return parameter("me")


def _topic_has(table: Table, *where: Clause) -> Clause:
    return exists(select(table.c.topic_id).where(table.c.topic_id == topics.c.id, *where))


def _state(*where: Clause) -> Clause:
    return _topic_has(topic_states, topic_states.c.user_id == _me(), *where)


def _tags_all(name: str) -> Clause:
    carried = select(func.count(topic_tags.c.tag_id)).where(
        topic_tags.c.topic_id == topics.c.id, among(topic_tags.c.tag_id, name)
    )
    return carried.scalar_subquery() == parameter(f"{name}_count")


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


def _author_is(clause: Clause) -> Clause:
    """For groups that follow from the account, so that they have no rows of members."""
    return exists(select(users.c.id).where(users.c.id == posts.c.user_id, users.c.id > 0, clause))


def _public() -> Clause:
    return exists(select(categories.c.id).where(categories.c.id == topics.c.category_id, categories.c.restricted == 0))


def _message_of() -> Clause:
    """A message that somebody takes part in, alone or with one of the groups they are in."""
    return and_(
        topics.c.archetype == int(Archetype.MESSAGE),
        or_(
            _topic_has(topic_allowed_users, topic_allowed_users.c.user_id == parameter("messages_of")),
            _topic_has(topic_allowed_groups, among(topic_allowed_groups.c.group_id, "messages_groups")),
        ),
    )


def _between_two() -> Clause:
    """A message of the reader and one other person, and of no group."""
    people = select(func.count(topic_allowed_users.c.user_id)).where(topic_allowed_users.c.topic_id == topics.c.id)
    return and_(
        _topic_has(topic_allowed_users, topic_allowed_users.c.user_id == _me()),
        people.scalar_subquery() == 2,
        ~_topic_has(topic_allowed_groups),
    )


def _times(word: str) -> Ratio:
    """How often a text occurs in the HTML of a post."""
    rest = func.length(func.replace(posts.c.cooked, word, ""))
    return (func.length(posts.c.cooked) - rest) / literal(len(word), INTEGER)


def _with_images() -> Clause:
    """Pictures that are no emoji and no avatar of a quote."""
    return _times("<img ") > _times('class="emoji') + _times('class="avatar')


def _with_file_types() -> Clause:
    """An upload of that kind, or a link to such a file: by the end of its path, whatever question follows it."""
    kinds = [parameter(f"file_type_{slot}", str) for slot in range(MAXIMUM_FILE_TYPES)]
    url = func.lower(topic_links.c.url)
    endings = [or_(url.like("%." + kind), url.like("%." + kind + "?%"), url.like("%." + kind + "#%")) for kind in kinds]
    linked = select(topic_links.c.id).where(
        topic_links.c.post_id == posts.c.id, topic_links.c.reflection == 0, or_(*endings)
    )
    uploaded = select(post_uploads.c.upload_id).where(
        post_uploads.c.post_id == posts.c.id,
        post_uploads.c.upload_id == uploads.c.id,
        or_(*(func.lower(uploads.c.extension) == kind for kind in kinds)),
    )
    return or_(exists(linked), exists(uploaded))


def _seen() -> Clause:
    return _state(topic_states.c.last_read_post_number >= posts.c.post_number)


CLAUSES: dict[str, Callable[[], Clause]] = {
    # Hidden: nearly all topics are, and SQLite would begin with all of them.
    "regular": lambda: hidden(topics.c.archetype) == int(Archetype.REGULAR),
    "messages": lambda: topics.c.archetype == int(Archetype.MESSAGE),
    "messages_of": _message_of,
    "regular_or_messages_of": lambda: or_(topics.c.archetype == int(Archetype.REGULAR), _message_of()),
    "personal-direct": _between_two,
    "group_messages": lambda: _topic_has(
        topic_allowed_groups, topic_allowed_groups.c.group_id == parameter("inbox_group")
    ),
    "listed": lambda: topics.c.visible == 1,
    "unlisted": lambda: topics.c.visible == 0,
    "categories": lambda: among(topics.c.category_id, "category_ids"),
    "tags_all": lambda: _tags_all("tags_all"),
    "tags_any_0": lambda: _topic_has(topic_tags, among(topic_tags.c.tag_id, "tags_any_0")),
    "tags_any_1": lambda: _topic_has(topic_tags, among(topic_tags.c.tag_id, "tags_any_1")),
    "tags_any_2": lambda: _topic_has(topic_tags, among(topic_tags.c.tag_id, "tags_any_2")),
    "tags_none": lambda: ~_topic_has(topic_tags, among(topic_tags.c.tag_id, "tags_none")),
    "tags_not_all": lambda: ~_tags_all("tags_not_all"),
    "tagged": lambda: _topic_has(topic_tags),
    "untagged": lambda: ~_topic_has(topic_tags),
    "author": lambda: posts.c.user_id == parameter("author"),
    "creator": lambda: and_(posts.c.user_id == parameter("creator"), posts.c.post_number == 1),
    "group": _in_group,
    "of_staff": lambda: _author_is(or_(users.c.admin == 1, users.c.moderator == 1)),
    "of_admins": lambda: _author_is(users.c.admin == 1),
    "of_moderators": lambda: _author_is(users.c.moderator == 1),
    "of_trust_level": lambda: _author_is(users.c.trust_level >= parameter("trust_level")),
    "before": lambda: posts.c.created_at < parameter("before"),
    "after": lambda: posts.c.created_at >= parameter("after"),
    "first": lambda: posts.c.post_number == 1,
    "replies": lambda: posts.c.post_number > 1,
    "pinned": lambda: topics.c.pinned_at.is_not(None),
    "wiki": lambda: posts.c.wiki == 1,
    "likes": _liked,
    "bookmarks": _bookmarked,
    "posted": lambda: posts.c.user_id == _me(),
    "watching": lambda: _state(topic_states.c.level >= int(Level.WATCHING)),
    "tracking": lambda: _state(topic_states.c.level >= int(Level.TRACKING)),
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
    "images": _with_images,
    "file_types": _with_file_types,
}

ORDERS: dict[str, Callable[[], ColumnElement[int] | Ratio]] = {
    "latest": lambda: -posts.c.created_at,
    "oldest": lambda: posts.c.created_at,
    "latest_topic": lambda: -topics.c.created_at,
    "oldest_topic": lambda: topics.c.created_at,
    "views": lambda: -topics.c.views,
    "likes": lambda: -posts.c.like_count,
    # The formula of the list of hot topics, against the hour of the search.
    "hot": lambda: (
        -(topics.c.views + topics.c.like_count * 40 + topics.c.posts_count * 20)
        * 3_600_000
        / (parameter("now") - topics.c.created_at + 7_200_000)
    ),
    "position": lambda: posts.c.post_number,
    "read": lambda: (
        -func.coalesce(
            select(topic_states.c.last_visited_at)
            .where(topic_states.c.topic_id == topics.c.id, topic_states.c.user_id == _me())
            .scalar_subquery(),
            0,
        )
    ),
}
