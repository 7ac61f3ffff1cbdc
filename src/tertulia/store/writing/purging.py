"""Removal for good: every row that belongs to a post or a topic. Ids are never given again.

Services choose how many posts go in one transaction; nothing here looks at rights.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, delete, func, or_, select, update

from tertulia.model.posts import PostType
from tertulia.store.engine import Query, Tx, among, parameter, query
from tertulia.store.schema.notifications import notifications
from tertulia.store.schema.oneboxes import post_oneboxes
from tertulia.store.schema.posts import (
    bookmarks,
    post_group_mentions,
    post_mentions,
    post_quotes,
    post_revisions,
    posts,
    votes,
)
from tertulia.store.schema.tags import topic_tags
from tertulia.store.schema.topics import (
    link_clicks,
    topic_allowed_groups,
    topic_allowed_users,
    topic_links,
    topic_posters,
    topic_states,
    topic_views,
    topics,
)
from tertulia.store.schema.uploads import post_uploads

_NEXT = query(
    lambda: (
        select(posts.c.id)
        .where(posts.c.topic_id == parameter("of_topic"))
        .order_by(posts.c.post_number.desc())
        .limit(parameter("limit"))
    )
)
_COUNT = query(lambda: select(func.count(posts.c.id)).where(posts.c.topic_id == parameter("of_topic")))
_LIVE = query(
    lambda: (
        select(posts.c.user_id, func.count(posts.c.id))
        .where(
            among(posts.c.id, "ids"), posts.c.deleted_at.is_(None), posts.c.post_type <= int(PostType.MODERATOR_ACTION)
        )
        .group_by(posts.c.user_id)
        .order_by(posts.c.user_id)
    )
)
_VOTED = query(lambda: select(posts.c.id, posts.c.user_id).where(among(posts.c.id, "ids"), _has_votes()))
_QUOTING = query(
    lambda: (
        select(post_quotes.c.post_id)
        .join(posts, posts.c.id == post_quotes.c.post_id)
        .where(among(post_quotes.c.post_id, "ids"), posts.c.deleted_at.is_(None))
        .distinct()
        .order_by(post_quotes.c.post_id)
    )
)
_OF_POSTS: tuple[Query, ...] = (
    query(lambda: delete(post_revisions).where(among(post_revisions.c.post_id, "ids"))),
    query(
        lambda: delete(post_quotes).where(
            or_(among(post_quotes.c.post_id, "ids"), among(post_quotes.c.quoted_post_id, "ids"))
        )
    ),
    query(lambda: delete(post_mentions).where(among(post_mentions.c.post_id, "ids"))),
    query(lambda: delete(post_uploads).where(among(post_uploads.c.post_id, "ids"))),
    query(lambda: delete(post_group_mentions).where(among(post_group_mentions.c.post_id, "ids"))),
    query(lambda: delete(post_oneboxes).where(among(post_oneboxes.c.post_id, "ids"))),
    query(lambda: delete(votes).where(among(votes.c.post_id, "ids"))),
    query(lambda: delete(bookmarks).where(bookmarks.c.subject == "Post", among(bookmarks.c.subject_id, "ids"))),
    query(lambda: delete(topic_links).where(among(topic_links.c.post_id, "ids"))),
    query(lambda: delete(link_clicks).where(among(link_clicks.c.post_id, "ids"))),
    query(lambda: delete(notifications).where(among(notifications.c.post_id, "ids"))),
    query(
        lambda: (
            update(posts)
            .where(among(posts.c.reply_to_post_id, "ids"))
            .values(reply_to_post_id=None, reply_to_user_id=None)
        )
    ),
    query(lambda: delete(posts).where(among(posts.c.id, "ids"))),
)
_OF_TOPIC: tuple[Query, ...] = (
    query(lambda: delete(topic_tags).where(topic_tags.c.topic_id == parameter("of_topic"))),
    query(lambda: delete(topic_states).where(topic_states.c.topic_id == parameter("of_topic"))),
    query(lambda: delete(topic_posters).where(topic_posters.c.topic_id == parameter("of_topic"))),
    query(lambda: delete(topic_allowed_users).where(topic_allowed_users.c.topic_id == parameter("of_topic"))),
    query(lambda: delete(topic_allowed_groups).where(topic_allowed_groups.c.topic_id == parameter("of_topic"))),
    query(lambda: delete(topic_views).where(topic_views.c.topic_id == parameter("of_topic"))),
    query(lambda: delete(notifications).where(notifications.c.topic_id == parameter("of_topic"))),
    query(
        lambda: delete(topic_links).where(
            or_(
                topic_links.c.topic_id == parameter("of_topic"),
                # What it led to keeps no trace; links of other posts to it stay in their texts and here.
                (topic_links.c.linked_topic_id == parameter("of_topic")) & (topic_links.c.reflection == 1),
            )
        )
    ),
    query(
        lambda: delete(bookmarks).where(bookmarks.c.subject == "Topic", bookmarks.c.subject_id == parameter("of_topic"))
    ),
    query(lambda: delete(topics).where(topics.c.id == parameter("of_topic"))),
)


def _has_votes() -> ColumnElement[bool]:
    return or_(posts.c.like_count > 0, posts.c.down_count > 0)


async def count_posts(tx: Tx, topic_id: int) -> int:
    """All posts of the topic, deleted ones too."""
    return int(await tx.value(_COUNT, of_topic=topic_id))


async def list_next_posts(tx: Tx, topic_id: int, *, limit: int) -> list[int]:
    """Ids of the posts to go next, the last of the topic first."""
    return [int(row[0]) for row in await tx.all(_NEXT, of_topic=topic_id, limit=limit)]


async def count_live_posts(tx: Tx, post_ids: Sequence[int]) -> list[tuple[int, int]]:
    """(user id, posts) of those that were not deleted, by ascending user id."""
    return [(int(row[0]), int(row[1])) for row in await tx.all(_LIVE, ids=list(post_ids))]


async def list_voted_posts(tx: Tx, post_ids: Sequence[int]) -> list[tuple[int, int]]:
    """(post id, author id) of those with votes."""
    return [(int(row[0]), int(row[1])) for row in await tx.all(_VOTED, ids=list(post_ids))]


async def list_quoting(tx: Tx, post_ids: Sequence[int]) -> list[int]:
    """Ids of those that count as quotes of others."""
    return [int(row[0]) for row in await tx.all(_QUOTING, ids=list(post_ids))]


async def delete_posts(tx: Tx, post_ids: Sequence[int]) -> None:
    """The posts and everything about them but their search rows."""
    for statement in _OF_POSTS:
        await tx.run(statement, ids=list(post_ids))


async def delete_topic(tx: Tx, topic_id: int) -> None:
    """The topic's row and everything about it; its posts must be gone."""
    for statement in _OF_TOPIC:
        await tx.run(statement, of_topic=topic_id)
