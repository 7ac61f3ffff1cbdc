"""The staff action log as staff read it: what was done that changes how the forum works.

Lines are written by `forum/staff_actions.py`, in the transaction that did it.
"""

from __future__ import annotations

from tertulia.forum.permissions import allow
from tertulia.forum.staff_actions import log_staff_action
from tertulia.forum.unit import Unit
from tertulia.model.sites import StaffActionList
from tertulia.store.cards import list_cards
from tertulia.store.sites import staff_actions as store
from tertulia.store.sites.staff_actions import StaffActionFilter

MAXIMUM_PAGE = 200  # source: upstream's limit


async def list_staff_actions(
    unit: Unit, *, chosen: StaffActionFilter | None = None, page: int = 0, limit: int = 50
) -> StaffActionList:
    """A page (0-based, 1..200 lines) of the log, newest first, with everybody it names. Raises NotAllowed."""
    allow(unit, "staff")
    size = max(1, min(limit, MAXIMUM_PAGE))
    page = max(0, min(page, 1_000_000))
    wanted = chosen or StaffActionFilter()
    if any("\0" in text for text in (wanted.action or "", wanted.subject or "")):
        return StaffActionList(actions=(), users={}, total=0, page=page, limit=size)
    actions, total = await store.list_staff_actions(unit.tx, chosen=wanted, limit=size, offset=page * size)
    named = [user_id for action in actions for user_id in (action.acting_user_id, action.target_user_id)]
    users = await list_cards(unit.tx, named)
    return StaffActionList(actions=tuple(actions), users=users, total=total, page=page, limit=size)


__all__ = ["MAXIMUM_PAGE", "StaffActionFilter", "list_staff_actions", "log_staff_action"]
