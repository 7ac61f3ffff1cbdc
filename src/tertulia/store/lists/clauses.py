"""The conditions and orders of topic lists by name, each with the parameters that it compares with.

A list is a set of these names (`ListSpec`), so that every form of a list is compiled once. Read next: `topics.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    FromClause,
    Select,
    and_,
    exists,
    func,
    literal_column,
    or_,
    select,
    true,
    union,
)

from tertulia.model.groups import ADMINS_ID, MODERATORS_ID, STAFF_ID, TRUST_LEVEL_IDS
from tertulia.model.levels import Level
from tertulia.model.topics import Archetype
from tertulia.store.engine import among, hidden, parameter
from tertulia.store.readers.falling_behind import may_be_unread
from tertulia.store.schema.categories import categories
from tertulia.store.schema.groups import group_members
from tertulia.store.schema.posts import bookmarks, posts
from tertulia.store.schema.tags import topic_tags
from tertulia.store.schema.topics import (
    TOP_SCORE,
    topic_allowed_groups,
    topic_allowed_users,
    topic_posters,
    topic_states,
    topics,
)
from tertulia.store.schema.users import users

Clause = ColumnElement[bool]
RECENT_TOPICS = 800  # all that a list of hot topics chooses from
SEARCHED_TOPICS = 10_000  # no index finds a part of a title, so only the titles of those active last are looked at
_READER = parameter("reader")
_OWNER = parameter("owner")


_CATEGORY = hidden(topics.c.category_id)


def messages_of_reader() -> CompoundSelect[Any]:
    """Ids of the private messages that the reader takes part in (as `message_is_visible` says of one): few against
    all topics, so that a search begins with them."""
    return union(
        select(topic_allowed_users.c.topic_id).where(topic_allowed_users.c.user_id == parameter("visible_user")),
        select(topic_allowed_groups.c.topic_id).where(among(topic_allowed_groups.c.group_id, "visible_groups")),
    )


def members_of_group() -> Select[Any]:
    """Ids of the members of a custom group, `members_of`."""
    return select(group_members.c.user_id).where(group_members.c.group_id == parameter("members_of"))


def members_of_role() -> Select[Any]:
    """Ids of the people in a built-in group, which `role_values` spells as what their accounts hold at least."""
    return select(users.c.id).where(*_in_role())


def is_by_member(author: ColumnElement[int]) -> Clause:
    """Whether somebody is in a custom group: for groups of many, who are asked one by one on the way down a list."""
    return exists(
        select(group_members.c.user_id).where(
            group_members.c.user_id == author, group_members.c.group_id == parameter("members_of")
        )
    )


def is_by_role(author: ColumnElement[int]) -> Clause:
    """The same for a built-in group."""
    return exists(select(users.c.id).where(users.c.id == author, *_in_role()))


def _in_role() -> tuple[Clause, ...]:
    return (
        users.c.admin >= parameter("least_admin"),
        users.c.moderator >= parameter("least_moderator"),
        users.c.admin + users.c.moderator >= parameter("least_roles"),
        users.c.trust_level >= parameter("least_trust"),
        users.c.id > 0,
    )


def role_values(group_id: int) -> dict[str, int]:
    """The parameters of `members_of_role`."""
    trust = TRUST_LEVEL_IDS.index(group_id) if group_id in TRUST_LEVEL_IDS else 0
    return {
        "least_admin": int(group_id == ADMINS_ID),
        "least_moderator": int(group_id == MODERATORS_ID),
        "least_roles": int(group_id == STAFF_ID),
        "least_trust": trust,
    }


def _state(*conditions: Clause) -> Clause:
    """The reader has a state with the topic that meets the conditions."""
    mine = (topic_states.c.topic_id == topics.c.id, topic_states.c.user_id == _READER)
    return exists(select(topic_states.c.topic_id).where(*mine, *conditions))


def _not_seen() -> Clause:
    return ~_state(or_(topic_states.c.last_read_post_number > 0, topic_states.c.highest_seen_post_number > 0))


def _read_in_part() -> tuple[Clause, Clause]:
    last_read = topic_states.c.last_read_post_number
    return last_read > 0, last_read < topics.c.highest_post_number


def _at_level(level: ColumnElement[int] | int) -> Clause:
    """Ids of the reader's topics at a level: few against all topics, so that they are looked up at once."""
    mine = (topic_states.c.user_id == _READER, topic_states.c.level == level)
    return topics.c.id.in_(select(topic_states.c.topic_id).where(*mine))


def _tagged(*conditions: Clause) -> Clause:
    return exists(select(topic_tags.c.topic_id).where(topic_tags.c.topic_id == topics.c.id, *conditions))


def _has_all_tags() -> Clause:
    count = select(func.count()).where(topic_tags.c.topic_id == topics.c.id, among(topic_tags.c.tag_id, "tag_ids"))
    return count.correlate(topics).scalar_subquery() == parameter("tag_count")


def _has_any_tag() -> Clause:
    return topics.c.id.in_(select(topic_tags.c.topic_id).where(among(topic_tags.c.tag_id, "tag_ids")))


