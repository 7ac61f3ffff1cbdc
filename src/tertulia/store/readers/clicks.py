"""Clicks of links: the link that was meant, and counts written in bulk, each visitor once in a while."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

import msgspec
from sqlalchemy import or_, select, update

from tertulia.model.actor import Visibility
from tertulia.store.engine import Mapper, Tx, among, parameter, query, upsert_query
from tertulia.store.posts_reading import seen
from tertulia.store.schema.posts import posts
from tertulia.store.schema.topics import link_clicks, topic_links, topics
from tertulia.store.visibility import values

Click = tuple[int, str, str]  # id of the post, address of the link, viewer


class Clicked(msgspec.Struct, frozen=True):
    """A link of a post, and whose it is."""

    post_id: int
    url: str
    user_id: int


_CLICKED = Mapper(Clicked, topic_links)
_FIND = query(
    lambda: (
        select(*_CLICKED.columns)
        .select_from(
            topic_links.join(posts, posts.c.id == topic_links.c.post_id).join(topics, topics.c.id == posts.c.topic_id)
        )
        .where(
            or_(
                topic_links.c.post_id == parameter("post_id"),
                (parameter("post_id") == 0) & (topic_links.c.topic_id == parameter("topic_id")),
            ),
            among(topic_links.c.url, "urls"),
            *seen(),
        )
        .order_by(topic_links.c.reflection, topic_links.c.id)
        .limit(1)
    )
)
_RECENT = query(
    lambda: select(link_clicks.c.post_id, link_clicks.c.link_key, link_clicks.c.viewer).where(
        among(link_clicks.c.post_id, "post_ids"),
        among(link_clicks.c.viewer, "viewers"),
        link_clicks.c.clicked_at > parameter("since"),
    )
)
_SAVE = upsert_query(
    link_clicks,
    columns=("post_id", "link_key", "viewer", "clicked_at"),
    key=("post_id", "link_key", "viewer"),
    update=("clicked_at",),
)
_COUNT = query(
    lambda: (
        update(topic_links)
        .where(topic_links.c.post_id == parameter("post_id"), topic_links.c.url == parameter("url", str))
        .values(clicks=topic_links.c.clicks + parameter("count"))
    )
)


async def find_clicked(
    tx: Tx, urls: Iterable[str], *, post_id: int, topic_id: int, visibility: Visibility
) -> Clicked | None:
    """The link with one of these addresses in the post, or with `post_id` 0 in any post of the topic, that the reader
    can see."""
    row = await tx.one(_FIND, urls=sorted(set(urls)), post_id=post_id, topic_id=topic_id, **values(visibility))
    return _CLICKED.maybe(row)


async def save_clicks(tx: Tx, clicks: Iterable[tuple[Click, int]], *, since: int) -> None:
    """Counts each (click, at), unless the viewer followed that link after `since` (ms)."""
    wanted = sorted(clicks)
    if not wanted:
        return
    rows = await tx.all(
        _RECENT,
        post_ids=sorted({post_id for (post_id, _, _), _ in wanted}),
        viewers=sorted({viewer for (_, _, viewer), _ in wanted}),
        since=since,
    )
    recent = {(int(row[0]), str(row[1]), str(row[2])) for row in rows}
    counts: dict[tuple[int, str], int] = {}
    fresh: list[dict[str, int | str]] = []
    for (post_id, url, viewer), at in wanted:
        key = _key(url)
        if (post_id, key, viewer) not in recent:
            fresh.append({"post_id": post_id, "link_key": key, "viewer": viewer, "clicked_at": at})
            counts[post_id, url] = counts.get((post_id, url), 0) + 1
    await tx.many(_COUNT, [{"post_id": post_id, "url": url, "count": by} for (post_id, url), by in counts.items()])
    await tx.many(_SAVE, fresh)


def _key(url: str) -> str:
    return sha256(url.encode("utf-8", "replace")).hexdigest()[:20]
