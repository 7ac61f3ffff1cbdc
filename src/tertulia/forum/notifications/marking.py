"""Somebody's own notifications marked as read or unread."""

from __future__ import annotations

from collections.abc import Sequence

from tertulia.forum.permissions import allow
from tertulia.forum.unit import Unit
from tertulia.model.actor import Visibility
from tertulia.model.errors import NotificationMissing
from tertulia.store.notifications import reading
from tertulia.store.notifications import rows as store
from tertulia.store.notifications.reading import ListSpec


async def mark_read(unit: Unit, *, notification_id: int | None = None, kinds: Sequence[int] = ()) -> None:
    """Marks one, those of some kinds, or all of the actor's as read; those of others are not touched.

    All, and kinds, count as seen too. Raises LoginRequired."""
    allow(unit, "member")
    await unit.write()
    user_id = unit.actor.user_id or 0
    if notification_id is not None:
        await store.mark_read(unit.tx, user_id, ids=[notification_id])
        return
    await store.mark_read(unit.tx, user_id, kinds=kinds)
    newest = await _newest(unit, user_id, visibility=unit.actor.visibility)
    if newest:
        await store.save_seen(unit.tx, [(user_id, newest)])


async def _newest(unit: Unit, user_id: int, *, visibility: Visibility) -> int:
    found = await reading.list_notifications(unit.tx, user_id, ListSpec(), window=(0, 1), visibility=visibility)
    return found[0].notification.id if found else 0


async def set_read(unit: Unit, notification_id: int, *, read: bool) -> None:
    """Marks one of the actor's as read or unread. Raises LoginRequired, NotificationMissing."""
    allow(unit, "member")
    await unit.write()
    known = await store.find_notification(unit.tx, notification_id)
    if known is None or known.user_id != unit.actor.user_id:
        raise NotificationMissing()
    if read:
        await store.mark_read(unit.tx, known.user_id, ids=[known.id])
    else:
        await store.mark_unread(unit.tx, known.user_id, ids=[known.id])
