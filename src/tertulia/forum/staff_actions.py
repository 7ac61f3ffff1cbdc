"""Writing the staff action log: any feature may; reading it is in `sites/staff_log.py`.

Names of actions are the upstream's words (`change_site_setting`, `suspend_user`). Secrets never get here.
"""

from __future__ import annotations

from typing import TypedDict, Unpack

from tertulia.forum.unit import Unit
from tertulia.model.users import SYSTEM_ID
from tertulia.store.sites import staff_actions as store

_MAXIMUM_TEXT = 10_000


class StaffActionFields(TypedDict, total=False):
    """What a line may say beside who did what and when."""

    target_user_id: int | None
    topic_id: int | None
    post_id: int | None
    category_id: int | None
    subject: str | None
    details: str | None
    before: str | None
    after: str | None


async def log_staff_action(unit: Unit, action: str, **fields: Unpack[StaffActionFields]) -> None:
    """Appends a line in the name of the unit's actor. The unit must write; texts are cut at 10,000 characters."""
    await store.insert_staff_action(
        unit.tx,
        fields={
            **{name: value[:_MAXIMUM_TEXT] if isinstance(value, str) else value for name, value in fields.items()},
            "action": action,
            "acting_user_id": unit.actor.user_id if unit.actor.user_id is not None else SYSTEM_ID,
            "created_at": unit.now,
        },
    )
