"""The forms of posts for pages, beside their HTML: found by topic, renewed by id."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import func, select, update

from tertulia.model.actor import Visibility
from tertulia.store.engine import Tx, among, hidden, parameter, query
from tertulia.store.posts_reading import whisper_is_visible
from tertulia.store.schema.posts import posts
from tertulia.store.visibility import post_is_visible, values

_OF_TOPIC = query(
    lambda: select(posts.c.id, posts.c.page_html).where(
        hidden(posts.c.topic_id) == parameter("topic_id"),  # the topic may be endless, the ids are few
        among(posts.c.id, "ids"),
        posts.c.page_version == parameter("version"),
        posts.c.page_html.is_not(None),
        post_is_visible(),
        whisper_is_visible(),
    )
)
_NEXT = query(lambda: select(func.min(posts.c.id)).where(posts.c.id > parameter("after")))
_STALE = query(
    lambda: (
        select(posts.c.id, posts.c.cooked)
        .where(
            posts.c.id >= parameter("first"),
            posts.c.id <= parameter("last"),
            posts.c.page_version < parameter("below"),
        )
        .order_by(posts.c.id)
    )
)
_RENEW = query(
    lambda: (
        update(posts)
        .where(posts.c.id == parameter("post_id"), posts.c.cooked == parameter("same", str))
        .values(page_html=parameter("form", str), page_version=parameter("version"))
    )
)


async def list_page_forms(
    tx: Tx, topic_id: int, ids: Iterable[int], *, version: int, visibility: Visibility
) -> dict[int, str]:
    """What is kept of that version, by post id, of posts that the reader can see in a (visible) topic."""
    wanted = sorted(set(ids))
    found = await tx.all(_OF_TOPIC, topic_id=topic_id, ids=wanted, version=version, **values(visibility))
    return {int(row[0]): str(row[1]) for row in found}


async def find_next_id(tx: Tx, *, after: int) -> int | None:
    """The lowest id of a post above `after`, or None."""
    found = await tx.value(_NEXT, after=after)
    return None if found is None else int(found)


async def list_stale_forms(tx: Tx, *, first: int, last: int, below: int) -> list[tuple[int, str]]:
    """Id and HTML of the posts between the two ids whose form is of a version before `below`."""
    return [(int(row[0]), str(row[1])) for row in await tx.all(_STALE, first=first, last=last, below=below)]


async def renew_form(tx: Tx, post_id: int, *, cooked: str, form: str | None, version: int) -> None:
    """Keeps the form with the post, unless its HTML is another by now."""
    await tx.run(_RENEW, post_id=post_id, same=cooked, form=form, version=version)