def _is_bookmarked() -> Clause:
    of_topics = select(bookmarks.c.subject_id).where(bookmarks.c.user_id == _READER, bookmarks.c.subject == "Topic")
    of_posts = (
        select(posts.c.topic_id)
        .select_from(bookmarks.join(posts, posts.c.id == bookmarks.c.subject_id))
        .where(bookmarks.c.user_id == _READER, bookmarks.c.subject == "Post")
    )
    return topics.c.id.in_(of_topics.union(of_posts))


def _posted_by_reader() -> Clause:
    return topics.c.id.in_(select(topic_posters.c.topic_id).where(topic_posters.c.user_id == _READER))


def _recently_active(most: int, *, in_category: bool = False) -> FromClause:
    """The topics that were active last. In FROM: of an IN, PostgreSQL would go through all of them for each topic."""
    recent = topics.alias("recent")
    active = (
        select(recent.c.id)
        .where(
            recent.c.archetype == int(Archetype.REGULAR),
            recent.c.deleted_at.is_(None),
            *((recent.c.category_id == parameter("category_id"),) if in_category else ()),
        )
        .order_by(recent.c.bumped_at.desc(), recent.c.id.desc())
        .limit(most)
        .subquery("active")
    )
    return active.join(topics, topics.c.id == active.c.id)


def _with_state() -> FromClause:
    """Topics that the reader has a state with."""
    mine = and_(topic_states.c.topic_id == topics.c.id, topic_states.c.user_id == _READER)
    return topic_states.join(topics, mine)


def _with_unread_state() -> FromClause:
    """The same for what may be unread: few, whoever the reader is. So PostgreSQL is not told who: it would take the
    many topics of somebody who follows many for unread by the forum's average, and walk all topics instead."""
    mine = and_(topic_states.c.topic_id == topics.c.id, topic_states.c.user_id == select(_READER).scalar_subquery())
    return topic_states.join(topics, mine)


def _is_public() -> Clause:
    return _CATEGORY.in_(select(categories.c.id).where(categories.c.restricted == 0))


def _pinned_now() -> Clause:
    return and_(
        topics.c.pinned_at.is_not(None),
        or_(topics.c.pinned_until.is_(None), topics.c.pinned_until > parameter("now")),
    )


def _message_of_owner(*, archived: bool) -> Clause:
    mine = topic_allowed_users.c.user_id == _OWNER
    is_archived = topic_allowed_users.c.archived_at > 0 if archived else topic_allowed_users.c.archived_at == 0
    return topics.c.id.in_(select(topic_allowed_users.c.topic_id).where(mine, is_archived))


def _message_of_group(*, archived: bool) -> Clause:
    ours = topic_allowed_groups.c.group_id == parameter("group_id")
    is_archived = topic_allowed_groups.c.archived_at > 0 if archived else topic_allowed_groups.c.archived_at == 0
    return topics.c.id.in_(select(topic_allowed_groups.c.topic_id).where(ours, is_archived))


def _others_posted() -> Clause:
    return or_(
        topics.c.user_id != _OWNER,
        exists(
            select(topic_posters.c.topic_id).where(
                topic_posters.c.topic_id == topics.c.id, topic_posters.c.user_id != _OWNER
            )
        ),
    )


