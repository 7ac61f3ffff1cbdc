"""Posts: found with their locked topic, put, changed, and what rules about writing ask of earlier posts.

What a post refers to (quotes, mentions, links) is in `references.py`, revisions are in `revisions.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, and_, case, func, or_, select

from tertulia.model.actor import Visibility
from tertulia.model.posts import Post, PostType
from tertulia.model.topics import Topic
from tertulia.store.engine import Mapper, Tx, hidden, insert_query, parameter, query
from tertulia.store.schema.posts import posts
from tertulia.store.schema.topics import topic_posters
from tertulia.store.visibility import post_is_visible
from tertulia.store.writing.rows import change_row
from tertulia.store.writing.topics import lock_topic

POST = Mapper(Post, posts)
_CREATED = (
    "topic_id", "post_number", "user_id", "post_type", "action_code", "raw", "cooked", "cook_version", "raw_key",
    "reply_to_post_number", "reply_to_post_id", "reply_to_user_id", "word_count", "created_at", "updated_at",
    "last_editor_id", "via_key", "page_html", "page_version",
)  # fmt: skip


def _is_spoken() -> ColumnElement[bool]:
    return or_(posts.c.post_type == int(PostType.REGULAR), posts.c.post_type == int(PostType.MODERATOR_ACTION))


_INSERT = insert_query(posts, *_CREATED, returning="id")


def _next_number() -> dict[str, ColumnElement[Any]]:
    highest = func.coalesce(func.max(posts.c.post_number), 0)
    after: ColumnElement[Any] = parameter("after")
    number = select(case((highest < after, after), else_=highest) + 1).where(posts.c.topic_id == parameter("in_topic"))
    return {"post_number": number.scalar_subquery()}


def _posts_before() -> ColumnElement[Any]:
    """How many posts the author had in the topic."""
    counted = select(topic_posters.c.post_count).where(
        topic_posters.c.topic_id == parameter("in_topic"), topic_posters.c.user_id == parameter("by_author")
    )
    return func.coalesce(counted.scalar_subquery(), 0)


_INSERT_NEXT = insert_query(
    posts,
    *(name for name in _CREATED if name != "post_number"),
    computed=_next_number,
    returning=lambda: (*POST.columns, _posts_before()),
)
_TOPIC_OF = query(lambda: select(posts.c.topic_id).where(posts.c.id == parameter("post_id")))
_SEEN = query(
    lambda: select(*POST.columns).where(
        posts.c.id == parameter("post_id"),
        post_is_visible(),
        or_(posts.c.post_type != int(PostType.WHISPER), parameter("visible_deleted") == 1),
    )
)
_AGAIN = query(lambda: select(*POST.columns).where(posts.c.id == parameter("post_id")))
_BY_NUMBER = query(
    lambda: select(*POST.columns).where(
        posts.c.topic_id == parameter("topic_id"), posts.c.post_number == parameter("number")
    )
)
_HIGHEST = query(
    lambda: select(func.coalesce(func.max(posts.c.post_number), 0)).where(posts.c.topic_id == parameter("topic_id"))
)
_HIGHEST_LIVE = query(
    lambda: select(func.coalesce(func.max(posts.c.post_number), 0)).where(
        posts.c.topic_id == parameter("topic_id"),
        posts.c.deleted_at.is_(None),
        posts.c.post_type != int(PostType.WHISPER),
    )
)
_LAST_SPOKEN = query(
    lambda: (
        select(*POST.columns)
        .where(
            posts.c.topic_id == parameter("topic_id"),
            posts.c.deleted_at.is_(None),
            _is_spoken(),
        )
        .order_by(posts.c.post_number.desc())
        .limit(1)
    )
)


def _same_raw() -> Select[Any]:
    return (
        select(posts.c.id)
        .where(
            posts.c.user_id == parameter("author"),
            posts.c.raw_key == parameter("same_key", str),
            posts.c.created_at > parameter("since"),
            posts.c.deleted_at.is_(None),
        )
        .limit(1)
    )


def _said_lately() -> Select[Any]:
    last = (
        select(posts.c.user_id)
        .where(
            posts.c.topic_id == parameter("topic_id"),
            posts.c.deleted_at.is_(None),
            _is_spoken(),
        )
        .order_by(posts.c.post_number.desc())
        .limit(parameter("limit"))
        .subquery()
    )
    of_author = select(func.count()).select_from(last).where(last.c.user_id == parameter("author"))
    return select(_same_raw().scalar_subquery(), of_author.scalar_subquery())


_SAID_LATELY = query(_said_lately)
_SAME_RAW = query(_same_raw)
_LAST_BY = query(
    lambda: select(topic_posters.c.last_posted_at).where(
        topic_posters.c.topic_id == parameter("topic_id"), topic_posters.c.user_id == parameter("author")
    )
)


def _theirs(table: Table) -> ColumnElement[bool]:
    """What somebody wrote in the topic, found by its author: who is asked about is new, the topic may be endless."""
    return and_(table.c.user_id == parameter("author"), hidden(table.c.topic_id) == parameter("topic_id"))


def _last_answer() -> Select[Any]:
    answer = posts.alias("answer")
    answered = answer.c.reply_to_post_id == posts.c.id
    return (
        select(func.coalesce(func.max(answer.c.post_number), 0))
        .select_from(posts.join(answer, answered))
        .where(_theirs(posts), answer.c.user_id != parameter("author"))
    )


_LAST_ANSWER_TO = query(_last_answer)
_COUNT_BY = query(
    lambda: select(func.count(posts.c.id)).where(
        _theirs(posts),
        posts.c.post_number > parameter("after"),
        posts.c.deleted_at.is_(None),
    )
)


async def lock_post(tx: Tx, post_id: int, *, visibility: Visibility) -> tuple[Post, Topic] | None:
    """The post and its topic when the reader can see both; the topic is locked where the unit writes."""
    topic_id = await tx.value(_TOPIC_OF, post_id=post_id)
    topic = None if topic_id is None else await lock_topic(tx, int(topic_id), visibility=visibility)
    if topic is None:
        return None
    post = POST.maybe(await tx.one(_SEEN, post_id=post_id, visible_deleted=int(visibility.sees_deleted)))
    return None if post is None else (post, topic)


async def read_post_again(tx: Tx, post_id: int) -> Post:
    """The post as this unit left it. Raises LookupError when there is none."""
    post = POST.maybe(await tx.one(_AGAIN, post_id=post_id))
    if post is None:
        raise LookupError(post_id)
    return post


async def find_post_by_number(tx: Tx, topic_id: int, post_number: int) -> Post | None:
    """A post of a topic that was found visible before; deleted ones too."""
    return POST.maybe(await tx.one(_BY_NUMBER, topic_id=topic_id, number=post_number))


async def insert_post(tx: Tx, *, fields: Mapping[str, Any]) -> int:
    """A post; `fields` holds every column of `_CREATED`. Raises UniqueViolation on a taken number."""
    return int(await tx.value(_INSERT, **{name: fields[name] for name in _CREATED}))


async def insert_next_post(tx: Tx, *, fields: Mapping[str, Any], after: int) -> tuple[Post, bool]:
    """A post under the first number of its topic that is above `after` and all that were ever taken by its rows.

    Answers it, and whether its author had none in the topic before. `fields` holds all others of `_CREATED`."""
    places = {"in_topic": fields["topic_id"], "by_author": fields["user_id"], "after": after}
    row = await tx.one(_INSERT_NEXT, **fields, **places)
    if row is None:
        raise LookupError(fields["topic_id"])
    return POST.one(row), row[len(POST)] <= 0


async def update_post(
    tx: Tx, post_id: int, *, fields: Mapping[str, Any] | None = None, add: Mapping[str, int] | None = None
) -> None:
    """Sets columns and adds to counters."""
    await change_row(tx, posts, post_id, fields=fields, add=add)


async def find_highest_number(tx: Tx, topic_id: int, *, with_deleted: bool) -> int:
    """The highest post number of the topic; 0 when it has none."""
    return int(await tx.value(_HIGHEST if with_deleted else _HIGHEST_LIVE, topic_id=topic_id))


async def find_last_post(tx: Tx, topic_id: int) -> Post | None:
    """The last visible post that somebody wrote (small actions and whispers left out)."""
    return POST.maybe(await tx.one(_LAST_SPOKEN, topic_id=topic_id))


async def find_said_lately(
    tx: Tx, topic_id: int, user_id: int, *, raw_key: str, since: int, limit: int
) -> tuple[bool, int]:
    """Whether the user wrote the same after `since` (ms), and how many of the topic's last `limit` posts are theirs."""
    row = await tx.one(_SAID_LATELY, topic_id=topic_id, author=user_id, same_key=raw_key, since=since, limit=limit)
    return (row[0] is not None, int(row[1])) if row is not None else (False, 0)


async def has_recent_raw(tx: Tx, user_id: int, *, raw_key: str, since: int) -> bool:
    """Whether the user has a post with the same text that is younger than `since` (ms) and not deleted."""
    return await tx.value(_SAME_RAW, author=user_id, same_key=raw_key, since=since) is not None


async def find_last_time(tx: Tx, topic_id: int, user_id: int) -> int | None:
    """When the user last posted in the topic (ms)."""
    value = await tx.value(_LAST_BY, topic_id=topic_id, author=user_id)
    return None if value is None else int(value)


async def count_unanswered(tx: Tx, topic_id: int, user_id: int) -> int:
    """How many posts the user has in the topic since somebody else last answered one of them."""
    after = int(await tx.value(_LAST_ANSWER_TO, topic_id=topic_id, author=user_id))
    return int(await tx.value(_COUNT_BY, topic_id=topic_id, author=user_id, after=after))
