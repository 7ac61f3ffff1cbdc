"""Which groups a reader may see, and as whom: the reader of the store's clause, and the groups of a profile.

Read next: `reading.py`.
"""

from __future__ import annotations

from tertulia.forum.unit import Unit
from tertulia.model.errors import GroupMissing
from tertulia.model.groups import (
    ADMINS_ID,
    EVERYONE_ID,
    MODERATORS_ID,
    STAFF_ID,
    TRUST_LEVEL_IDS,
    Group,
)
from tertulia.model.users import User, UserGroup
from tertulia.store.cards import list_groups_by_ids
from tertulia.store.group_members import list_owned_ids
from tertulia.store.groups import GroupReader, list_custom_groups_of


async def group_reader(unit: Unit) -> GroupReader:
    """The unit's actor as a reader of groups."""
    actor = unit.actor
    owned = await list_owned_ids(unit.tx, actor.user_id) if actor.user_id is not None else ()
    return GroupReader(
        logged_in=actor.user is not None,
        staff=actor.is_staff,
        admin=actor.is_admin,
        group_ids=tuple(sorted(actor.group_ids - {EVERYONE_ID})),
        owned_ids=owned,
    )


def reaches(level: int, *, group_id: int, reader: GroupReader) -> bool:
    """Whether a level (0 everybody, 1 logged in, 2 members, 3 staff, 4 owners) lets the reader in."""
    return (
        reader.admin
        or level == 0
        or group_id in reader.owned_ids
        or (level == 1 and reader.logged_in)
        or (level <= 2 and group_id in reader.group_ids)
        or (level <= 3 and reader.staff)
    )


def see(group: Group | None, *, reader: GroupReader) -> Group:
    """The group. Raises GroupMissing for one that is not there for the reader."""
    if group is None or not reaches(group.visibility_level, group_id=group.id, reader=reader):
        raise GroupMissing()
    return group


def built_in_ids(user: User) -> tuple[int, ...]:
    """The built-in groups that follow from the account, `everyone` left out."""
    roles = ((ADMINS_ID, user.admin), (MODERATORS_ID, user.moderator), (STAFF_ID, user.is_staff))
    return (*(group_id for group_id, held in roles if held), *TRUST_LEVEL_IDS[: user.trust_level + 1])


async def list_groups_of(unit: Unit, user: User) -> tuple[UserGroup, ...]:
    """The groups of a user that the unit's actor may see: built-in ones by id, then custom ones by name."""
    reader = await group_reader(unit)
    rows = [(group, False) for group in await list_groups_by_ids(unit.tx, built_in_ids(user))]
    rows += await list_custom_groups_of(unit.tx, user.id)
    return tuple(
        UserGroup(
            id=group.id,
            name=group.name,
            full_name=group.full_name,
            automatic=group.automatic,
            owner=owner,
            visibility_level=group.visibility_level,
        )
        for group, owner in rows
        if reaches(group.visibility_level, group_id=group.id, reader=reader)
        and (group.automatic or reaches(group.members_visibility_level, group_id=group.id, reader=reader))
    )