CLAUSES: Mapping[str, Callable[[], Clause]] = {
    # what it is, and who may see it
    "regular": lambda: topics.c.archetype == int(Archetype.REGULAR),
    "regular_unordered": lambda: hidden(topics.c.archetype) == int(Archetype.REGULAR),
    "message": lambda: hidden(topics.c.archetype) == int(Archetype.MESSAGE),
    "message_visible": lambda: or_(parameter("visible_messages") == 1, topics.c.id.in_(messages_of_reader())),
    "message_current": lambda: _message_of_owner(archived=False),
    "message_archived": lambda: _message_of_owner(archived=True),
    "group_message_current": lambda: _message_of_group(archived=False),
    "group_message_archived": lambda: _message_of_group(archived=True),
    "others_posted": _others_posted,
    "posted_by_owner": lambda: topics.c.id.in_(
        select(topic_posters.c.topic_id).where(topic_posters.c.user_id == _OWNER, topic_posters.c.post_count > 0)
    ),
    "categories": lambda: among(_CATEGORY, "visible_categories"),
    "category": lambda: topics.c.category_id == parameter("category_id"),
    "large_categories": lambda: among(_CATEGORY, "category_ids"),
    "small_categories": lambda: among(topics.c.category_id, "category_ids"),
    "live": lambda: topics.c.deleted_at.is_(None),
    "deleted": lambda: topics.c.deleted_at.is_not(None),
    "listed": lambda: topics.c.visible == 1,
    # Written out, as those who are few have indexes of their own, which engines find by their very text.
    "unlisted": lambda: topics.c.visible == literal_column("0"),
    "open": lambda: and_(topics.c.closed == 0, topics.c.archived == 0),
    "closed": lambda: topics.c.closed == literal_column("1"),
    "archived": lambda: topics.c.archived == literal_column("1"),
    "public": _is_public,
    # what the caller narrows
    "ids": lambda: among(topics.c.id, "topic_ids"),
    "created_by": lambda: topics.c.user_id == _OWNER,
    "created_by_few": lambda: topics.c.user_id.in_(members_of_group()),
    "created_by_members": lambda: is_by_member(topics.c.user_id),
    "created_by_role": lambda: is_by_role(topics.c.user_id),
    "tags_any": _has_any_tag,
    "tags_common": lambda: _tagged(among(topic_tags.c.tag_id, "tag_ids")),
    "tags_all": _has_all_tags,
    "tags_none": lambda: ~_tagged(among(topic_tags.c.tag_id, "excluded_tag_ids")),
    "untagged": lambda: ~_tagged(),
    "min_posts": lambda: hidden(topics.c.posts_count) >= parameter("min_posts"),
    "max_posts": lambda: hidden(topics.c.posts_count) <= parameter("max_posts"),
    "before": lambda: topics.c.created_at < parameter("before"),
    "bumped_before": lambda: topics.c.bumped_at < parameter("bumped_before"),
    "bumped_since": lambda: topics.c.bumped_at >= parameter("since"),
    "newest": true,  # see SOURCES
    "newest_of_category": true,
    "search": lambda: topics.c.title_key.like(parameter("search", str), escape="!"),
    "active_since": lambda: hidden(topics.c.bumped_at) >= parameter("since"),
    "recent": true,  # see SOURCES
    # the reader
    "muted": lambda: _at_level(int(Level.MUTED)),
    "unmuted": lambda: ~_at_level(int(Level.MUTED)),
    "categories_unmuted": lambda: among(_CATEGORY, "muted_categories", negated=True),
    "tags_unmuted": lambda: ~_tagged(among(topic_tags.c.tag_id, "muted_tags")),
    "at_level": lambda: _at_level(parameter("level")),
    "new": lambda: and_(topics.c.created_at >= parameter("new_since"), _not_seen()),
    # The same on the way down what was active last, which ends there: no topic was active before it began.
    "new_walked": lambda: and_(
        topics.c.bumped_at >= parameter("new_since"),
        hidden(topics.c.created_at, everywhere=True) >= parameter("new_since"),
        _not_seen(),
    ),
    "unseen": lambda: and_(
        topics.c.bumped_at >= parameter("since"),
        ~_state(topic_states.c.last_read_post_number >= topics.c.highest_post_number),
    ),
    # Of those that may be unread, which have an index, those that are.
    "unread": lambda: and_(may_be_unread(), *_read_in_part()),
    "unread_walked": lambda: _state(topic_states.c.level >= int(Level.TRACKING), *_read_in_part()),
    "visited": lambda: topic_states.c.last_visited_at.is_not(None),
    "posted": _posted_by_reader,
    "bookmarked": _is_bookmarked,
    # pins
    "pinned": _pinned_now,
    "pinned_globally": lambda: topics.c.pinned_globally == 1,
    "pin_kept": lambda: ~_state(topic_states.c.cleared_pinned_at >= topics.c.pinned_at),
    "others": lambda: among(topics.c.id, "pinned_ids", negated=True),
}
# What topics are joined to, for clauses that need it.
SOURCES: Mapping[str, Callable[[], FromClause]] = {
    "unread": _with_unread_state,
    "visited": _with_state,
    "recent": lambda: _recently_active(RECENT_TOPICS),
    "newest": lambda: _recently_active(SEARCHED_TOPICS),
    "newest_of_category": lambda: _recently_active(SEARCHED_TOPICS, in_category=True),
}
ORDERS: Mapping[str, Callable[[], ColumnElement[Any]]] = {
    "activity": lambda: topics.c.bumped_at,
    "created": lambda: topics.c.created_at,
    "views": lambda: topics.c.views,
    "posts": lambda: topics.c.posts_count,
    "likes": lambda: topics.c.like_count,
    "op_likes": lambda: topics.c.first_post_like_count,
    "posters": lambda: topics.c.participant_count,
    "title": lambda: topics.c.title_key,
    "category": lambda: func.coalesce(
        select(categories.c.name_key).where(categories.c.id == topics.c.category_id).scalar_subquery(), ""
    ),
    "pinned": lambda: topics.c.pinned_at,
    "visited": lambda: topic_states.c.last_visited_at,
    # Ours: upstream's top tables count per period what happened in it; here a topic that was active in the period
    # counts with all it has.
    "top": lambda: literal_column(TOP_SCORE, topics.c.views.type),
    "hot": lambda: (
        (topics.c.views + topics.c.like_count * 40 + topics.c.posts_count * 20)
        * 3_600_000
        / (parameter("now") - topics.c.created_at + 7_200_000)
    ),
}
# Those that an index gives.
WALKED = frozenset({"activity", "created", "views", "posts", "likes", "op_likes", "posters", "title", "top"})
