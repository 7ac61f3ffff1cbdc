"""The forms of posts for pages that are kept beside them: read with a page, renewed when their rules change.

What is missing or old is made while it is read, so that nobody waits for a renewal and none is ever wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from tertulia.forum.page_forms.form import PAGE_VERSION, kept_form, needs_form, page_form
from tertulia.forum.unit import Unit
from tertulia.model.posts import PostView
from tertulia.store.cooked import page_forms as store

JOB = "posts.page_forms"
_IDS = 200  # posts that one slice looks at


async def read_page_forms(unit: Unit, views: Iterable[PostView]) -> dict[int, str]:
    """The HTML for a page by post id, of those posts whose text the reader may see; all of one topic."""
    seen = [view.post for view in views if view.can_see_content]
    wanted = [post for post in seen if needs_form(post.cooked)]
    kept: dict[int, str] = {}
    if wanted:
        ids, visibility = [post.id for post in wanted], unit.actor.visibility
        kept = await store.list_page_forms(
            unit.tx, wanted[0].topic_id, ids, version=PAGE_VERSION, visibility=visibility
        )
    return {post.id: kept[post.id] if post.id in kept else page_form(post.cooked) for post in seen}


async def renew_page_forms(
    *, open_unit: Callable[[], Unit], stopped: Callable[[], bool] = lambda: False
) -> tuple[int, bool]:
    """Makes the forms of an older version anew; answers how many, and whether it came to the end."""
    after: int | None = 0
    count = 0
    while after is not None and not stopped():
        async with open_unit() as unit:
            after, renewed = await _renew_some(unit, after)
            await unit.commit()
        count += renewed
    return count, after is None


async def renew_page_slice(unit: Unit, *, after: int = 0) -> None:
    """The job: renews some, and puts itself again in the same transaction until none is left."""
    last, _ = await _renew_some(unit, after)
    if last is not None:
        await unit.write()
        await unit.later(JOB, after=last)


async def _renew_some(unit: Unit, after: int) -> tuple[int | None, int]:
    """One slice: the last id it looked at (None at the end), and how many it renewed."""
    first = await store.find_next_id(unit.tx, after=after)
    if first is None:
        return None, 0
    last = first + _IDS - 1
    stale = await store.list_stale_forms(unit.tx, first=first, last=last, below=PAGE_VERSION)
    forms = [(post_id, cooked, kept_form(cooked)) for post_id, cooked in stale]
    if forms:
        await unit.write()
    for post_id, cooked, form in forms:
        await store.renew_form(unit.tx, post_id, cooked=cooked, form=form, version=PAGE_VERSION)
    return last, len(forms)
