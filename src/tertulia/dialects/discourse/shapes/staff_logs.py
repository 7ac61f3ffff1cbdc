"""Lines of the staff action log."""

from __future__ import annotations

from typing import Any

import msgspec

from tertulia.dialects.discourse.shapes.people import BasicUser
from tertulia.dialects.discourse.wire import iso
from tertulia.model.sites import StaffAction, StaffActionList


class LogLine(msgspec.Struct, kw_only=True):
    """One thing that staff did."""

    id: int
    action_name: str
    details: str | None
    context: str | None
    ip_address: str | None
    email: str | None
    created_at: str
    subject: str | None
    previous_value: str | None
    new_value: str | None
    topic_id: int | None
    post_id: int | None
    category_id: int | None
    action: str
    custom_type: str | None
    acting_user: BasicUser | None
    target_user: BasicUser | None

    @classmethod
    def of(cls, line: StaffAction, *, people: dict[int, BasicUser]) -> LogLine:
        return cls(
            id=line.id,
            action_name=line.action,
            details=line.details,
            context=None,
            ip_address=None,
            email=None,
            created_at=iso(line.created_at),
            subject=line.subject,
            previous_value=line.before,
            new_value=line.after,
            topic_id=line.topic_id,
            post_id=line.post_id,
            category_id=line.category_id,
            action=line.action,
            custom_type=None,
            acting_user=people.get(line.acting_user_id),
            target_user=people.get(line.target_user_id) if line.target_user_id is not None else None,
        )


class LogAnswer(msgspec.Struct):
    """A page of the log."""

    staff_action_logs: list[LogLine]
    total_rows_staff_action_logs: int
    load_more_staff_action_logs: str
    extras: dict[str, Any]

    @classmethod
    def of(cls, found: StaffActionList, *, more_url: str) -> LogAnswer:
        people = {user_id: BasicUser.of(card) for user_id, card in found.users.items()}
        lines = [LogLine.of(line, people=people) for line in found.actions]
        kinds = [{"id": name, "action_id": None} for name in sorted({line.action for line in found.actions})]
        return cls(lines, found.total, more_url, {"user_history_actions": kinds})
