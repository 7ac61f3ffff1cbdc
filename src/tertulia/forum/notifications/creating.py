"""Notifications made, changed and deleted by admins: what other programs tell people through the forum."""

from __future__ import annotations

from typing import Any

import msgspec

from tertulia.forum.notifications.reading import view_notification
from tertulia.forum.permissions import allow
from tertulia.forum.unit import Unit
from tertulia.model.errors import NotificationMissing, ParameterInvalid, ParameterMissing, UserMissing
from tertulia.model.notifications import (
    HIGH_PRIORITY,
    NewNotification,
    Notification,
    NotificationView,
    SaveNotification,
)
from tertulia.store.notifications import rows as store
from tertulia.store.users import find_user

LONGEST = 1_000  # characters of `given`; source: upstream


async def create_notification(unit: Unit, command: SaveNotification) -> NotificationView:
    """Tells somebody what an admin's program says. `given` is a JSON object as text.

    Raises LoginRequired, NotAllowed, ParameterMissing (kind, user, text), ParameterInvalid, UserMissing."""
    allow(unit, "admin")
    _check(command)
    kind, user_id, given = command.kind, command.user_id, command.given
    if kind is msgspec.UNSET or user_id is msgspec.UNSET or given is msgspec.UNSET:
        missing = "kind" if kind is msgspec.UNSET else "user_id" if user_id is msgspec.UNSET else "given"
        raise ParameterMissing(name=missing)
    await unit.write()
    if user_id <= 0 or await find_user(unit.tx, user_id) is None:
        raise UserMissing()
    new = NewNotification(
        user_id=user_id,
        kind=kind,
        given=given,
        read=command.read is True,
        topic_id=None if command.topic_id is msgspec.UNSET else command.topic_id,
        post_number=None if command.post_number is msgspec.UNSET else command.post_number,
    )
    notification_id = await store.insert_notification(unit.tx, new, now=unit.now)
    return await view_notification(unit, await _find(unit, notification_id))


async def update_notification(unit: Unit, notification_id: int, command: SaveNotification) -> NotificationView:
    """Changes what is given. Raises LoginRequired, NotAllowed, NotificationMissing, UserMissing, ParameterInvalid."""
    allow(unit, "admin")
    _check(command)
    await unit.write()
    known = await _find(unit, notification_id)
    values = {name: getattr(command, name) for name in command.__struct_fields__}
    fields: dict[str, Any] = {name: value for name, value in values.items() if value is not msgspec.UNSET}
    if "user_id" in fields and (fields["user_id"] <= 0 or await find_user(unit.tx, fields["user_id"]) is None):
        raise UserMissing()
    if "read" in fields:
        fields["read"] = int(fields["read"])
    if "kind" in fields:
        fields["high_priority"] = int(fields["kind"] in HIGH_PRIORITY)
    await store.update_notification(unit.tx, known.id, fields=fields)
    return await view_notification(unit, await _find(unit, known.id))


async def delete_notification(unit: Unit, notification_id: int) -> None:
    """Takes one back. Raises LoginRequired, NotAllowed, NotificationMissing."""
    allow(unit, "admin")
    await unit.write()
    known = await _find(unit, notification_id)
    await store.delete_notifications(unit.tx, [known.id])


async def _find(unit: Unit, notification_id: int) -> Notification:
    known = await store.find_notification(unit.tx, notification_id)
    if known is None:
        raise NotificationMissing()
    return known


def _check(command: SaveNotification) -> None:
    if command.given is msgspec.UNSET:
        return
    if len(command.given) > LONGEST:
        raise ParameterInvalid(name="data", problem="range")
    try:
        value = msgspec.json.decode(command.given)
    except msgspec.DecodeError:
        raise ParameterInvalid(name="data", problem="type") from None
    if not isinstance(value, dict):
        raise ParameterInvalid(name="data", problem="type")
