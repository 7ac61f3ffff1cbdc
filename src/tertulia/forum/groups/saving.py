"""Making, changing and deleting groups. Of built-in ones only levels and texts change.

Owners change the profile of their group; everything about rights is for admins.
"""

from __future__ import annotations

from typing import Any

import msgspec

from tertulia.forum.biographies import check_bio, cook_bio
from tertulia.forum.groups.logs import log_settings
from tertulia.forum.groups.members import put_in
from tertulia.forum.groups.names import GroupNameRules, check_group_name, group_key
from tertulia.forum.groups.people import find_people
from tertulia.forum.groups.reading import view_groups
from tertulia.forum.groups.visibility import group_reader, see
from tertulia.forum.permissions import allow
from tertulia.forum.staff_actions import log_staff_action
from tertulia.forum.unit import Unit
from tertulia.model.errors import (
    ForumError,
    GroupBuiltIn,
    GroupMissing,
    GroupNameInvalid,
    GroupNameTaken,
    LevelInvalid,
    NotAllowed,
    Refusals,
    UserFieldTooLong,
)
from tertulia.model.events import GroupCreated, GroupDeleted, GroupUpdated
from tertulia.model.groups import ChangeMembers, Group, GroupView, SaveGroup
from tertulia.model.users import User
from tertulia.store import groups as store
from tertulia.store.engine.base import UniqueViolation
from tertulia.store.users import find_user_by_key
from tertulia.store.versions import PERMISSIONS, bump_version

# Members are shown to whoever sees the group; a group starts without anybody being able to address it.
DEFAULTS: dict[str, Any] = {
    "full_name": "", "bio_raw": "", "bio_cooked": "", "visibility_level": 0, "members_visibility_level": 0,
    "mentionable_level": 0, "messageable_level": 0, "public_admission": False, "public_exit": False,
    "allow_membership_requests": False, "title": None, "grant_trust_level": None, "primary_group": False,
    "default_notification_level": 3,
}  # fmt: skip
OWNERS_FIELDS = frozenset((
    "full_name", "bio_raw", "bio_cooked", "title", "public_admission", "public_exit", "allow_membership_requests",
    "default_notification_level",
))  # fmt: skip
BUILT_IN_FIELDS = frozenset((
    "bio_raw", "bio_cooked", "visibility_level", "members_visibility_level", "mentionable_level",
    "messageable_level", "default_notification_level",
))  # fmt: skip
_LEVELS: dict[str, tuple[int | None, ...]] = {
    "visibility_level": (0, 1, 2, 3, 4),
    "members_visibility_level": (0, 1, 2, 3, 4),
    "mentionable_level": (0, 1, 2, 3, 4, 99),
    "messageable_level": (0, 1, 2, 3, 4, 99),
    "default_notification_level": (0, 1, 2, 3, 4),
    "grant_trust_level": (None, 0, 1, 2, 3, 4),
}
_LENGTHS = {"full_name": 100, "title": 100}
_FIELDS = ("name", *(name for name in DEFAULTS if name != "bio_cooked"))


async def save_group(unit: Unit, command: SaveGroup) -> GroupView:
    """Makes a custom group (admins), or changes one (admins; owners its profile).

    Raises GroupMissing, NotAllowed, GroupBuiltIn (a field that built-in groups do not have), UserMissing,
    Refusals of GroupNameInvalid, GroupNameTaken, LevelInvalid, UserFieldTooLong."""
    given: dict[str, Any] = {name: value for name in _FIELDS if (value := getattr(command, name)) is not msgspec.UNSET}
    if command.group_id is None:
        allow(unit, "group.save")
        given.setdefault("name", "")
    else:
        await _editable(unit, command.group_id, given=given, locked=False)
    broken = _broken_rules(unit, given)
    if broken:
        raise Refusals(tuple(broken))
    if "bio_raw" in given:
        given |= {"bio_raw": given["bio_raw"].strip(), "bio_cooked": await cook_bio(unit, given["bio_raw"])}
    if command.group_id is None:
        return await _create(unit, command, given=given)
    await unit.write()
    group = await _editable(unit, command.group_id, given=given, locked=True)
    return await _update(unit, group, given=given)


