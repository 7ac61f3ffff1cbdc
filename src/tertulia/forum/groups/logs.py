"""The log of a group: who came and went, who became an owner, which settings changed. For owners and admins."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tertulia.forum.groups.names import group_key
from tertulia.forum.groups.visibility import group_reader, see
from tertulia.forum.handles import handle_key
from tertulia.forum.permissions import allow
from tertulia.forum.unit import Unit
from tertulia.model.groups import Group, GroupLog, GroupLogLine, GroupLogSpec, ReadGroupLog
from tertulia.model.users import SYSTEM_ID
from tertulia.store.cards import list_cards
from tertulia.store.groups import find_group_by_key
from tertulia.store.membership import logs as store
from tertulia.store.users import find_user_by_key

PER_PAGE = 25  # source: upstream
_LONGEST = 500
_UNLOGGED = frozenset(("bio_cooked", "name_key"))  # they follow from what is logged


async def read_group_log(unit: Unit, command: ReadGroupLog) -> GroupLog:
    """A page of 25 lines. For owners and admins. Raises GroupMissing, LoginRequired, NotAllowed."""
    reader = await group_reader(unit)
    group = see(await find_group_by_key(unit.tx, group_key(command.name)), reader=reader)
    allow(unit, "group.edit", owns_group=group.id in reader.owned_ids)
    spec = GroupLogSpec(
        action=command.action or None,
        subject=command.subject or None,
        acting_user_id=await _id_of(unit, command.acting_username),
        target_user_id=await _id_of(unit, command.target_username),
    )
    offset = command.page * PER_PAGE
    lines = await store.list_lines(unit.tx, group.id, spec, limit=PER_PAGE + 1, offset=offset)
    shown = lines[:PER_PAGE]
    named = {user_id for line in shown for user_id in (line.acting_user_id, line.target_user_id)}
    return GroupLog(lines=tuple(shown), people=await list_cards(unit.tx, named), whole=len(lines) <= PER_PAGE)


async def _id_of(unit: Unit, username: str) -> int | None:
    """Nobody's id for a name that nobody has."""
    if not username:
        return None
    user = await find_user_by_key(unit.tx, handle_key(username)) if username.isprintable() else None
    return user.id if user is not None else 0


async def log_members(unit: Unit, group: Group, *, action: str, user_ids: Iterable[int]) -> None:
    """One line for everybody, in a unit that writes."""
    await store.insert_lines(
        unit.tx,
        [
            GroupLogLine(
                group_id=group.id,
                action=action,
                acting_user_id=_actor_id(unit),
                target_user_id=user_id,
                created_at=unit.now,
            )
            for user_id in sorted(set(user_ids))
        ],
    )


async def log_settings(unit: Unit, group: Group, *, changed: Mapping[str, object]) -> None:
    """One line for every setting that is different now; `group` is as it was."""
    await store.insert_lines(
        unit.tx,
        [
            GroupLogLine(
                group_id=group.id,
                action="change_group_setting",
                acting_user_id=_actor_id(unit),
                subject=name,
                before=_text(getattr(group, name)),
                after=_text(changed[name]),
                created_at=unit.now,
            )
            for name in sorted(set(changed) - _UNLOGGED)
        ],
    )


def _actor_id(unit: Unit) -> int:
    return unit.actor.user_id if unit.actor.user_id is not None else SYSTEM_ID


def _text(value: object) -> str | None:
    if value is None:
        return None
    return str(value).lower() if isinstance(value, bool) else str(value)[:_LONGEST]
