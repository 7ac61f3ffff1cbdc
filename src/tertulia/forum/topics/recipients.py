"""Whom a private message is for: names of users and groups to ids."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from tertulia.forum.handles import handle_key
from tertulia.forum.unit import Unit
from tertulia.forum.users.names import username_key
from tertulia.model.errors import ForumError, RecipientsMissing, RecipientsTooMany, RecipientsUnknown
from tertulia.store.writing.references import list_named_groups, list_named_users

_MOST_NAMES = 1000  # even for staff
_ADMINS, _STAFF, _MEMBERS, _EVERYONE = 1, 2, 3, 99


class Recipients(msgspec.Struct, frozen=True):
    """Ids of the users and groups that a message lets in, its author not among them."""

    user_ids: tuple[int, ...] = ()
    group_ids: tuple[int, ...] = ()


async def resolve_recipients(unit: Unit, names: Iterable[str]) -> tuple[Recipients, list[ForumError]]:
    """Users before groups of the same name; a leading `@` does not matter, nor case.

    Says RecipientsMissing, RecipientsTooMany (not to staff), and RecipientsUnknown with the names that are neither,
    among them groups that the actor may not write to and e-mail addresses."""
    wanted = dict.fromkeys(name.strip().removeprefix("@") for name in names)
    wanted.pop("", None)
    limit = _MOST_NAMES if unit.actor.is_staff else unit.site.max_allowed_message_recipients
    if not wanted:
        return Recipients(), [RecipientsMissing()]
    if len(wanted) > limit:
        return Recipients(), [RecipientsTooMany(maximum=limit)]
    names = [name for name in wanted if name.isprintable()]
    users = await list_named_users(unit.tx, {username_key(name) for name in names})
    groups = await list_named_groups(unit.tx, {handle_key(name) for name in names})
    user_ids: list[int] = []
    group_ids: list[int] = []
    unknown: list[str] = []
    for name in wanted:
        user, group = users.get(username_key(name)), groups.get(handle_key(name))
        if user is not None:
            user_ids.append(user[0])
        elif group is not None and _may_write_to(unit, group_id=group[0], level=group[3]):
            group_ids.append(group[0])
        else:
            unknown.append(name[:100])
    found: list[ForumError] = [RecipientsUnknown(names=", ".join(unknown[:50]))] if unknown else []
    return Recipients(tuple(dict.fromkeys(user_ids)), tuple(dict.fromkeys(group_ids))), found


def _may_write_to(unit: Unit, *, group_id: int, level: int) -> bool:
    actor = unit.actor
    if group_id == 0:
        return False
    if actor.is_admin or level == _EVERYONE:
        return True
    return (
        (level == _STAFF and actor.is_staff)
        or (level == _MEMBERS and group_id in actor.group_ids)
        or (level == _ADMINS and actor.is_admin)
    )
