"""Posts that an older version cooked, topic by topic, in the order of the index that lists a topic's posts."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, func, select

from tertulia.model.posts import Post, PostType
from tertulia.store.engine import Tx, among, parameter, query
from tertulia.store.schema.posts import posts
from tertulia.store.writing.posts import POST


def _is_stale() -> ColumnElement[bool]:
    """Cooked by one of the versions asked for; what has no Markdown of its own is never cooked again."""
    return and_(
        posts.c.cook_version >= parameter("lowest"),
        posts.c.cook_version < parameter("below"),
        posts.c.raw_derived == 0,
        posts.c.post_type != int(PostType.SMALL_ACTION),
    )


_COUNT = query(lambda: select(func.count(posts.c.id)).where(_is_stale()))
_NEXT_TOPIC = query(lambda: select(func.min(posts.c.topic_id)).where(posts.c.topic_id > parameter("after")))
_OF_TOPIC = query(
    lambda: (
        select(*POST.columns)
        .where(posts.c.topic_id == parameter("topic_id"), posts.c.post_number > parameter("after"), _is_stale())
        .order_by(posts.c.post_number)
        .limit(parameter("limit"))
    )
)
_BY_IDS = query(
    lambda: (
        select(*POST.columns)
        .where(among(posts.c.id, "ids"), posts.c.raw_derived == 0, posts.c.post_type != int(PostType.SMALL_ACTION))
        .order_by(posts.c.topic_id, posts.c.post_number)
    )
)


async def list_cooked(tx: Tx, post_ids: Sequence[int]) -> list[Post]:
    """Those of the posts that have Markdown of their own, topic by topic; deleted ones too."""
    return POST.all(await tx.all(_BY_IDS, ids=list(post_ids)))


async def count_stale(tx: Tx, *, lowest: int, below: int) -> int:
    """How many posts were cooked by a version from `lowest` up to, but not including, `below`. Reads all posts."""
    return int(await tx.value(_COUNT, lowest=lowest, below=below))


async def list_stale(tx: Tx, topic_id: int, *, after: int, lowest: int, below: int, limit: int) -> list[Post]:
    """The first of them in the topic, those with numbers above `after`; deleted ones too."""
    found = await tx.all(_OF_TOPIC, topic_id=topic_id, after=after, lowest=lowest, below=below, limit=limit)
    return POST.all(found)


async def find_next_topic(tx: Tx, *, after: int) -> int | None:
    """The lowest id above `after` of a topic that has posts, or None."""
    found = await tx.value(_NEXT_TOPIC, after=after)
    return None if found is None else int(found)
