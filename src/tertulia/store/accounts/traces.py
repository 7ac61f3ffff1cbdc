"""What a deleted account leaves behind in posts and topics: its posts, in slices, and its name on everything else.

All of it goes to the system user, so that no author is ever missing.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Column, Table, delete, select, update

from tertulia.model.users import SYSTEM_ID
from tertulia.store.engine import Query, Tx, among, parameter, query
from tertulia.store.schema.categories import categories
from tertulia.store.schema.groups import group_logs
from tertulia.store.schema.posts import post_revisions, posts
from tertulia.store.schema.topics import (
    topic_allowed_users,
    topic_links,
    topic_posters,
    topic_states,
    topics,
)
from tertulia.store.schema.uploads import uploads, user_avatars, user_uploads

_POSTS = query(
    lambda: (
        select(posts.c.id, posts.c.deleted_at)
        .where(posts.c.user_id == parameter("gone_id"))
        .order_by(posts.c.id.desc())
        .limit(parameter("limit"))
    )
)
_GIVE_POSTS = query(lambda: update(posts).where(among(posts.c.id, "ids")).values(user_id=SYSTEM_ID))


def _give(table: Table, column: Column[int]) -> Query:
    return query(lambda: update(table).where(column == parameter("gone_id")).values({column.name: SYSTEM_ID}))


def _drop(table: Table) -> Query:
    return query(lambda: delete(table).where(table.c.user_id == parameter("gone_id")))


_REST: tuple[Query, ...] = (
    *(
        _give(column.table, column)
        for column in (
            posts.c.reply_to_user_id, posts.c.last_editor_id, posts.c.deleted_by, posts.c.locked_by,
            post_revisions.c.user_id, topics.c.user_id, topics.c.last_post_user_id, topics.c.deleted_by,
            topic_links.c.user_id, uploads.c.user_id, categories.c.user_id,
            group_logs.c.acting_user_id, group_logs.c.target_user_id,
        )
    ),
    *(_drop(table) for table in (topic_states, topic_posters, user_uploads, user_avatars, topic_allowed_users)),
)  # fmt: skip


async def list_posts_of(tx: Tx, user_id: int, *, limit: int) -> list[tuple[int, bool]]:
    """(post id, whether it is deleted), newest first: replies go before the topics that they are in."""
    return [(int(row[0]), row[1] is not None) for row in await tx.all(_POSTS, gone_id=user_id, limit=limit)]


async def give_posts_away(tx: Tx, ids: Sequence[int]) -> None:
    """Makes the system user the author."""
    await tx.run(_GIVE_POSTS, ids=list(ids))


async def clear_traces(tx: Tx, user_id: int) -> None:
    """Takes the account's name off topics, revisions and links, and forgets what it read."""
    for change in _REST:
        await tx.run(change, gone_id=user_id)
