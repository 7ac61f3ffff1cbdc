"""What tests of notifications ask: who was told what, in order, as (kind, post number)."""

from __future__ import annotations

from sqlalchemy import select

from tertulia.forum.unit import Unit
from tertulia.model.notifications import Notification, NotificationKind
from tertulia.store.engine import parameter, query
from tertulia.store.notifications.rows import NOTIFICATION
from tertulia.store.schema.notifications import notifications
from tertulia.testing.forum import Forum

_ALL = query(
    lambda: (
        select(*NOTIFICATION.columns)
        .where(notifications.c.user_id == parameter("user_id"))
        .order_by(notifications.c.id)
    )
)


def stored(forum: Forum, username: str) -> list[Notification]:
    """Every row of somebody, after the worker has read every event."""
    forum.run_jobs()

    async def read(unit: Unit) -> list[Notification]:
        return NOTIFICATION.all(await unit.tx.all(_ALL, user_id=unit.actor.user_id))

    return forum.unit(read, username=username)


def told(forum: Forum, username: str) -> list[str]:
    """The kinds of what somebody was told, the oldest first."""
    return [NotificationKind(one.kind).name.lower() for one in stored(forum, username)]
