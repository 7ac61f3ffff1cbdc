"""What a post shows of others, in rows; and who asks for what it does not show yet. In the post's own transaction."""

from __future__ import annotations

from collections.abc import Sequence

from tertulia.forum.oneboxes.local import open_categories
from tertulia.forum.unit import Unit
from tertulia.model.oneboxes import Onebox, Shown, ShownRef
from tertulia.store.cooked import oneboxes as store

FETCH = "oneboxes.fetch"
REFRESH = "oneboxes.refresh"
LANE = "oneboxes"


async def store_shown(
    unit: Unit,
    post_id: int,
    *,
    category_id: int | None,
    shown: Sequence[ShownRef],
    asked: Sequence[str],
    is_new: bool = False,
) -> None:
    """Replaces what the post shows something of, and has the pages that are `asked` fetched.

    What stopped being for everybody since the text was cooked is taken out by the next job."""
    waiting: list[ShownRef] = []
    if asked:
        await store.insert_oneboxes(unit.tx, asked, now=unit.now)
        known = await store.list_oneboxes(unit.tx, asked)
        for onebox in known.values():
            waiting.append(ShownRef(Shown.PAGE, onebox.id, waiting=True))
            await ask(unit, onebox)
    there = {(ref.kind, ref.id) for ref in shown}
    rows = [*shown, *(ref for ref in waiting if (ref.kind, ref.id) not in there)]
    if rows or not is_new:
        await store.replace_shown(unit.tx, post_id, rows, is_new=is_new)
    if await _is_outdated(unit, category_id, shown=shown):
        await unit.later(REFRESH, scope="self", target_id=post_id)


async def ask(unit: Unit, onebox: Onebox) -> None:
    """Has the page fetched, unless it was lately; whoever asks meanwhile waits for the same request."""
    if onebox.asked_again_at <= unit.now:
        key = f"{FETCH}/{onebox.id}/{onebox.failures}"
        await unit.later(FETCH, unique=key, lane=LANE, onebox_id=onebox.id)


async def _is_outdated(unit: Unit, category_id: int | None, *, shown: Sequence[ShownRef]) -> bool:
    posts = {ref.id for ref in shown if ref.kind is Shown.POST}
    if not posts:
        return False
    categories = await open_categories(unit, category_id=category_id)
    return await store.list_showable_ids(unit.tx, posts, category_ids=categories) != posts
