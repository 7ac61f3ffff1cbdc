"""Whom a private message is for: names of users and groups and e-mail addresses to ids, and who may write to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from tertulia.forum.groups.addressing import may_address
from tertulia.forum.groups.visibility import group_reader
from tertulia.forum.handles import handle_key
from tertulia.forum.permissions import able
from tertulia.forum.unit import Unit
from tertulia.forum.users.finding import is_visible
from tertulia.forum.users.names import email_key, username_key
from tertulia.model.errors import (
    ForumError,
    RecipientsMissing,
    RecipientsRefused,
    RecipientsTooMany,
    RecipientsUnknown,
)
from tertulia.model.groups import EVERYONE_ID, Group
from tertulia.model.levels import Level
from tertulia.model.users import SYSTEM_ID, User
from tertulia.store import users as user_store
from tertulia.store.groups import list_groups_by_ids, list_groups_by_keys
from tertulia.store.membership.followers import list_followers
from tertulia.store.writing.messages import follow_message

FOLLOW_JOB = "messages.follow"
FOLLOW_SLICE = 500
_MOST_NAMES = 1000  # even for staff
_MOST_TOLD = 50


class Recipients(msgspec.Struct, frozen=True):
    """Ids of the users and groups that a message lets in, its author not among them."""

    user_ids: tuple[int, ...] = ()
    group_ids: tuple[int, ...] = ()


class _Known(msgspec.Struct, frozen=True, kw_only=True):
    """What the names may mean."""

    users: Mapping[str, User]
    by_email: Mapping[str, User]
    groups: Mapping[str, Group]
    owned_ids: tuple[int, ...]


async def resolve_recipients(
    unit: Unit, names: Iterable[str], *, vouched: bool = False
) -> tuple[Recipients, list[ForumError]]:
    """Users before groups of the same name; a leading `@` does not matter, nor case; an inner `@` is an e-mail
    address, which finds people for staff only, so that nobody learns here who has an account.

    Says RecipientsMissing, RecipientsTooMany (not to staff), RecipientsUnknown with the names that are neither,
    among them groups that the actor may not write to and people whom the actor may not know of (not activated), and
    RecipientsRefused with people that the actor may not write to (nobody refuses what the forum itself sends:
    `vouched`). Source: upstream's rules."""
    wanted = dict.fromkeys(name.strip().removeprefix("@") for name in names)
    wanted.pop("", None)
    limit = _MOST_NAMES if unit.actor.is_staff or vouched else unit.site.max_allowed_message_recipients
    if not wanted:
        return Recipients(), [RecipientsMissing()]
    if len(wanted) > limit:
        return Recipients(), [RecipientsTooMany(maximum=limit)]
    known = await _load(unit, [name for name in wanted if name.isprintable()])
    user_ids: list[int] = []
    group_ids: list[int] = []
    unknown: list[str] = []
    refused: list[str] = []
    for name in wanted:
        user, group = _user_named(known, name), known.groups.get(handle_key(name))
        if user is not None and (vouched or is_visible(unit, user)):
            user_ids.append(user.id)
            if not vouched and not may_write_to_user(unit, user):
                refused.append(user.username)
        elif group is not None and (vouched or may_write_to_group(unit, group, owned_ids=known.owned_ids)):
            group_ids.append(group.id)
        else:
            unknown.append(name[:100])
    found: list[ForumError] = []
    if unknown:
        found.append(RecipientsUnknown(names=", ".join(unknown[:_MOST_TOLD])))
    if refused:
        found.append(RecipientsRefused(names=", ".join(refused[:_MOST_TOLD])))
    return Recipients(tuple(dict.fromkeys(user_ids)), tuple(dict.fromkeys(group_ids))), found


async def _load(unit: Unit, names: list[str]) -> _Known:
    plain = [name for name in names if "@" not in name]
    emails = [email_key(name) for name in names if "@" in name] if unit.actor.is_staff else []
    users = await user_store.list_users_by_keys(unit.tx, {username_key(name) for name in plain})
    by_email = await user_store.list_users_by_emails(unit.tx, set(emails)) if emails else []
    groups = await list_groups_by_keys(unit.tx, {handle_key(name) for name in plain})
    return _Known(
        users={user.username_key: user for user in users},
        by_email={user.email_key: user for user in by_email if user.email_key},
        groups={group.name_key: group for group in groups if group.id != EVERYONE_ID},
        owned_ids=(await group_reader(unit)).owned_ids if groups else (),
    )


def _user_named(known: _Known, name: str) -> User | None:
    return known.by_email.get(email_key(name)) if "@" in name else known.users.get(username_key(name))


def may_write_to_user(unit: Unit, user: User) -> bool:
    """Whether the actor may put the user into a message: staff everybody; everybody staff; others only with the
    right to begin messages, and nobody who is suspended."""
    if unit.actor.is_staff or user.is_staff or user.id in (SYSTEM_ID, unit.actor.user_id):
        return True
    return able(unit, "message.send") and not user.is_suspended(unit.now)


def may_write_to_group(unit: Unit, group: Group, *, owned_ids: Iterable[int]) -> bool:
    """Whether the group's level lets the actor write to it. Admins may write to every group but `everyone`."""
    if group.id == EVERYONE_ID:
        return False
    level, owns = group.messageable_level, group.id in owned_ids
    return unit.actor.is_admin or may_address(unit, group, level=level, owns=owns)


# -- following ----------------------------------------------------------------------------------------
async def follow_recipients(unit: Unit, topic_id: int, recipients: Recipients) -> None:
    """People watch messages to them; members of a group follow those to the group as they chose for it, or as the
    group's default says. Beyond 500 members a job goes on."""
    await follow_message(unit.tx, topic_id, [(user_id, int(Level.WATCHING)) for user_id in recipients.user_ids])
    for group_id in recipients.group_ids:
        await follow_for_group(unit, topic_id=topic_id, group_id=group_id, after=0)


async def follow_for_group(unit: Unit, *, topic_id: int, group_id: int, after: int) -> None:
    """One slice of a group's members, those with ids above `after`. The job's body as well."""
    await unit.write()
    group = next(iter(await list_groups_by_ids(unit.tx, [group_id])), None)
    if group is None:
        return
    default = min(group.default_notification_level, int(Level.WATCHING))
    found = await list_followers(
        unit.tx, group.id, built_in=group.automatic, default=default, after=after, limit=FOLLOW_SLICE
    )
    pairs = [(user_id, min(level, int(Level.WATCHING))) for user_id, level in found]
    await follow_message(unit.tx, topic_id, pairs)
    if len(found) == FOLLOW_SLICE:
        await unit.later(FOLLOW_JOB, topic_id=topic_id, group_id=group_id, after=found[-1][0])
