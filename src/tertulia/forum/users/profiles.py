"""Profiles: reading one, changing one's fields, renaming, changing the address.

E-mail belongs to whoever owns the account: moderators see it and do not change it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from tertulia.forum.biographies import check_bio, cook_bio
from tertulia.forum.groups.visibility import list_groups_of
from tertulia.forum.permissions import able, allow
from tertulia.forum.staff_actions import log_staff_action
from tertulia.forum.unit import Unit
from tertulia.forum.users import rules
from tertulia.forum.users.finding import as_seen, find_user, lock_user
from tertulia.forum.users.names import email_key, username_key
from tertulia.model.errors import ForumError, NotAllowed, Refusals
from tertulia.model.events import UserUpdated
from tertulia.model.users import UpdateUser, User, UserCard, UserView
from tertulia.store.accounts.changes import change_user
from tertulia.store.accounts.follows import follows
from tertulia.store.cards import list_cards
from tertulia.store.engine.base import UniqueViolation
from tertulia.store.groups import list_marks_of

_TEXTS = ("name", "location", "website", "birthday", "signature", "locale", "timezone")


async def read_cards(unit: Unit, ids: Iterable[int | None]) -> dict[int, UserCard]:
    """Cards by user id, in one query; unknown ids (and None) are left out."""
    return await list_cards(unit.tx, ids)


async def read_user(
    unit: Unit,
    *,
    username: str | None = None,
    user_id: int | None = None,
    external_id: str | None = None,
    email: str | None = None,
) -> UserView:
    """A profile as the unit's actor may see it. Raises UserMissing."""
    user = await find_user(unit, username=username, user_id=user_id, external_id=external_id, email=email)
    return await view_user(unit, as_seen(unit, user))


async def view_user(unit: Unit, user: User) -> UserView:
    """The view of an account that was found visible and passed `as_seen`."""
    viewer = unit.actor.user_id
    cards = await list_cards(unit.tx, (user.suspended_by, user.silenced_by))
    return UserView(
        user=user,
        groups=await list_groups_of(unit, user),
        suspended_by=cards.get(user.suspended_by or 0),
        silenced_by=cards.get(user.silenced_by or 0),
        is_self=user.id == viewer,
        sees_email=able(unit, "user.email", user=user),
        can_edit=able(unit, "user.edit", user=user),
        can_admin=able(unit, "user.staff"),
        follows=viewer is not None and viewer != user.id and await follows(unit.tx, viewer, followed_id=user.id),
    )


async def update_user(unit: Unit, command: UpdateUser) -> UserView:
    """Changes profile fields of oneself, or of others as staff.

    A title is one that a group gives (staff: any); a primary group is one of the user's own.
    Raises UserMissing, NotAllowed, UserIsProtected, Refusals."""
    given = {
        name: value
        for name in command.__struct_fields__
        if name != "user_id" and (value := getattr(command, name)) is not msgspec.UNSET
    }
    user = await find_user(unit, user_id=command.user_id)
    allow(unit, "user.edit", user=user)
    _check_fields(given)
    fields: dict[str, Any] = {name: given[name].strip() for name in _TEXTS if name in given}
    if "bio_raw" in given:
        fields |= {"bio_raw": given["bio_raw"].strip(), "bio_cooked": await cook_bio(unit, given["bio_raw"])}
    await unit.write()
    user = await lock_user(unit, command.user_id)
    allow(unit, "user.edit", user=user)
    fields |= await _marks(unit, user, given=given)
    changed = {name: value for name, value in fields.items() if getattr(user, name) != value}
    if changed:
        await change_user(unit.tx, user.id, fields={**changed, "updated_at": unit.now})
        unit.tell(UserUpdated(user_id=user.id, fields=tuple(sorted(changed))))
        user = msgspec.structs.replace(user, **changed, updated_at=unit.now)
    return await view_user(unit, as_seen(unit, user))


def _check_fields(given: dict[str, Any]) -> None:
    broken: list[ForumError] = []
    for name in (*_TEXTS, "title"):
        if given.get(name):
            broken += rules.field_errors(name, given[name])
    broken += check_bio(given.get("bio_raw", ""))
    if broken:
        raise Refusals(tuple(broken))


async def _marks(unit: Unit, user: User, *, given: dict[str, Any]) -> dict[str, Any]:
    """Title and primary group, which not everybody may choose. Raises NotAllowed."""
    marks: dict[str, Any] = {}
    mine: Sequence[tuple[int, str | None, bool]] = ()
    if given.get("title") or given.get("primary_group_id"):
        mine = await list_marks_of(unit.tx, user.id)
    if "title" in given:
        title = given["title"] or None
        if title not in (None, user.title, *(mark[1] for mark in mine)) and not unit.actor.is_staff:
            raise NotAllowed()
        marks["title"] = title
    if "primary_group_id" in given:
        group_id = given["primary_group_id"] or None
        choice = next((mark for mark in mine if mark[0] == group_id), None)
        if group_id not in (None, user.primary_group_id) and (choice is None or not (choice[2] or unit.actor.is_staff)):
            raise NotAllowed()
        marks["primary_group_id"] = group_id
    return marks


async def rename_user(unit: Unit, user_id: int, new_username: str) -> User:
    """A new username: one's own within the days of `username_change_period`, anybody's as staff.

    Posts keep the mentions that were written. Raises UserMissing, NotAllowed, UserIsProtected, Refusals."""
    user = await find_user(unit, user_id=user_id)
    allow(unit, "user.rename", user=user)
    broken = rules.username_errors(unit, new_username)
    if broken:
        raise Refusals(broken)
    await unit.write()
    user = await lock_user(unit, user_id)
    allow(unit, "user.rename", user=user)
    taken = await rules.taken_errors(unit, username=new_username, email=None, except_id=user.id)
    if taken:
        raise Refusals(taken)
    if user.username == new_username:
        return as_seen(unit, user)
    changed = {"username": new_username, "username_key": username_key(new_username), "updated_at": unit.now}
    await _take(unit, user, fields=changed)
    unit.tell(UserUpdated(user_id=user.id, fields=("username",)))
    if user.id != unit.actor.user_id:
        await log_staff_action(
            unit, "change_username", target_user_id=user.id, before=user.username, after=new_username
        )
    return as_seen(unit, msgspec.structs.replace(user, **changed))


async def change_email(unit: Unit, user_id: int, email: str) -> User:
    """A new address, at once: nothing confirms it while there is no mail.

    Raises UserMissing, NotAllowed (others' is for admins), UserIsProtected, Refusals."""
    user = await find_user(unit, user_id=user_id)
    allow(unit, "user.own", user=user)
    broken = rules.email_errors(unit, email)
    if broken:
        raise Refusals(broken)
    await unit.write()
    user = await lock_user(unit, user_id)
    taken = await rules.taken_errors(unit, username=None, email=email, except_id=user.id)
    if taken:
        raise Refusals(taken)
    changed = {"email": email.strip(), "email_key": email_key(email), "updated_at": unit.now}
    await _take(unit, user, fields=changed)
    unit.tell(UserUpdated(user_id=user.id, fields=("email",)))
    if user.id != unit.actor.user_id:
        await log_staff_action(unit, "update_user_email", target_user_id=user.id)
    return as_seen(unit, msgspec.structs.replace(user, **changed))


async def _take(unit: Unit, user: User, *, fields: dict[str, Any]) -> None:
    try:
        await change_user(unit.tx, user.id, fields=fields)
    except UniqueViolation as clash:  # somebody else took it between our look and our write
        raise Refusals((rules.clash_of(clash.constraint),)) from clash