async def _create(unit: Unit, command: SaveGroup, *, given: dict[str, Any]) -> GroupView:
    owners = await _people(unit, command.owner_usernames)
    owner_ids = {user.id for user in owners}
    members = [user for user in await _people(unit, command.usernames) if user.id not in owner_ids]
    await unit.write()
    name = given["name"].strip()
    await _check_free(unit, name, except_id=None)
    fields = {**DEFAULTS, **given, "name": name, "name_key": group_key(name), "automatic": False}
    try:
        group_id = await store.insert_group(unit.tx, fields={**fields, "created_at": unit.now, "updated_at": unit.now})
    except UniqueViolation as clash:
        raise Refusals((GroupNameTaken(),)) from clash
    group = await _stored(unit, group_id)
    await log_staff_action(unit, "create_group", subject=group.name)
    unit.tell(GroupCreated(group_id=group.id, name=group.name))
    await put_in(unit, group, owners, owner=True)
    await put_in(unit, group, members, owner=False)
    return (await view_groups(unit, [await _stored(unit, group_id)]))[0]


async def _update(unit: Unit, group: Group, *, given: dict[str, Any]) -> GroupView:
    changed = {name: value for name, value in given.items() if getattr(group, name) != value}
    if "name" in changed:
        changed["name"] = changed["name"].strip()
        await _check_free(unit, changed["name"], except_id=group.id)
        changed["name_key"] = group_key(changed["name"])
    if changed:
        await store.change_group(unit.tx, group.id, fields={**changed, "updated_at": unit.now})
        if {"visibility_level", "members_visibility_level"} & set(changed):
            await bump_version(unit.tx, PERMISSIONS)
        await log_settings(unit, group, changed=changed)
        unit.tell(GroupUpdated(group_id=group.id, name=str(changed.get("name", group.name))))
        await log_staff_action(unit, "update_group", subject=group.name, details=", ".join(sorted(changed)))
    return (await view_groups(unit, [await _stored(unit, group.id)]))[0]


async def _editable(unit: Unit, group_id: int, *, given: dict[str, Any], locked: bool) -> Group:
    """The group, if the actor may change every given field that differs from what is stored."""
    reader = await group_reader(unit)
    stored = await (store.lock_group if locked else store.find_group)(unit.tx, group_id)
    group = see(stored, reader=reader)
    allow(unit, "group.edit", owns_group=group.id in reader.owned_ids)
    changed = {name for name, value in given.items() if getattr(group, name) != value}
    if group.automatic and changed - BUILT_IN_FIELDS:
        raise GroupBuiltIn()
    if not unit.actor.is_admin and changed - OWNERS_FIELDS:
        raise NotAllowed()
    return group


def _broken_rules(unit: Unit, given: dict[str, Any]) -> list[ForumError]:
    broken: list[ForumError] = []
    if "name" in given:
        rules = GroupNameRules(minimum=unit.site.min_username_length, maximum=unit.site.max_username_length)
        broken += check_group_name(given["name"].strip(), rules=rules)
    for name, choices in _LEVELS.items():
        if name in given and (isinstance(given[name], bool) or given[name] not in choices):
            broken.append(LevelInvalid(name=name))
    for name, maximum in _LENGTHS.items():
        if len(given.get(name) or "") > maximum:
            broken.append(UserFieldTooLong(name=name, maximum=maximum))
    return [*broken, *check_bio(given.get("bio_raw", ""))]


async def _check_free(unit: Unit, name: str, *, except_id: int | None) -> None:
    """Raises Refusals of GroupNameTaken: a name is of one group or one user."""
    key = group_key(name)
    if not key:
        raise Refusals((GroupNameInvalid(),))
    found = await store.find_group_by_key(unit.tx, key)
    if (found is not None and found.id != except_id) or await find_user_by_key(unit.tx, key) is not None:
        raise Refusals((GroupNameTaken(),))


async def _people(unit: Unit, usernames: tuple[str, ...]) -> list[User]:
    wanted = tuple(name for name in usernames if name.strip())
    return await find_people(unit, ChangeMembers(group_id=0, usernames=wanted)) if wanted else []


async def _stored(unit: Unit, group_id: int) -> Group:
    group = await store.find_group(unit.tx, group_id)
    if group is None:
        raise GroupMissing()
    return group


async def delete_group(unit: Unit, group_id: int) -> None:
    """Deletes a custom group with its memberships, grants and places in private messages. For admins.

    Raises GroupMissing, NotAllowed, GroupBuiltIn."""
    group = see(await store.find_group(unit.tx, group_id), reader=await group_reader(unit))
    allow(unit, "group.save")
    if group.automatic:
        raise GroupBuiltIn()
    await unit.write()
    if await store.lock_group(unit.tx, group_id) is None:
        raise GroupMissing()
    await store.delete_group(unit.tx, group.id)
    await bump_version(unit.tx, PERMISSIONS)
    unit.tell(GroupDeleted(group_id=group.id, name=group.name, group=group))
    await log_staff_action(unit, "delete_group", subject=group.name)
