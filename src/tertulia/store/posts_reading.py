"""Posts by id and number, streams and windows of a topic, and what posts show beside their text.

Streams and lists across topics are in `lists/`, votes and bookmarks in `readers/`.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from sqlalchemy import ColumnElement, case, literal_column, or_, select

from tertulia.model.actor import Visibility
from tertulia.model.posts import Post, PostLink, PostType
from tertulia.model.topics import Topic
from tertulia.store.engine import Mapper, Tx, among, parameter, query
from tertulia.store.schema.posts import post_mentions, posts
from tertulia.store.schema.topics import topic_links, topics
from tertulia.store.topics_reading import TOPIC, link_is_seen, link_may_tell
from tertulia.store.visibility import post_is_visible, topic_is_visible, values

POST = Mapper(Post, posts)
_LINK = Mapper(PostLink, topic_links)
_JOINED = posts.join(topics, topics.c.id == posts.c.topic_id)


def whisper_is_visible() -> ColumnElement[bool]:
    """Whispers are for those who see deleted things: staff."""
    return or_(posts.c.post_type != int(PostType.WHISPER), parameter("visible_deleted") == 1)


def seen() -> tuple[ColumnElement[bool], ...]:
    """A post that the reader can see, by its topic and by itself."""
    return topic_is_visible(), post_is_visible(), whisper_is_visible()


_FIND = query(
    lambda: (
        select(*POST.columns, *TOPIC.columns).select_from(_JOINED).where(posts.c.id == parameter("post_id"), *seen())
    )
)
_FIND_BY_NUMBER = query(
    lambda: (
        select(*POST.columns, *TOPIC.columns)
        .select_from(_JOINED)
        .where(posts.c.topic_id == parameter("topic_id"), posts.c.post_number == parameter("number"), *seen())
    )
)
_BY_ID = query(lambda: select(*POST.columns).where(posts.c.id == parameter("post_id")))
_BY_IDS = query(
    lambda: select(*POST.columns).select_from(_JOINED).where(among(posts.c.id, "ids"), *seen()).order_by(posts.c.id)
)
_OF_TOPIC = query(
    lambda: (
        select(*POST.columns)
        .where(
            # Nothing is to be looked for by topic: it may hold a hundred thousand posts.
            posts.c.topic_id + literal_column("0") == parameter("topic_id"),
            among(posts.c.id, "ids"),
            post_is_visible(),
            whisper_is_visible(),
        )
        .order_by(posts.c.post_number)
    )
)
_REPLIES = query(
    lambda: (
        select(*POST.columns)
        .select_from(_JOINED)
        .where(posts.c.reply_to_post_id == parameter("post_id"), posts.c.post_number > parameter("after"), *seen())
        .order_by(posts.c.post_number)
        .limit(parameter("limit"))
    )
)
_REPLY_IDS = query(
    lambda: (
        select(posts.c.id)
        .select_from(_JOINED)
        .where(among(posts.c.reply_to_post_id, "ids"), *seen())
        .order_by(posts.c.id)
        .limit(parameter("limit"))
    )
)
_MENTIONS = query(
    lambda: (
        select(post_mentions.c.post_id, post_mentions.c.user_id)
        .where(among(post_mentions.c.post_id, "ids"))
        .order_by(post_mentions.c.post_id, post_mentions.c.user_id)
    )
)
_LINKS = query(
    lambda: (
        select(topic_links.c.post_id, case((link_may_tell(), 1), else_=0), *_LINK.columns)
        .select_from(topic_links.outerjoin(topics, topics.c.id == topic_links.c.linked_topic_id))
        .where(
            among(topic_links.c.post_id, "ids"),
            or_(topic_links.c.reflection == 0, link_may_tell() & link_is_seen()),
        )
        .order_by(topic_links.c.post_id, topic_links.c.id)
    )
)


async def find_post(tx: Tx, post_id: int, *, visibility: Visibility) -> tuple[Post, Topic] | None:
    """The post with its topic, when the reader can see both."""
    row = await tx.one(_FIND, post_id=post_id, **values(visibility))
    return None if row is None else (POST.one(row), TOPIC.one(row, offset=len(POST.names)))


async def find_post_by_number(
    tx: Tx, topic_id: int, post_number: int, *, visibility: Visibility
) -> tuple[Post, Topic] | None:
    row = await tx.one(_FIND_BY_NUMBER, topic_id=topic_id, number=post_number, **values(visibility))
    return None if row is None else (POST.one(row), TOPIC.one(row, offset=len(POST.names)))


async def read_post_again(tx: Tx, post_id: int) -> Post | None:
    """The post as it is now, whoever asks: for services that found it visible before they waited to write."""
    return POST.maybe(await tx.one(_BY_ID, post_id=post_id))


async def list_posts_by_ids(tx: Tx, ids: Iterable[int], *, visibility: Visibility) -> list[Post]:
    """Those of the posts that the reader can see, by id."""
    wanted = sorted(set(ids))
    return POST.all(await tx.all(_BY_IDS, ids=wanted, **values(visibility))) if wanted else []


async def list_posts_of_topic(tx: Tx, topic_id: int, ids: Iterable[int], *, visibility: Visibility) -> list[Post]:
    """Those of the posts that belong to a (visible) topic, in its order."""
    wanted = sorted(set(ids))
    if not wanted:
        return []
    return POST.all(await tx.all(_OF_TOPIC, topic_id=topic_id, ids=wanted, **values(visibility)))


async def list_replies(tx: Tx, post_id: int, *, after: int, limit: int, visibility: Visibility) -> list[Post]:
    """Direct replies with higher numbers than `after`, in their order."""
    rows = await tx.all(_REPLIES, post_id=post_id, after=after, limit=limit, **values(visibility))
    return POST.all(rows)


async def list_reply_ids(tx: Tx, post_ids: Iterable[int], *, limit: int, visibility: Visibility) -> list[int]:
    """Ids of direct replies to any of the posts, in their order."""
    rows = await tx.all(_REPLY_IDS, ids=sorted(set(post_ids)), limit=limit, **values(visibility))
    return [row[0] for row in rows]


async def list_mentions(tx: Tx, post_ids: Iterable[int]) -> dict[int, tuple[int, ...]]:
    """Ids of the users mentioned, by post id."""
    found: dict[int, list[int]] = {}
    for row in await tx.all(_MENTIONS, ids=sorted(set(post_ids))):
        found.setdefault(int(row[0]), []).append(int(row[1]))
    return {post_id: tuple(ids) for post_id, ids in found.items()}


async def list_post_links(
    tx: Tx, post_ids: Iterable[int], *, visibility: Visibility
) -> dict[int, tuple[PostLink, ...]]:
    """Links by post id. What leads to a topic that the reader cannot see has no title; links from such topics
    and from posts that the reader cannot see are left out."""
    found: dict[int, list[PostLink]] = {}
    for row in await tx.all(_LINKS, ids=sorted(set(post_ids)), **values(visibility)):
        link = _LINK.one(row, offset=2)
        kept = link if row[1] else msgspec.structs.replace(link, title="")
        found.setdefault(int(row[0]), []).append(kept)
    return {post_id: tuple(links) for post_id, links in found.items()}
