"""Bookmarks: marks on posts and topics, and which of many things somebody marked."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import and_, delete, or_, select, update

from tertulia.model.actor import Visibility
from tertulia.model.posts import Bookmark
from tertulia.store.engine import Mapper, Tx, among, insert_query, parameter, query
from tertulia.store.posts_reading import seen
from tertulia.store.schema.posts import bookmarks, posts
from tertulia.store.schema.topics import topics
from tertulia.store.visibility import topic_is_visible, values

POST = "Post"
TOPIC = "Topic"
_BOOKMARK = Mapper(Bookmark, bookmarks)
_OF_ACTOR = bookmarks.c.user_id == parameter("user_id")

_INSERT = insert_query(
    bookmarks, "user_id", "subject", "subject_id", "name", "reminder_at", "auto_delete_preference", "created_at",
    "updated_at", returning="id",
)  # fmt: skip
_UPDATE = query(
    lambda: (
        update(bookmarks)
        .where(bookmarks.c.id == parameter("bookmark_id"))
        .values(
            name=parameter("name", str),
            reminder_at=parameter("reminder_at"),
            auto_delete_preference=parameter("auto_delete_preference"),
            updated_at=parameter("now"),
        )
    )
)
_FIND = query(lambda: select(*_BOOKMARK.columns).where(bookmarks.c.id == parameter("bookmark_id")))
_FIND_OF = query(
    lambda: select(*_BOOKMARK.columns).where(
        _OF_ACTOR, bookmarks.c.subject == parameter("subject", str), bookmarks.c.subject_id == parameter("subject_id")
    )
)
_DELETE = query(lambda: delete(bookmarks).where(bookmarks.c.id == parameter("bookmark_id")))
_MARKED_POSTS = query(
    lambda: select(bookmarks.c.subject_id, bookmarks.c.id).where(
        _OF_ACTOR, bookmarks.c.subject == POST, among(bookmarks.c.subject_id, "ids")
    )
)
_MARKED_TOPICS = query(
    lambda: (
        select(bookmarks.c.subject_id)
        .where(_OF_ACTOR, bookmarks.c.subject == TOPIC, among(bookmarks.c.subject_id, "ids"))
        .union(
            select(posts.c.topic_id)
            .select_from(bookmarks.join(posts, posts.c.id == bookmarks.c.subject_id))
            .where(_OF_ACTOR, bookmarks.c.subject == POST, among(posts.c.topic_id, "ids"))
        )
    )
)
_LIST = query(
    lambda: (
        select(*_BOOKMARK.columns)
        .select_from(
            bookmarks.outerjoin(
                posts, and_(bookmarks.c.subject == POST, posts.c.id == bookmarks.c.subject_id)
            ).outerjoin(
                topics,
                or_(
                    topics.c.id == posts.c.topic_id,
                    and_(bookmarks.c.subject == TOPIC, topics.c.id == bookmarks.c.subject_id),
                ),
            )
        )
        .where(
            _OF_ACTOR,
            or_(
                and_(bookmarks.c.subject == POST, *seen()),
                and_(bookmarks.c.subject == TOPIC, topic_is_visible()),
            ),
        )
        .order_by(bookmarks.c.pinned.desc(), bookmarks.c.updated_at.desc(), bookmarks.c.id.desc())
        .limit(parameter("limit"))
        .offset(parameter("offset"))
    )
)
_COUNT_ON_POST = query(
    lambda: (
        update(posts)
        .where(posts.c.id == parameter("post_id"))
        .values(bookmark_count=posts.c.bookmark_count + parameter("change"))
    )
)


async def find_bookmark(tx: Tx, bookmark_id: int) -> Bookmark | None:
    return _BOOKMARK.maybe(await tx.one(_FIND, bookmark_id=bookmark_id))


async def find_bookmark_of(tx: Tx, user_id: int, *, subject: str, subject_id: int) -> Bookmark | None:
    """Somebody's mark on one thing."""
    return _BOOKMARK.maybe(await tx.one(_FIND_OF, user_id=user_id, subject=subject, subject_id=subject_id))


async def insert_bookmark(tx: Tx, bookmark: Bookmark) -> int:
    """Stores a new mark (its `id` is given by the database). Raises UniqueViolation."""
    return int(
        await tx.value(
            _INSERT,
            user_id=bookmark.user_id,
            subject=bookmark.subject,
            subject_id=bookmark.subject_id,
            name=bookmark.name,
            reminder_at=bookmark.reminder_at,
            auto_delete_preference=bookmark.auto_delete_preference,
            created_at=bookmark.created_at,
            updated_at=bookmark.updated_at,
        )
    )


async def update_bookmark(tx: Tx, bookmark: Bookmark, *, now: int) -> None:
    await tx.run(
        _UPDATE,
        bookmark_id=bookmark.id,
        name=bookmark.name,
        reminder_at=bookmark.reminder_at,
        auto_delete_preference=bookmark.auto_delete_preference,
        now=now,
    )


async def delete_bookmark(tx: Tx, bookmark_id: int) -> bool:
    """False when it was gone already."""
    return await tx.run(_DELETE, bookmark_id=bookmark_id) == 1


async def count_bookmark_on_post(tx: Tx, post_id: int, *, change: int) -> None:
    await tx.run(_COUNT_ON_POST, post_id=post_id, change=change)


async def list_marked_posts(tx: Tx, user_id: int, post_ids: Iterable[int]) -> dict[int, int]:
    """Bookmark ids of somebody, by the id of the marked post."""
    rows = await tx.all(_MARKED_POSTS, user_id=user_id, ids=sorted(set(post_ids)))
    return {int(row[0]): int(row[1]) for row in rows}


async def list_marked_topics(tx: Tx, user_id: int, topic_ids: Iterable[int]) -> set[int]:
    """Those of the topics that somebody marked, themselves or by one of their posts."""
    rows = await tx.all(_MARKED_TOPICS, user_id=user_id, ids=sorted(set(topic_ids)))
    return {int(row[0]) for row in rows}


async def list_bookmarks(
    tx: Tx, user_id: int, *, offset: int, limit: int, visibility: Visibility
) -> tuple[Bookmark, ...]:
    """Somebody's marks on what the reader can still see: pinned first, then the newest."""
    rows = await tx.all(_LIST, user_id=user_id, offset=offset, limit=limit, **values(visibility))
    return tuple(_BOOKMARK.all(rows))
