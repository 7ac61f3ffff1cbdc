"""New accounts: made by an admin at once, or by visitors, whose accounts wait until their address is confirmed.

The link that confirms it is mailed; staff may activate an account as well. Read next: `mailing.py`.
"""

from __future__ import annotations

from functools import partial

from tertulia.forum.permissions import able
from tertulia.forum.unit import Unit
from tertulia.forum.users import rules
from tertulia.forum.users.finding import as_seen
from tertulia.forum.users.mailing import request_activation
from tertulia.forum.users.names import email_key, username_key
from tertulia.forum.users.passwords import hash_password
from tertulia.forum.users.profiles import view_user
from tertulia.model.errors import (
    EmailInvalid,
    ForumError,
    NotAllowed,
    PasswordTooShort,
    Refusals,
    UserExternalIdTaken,
)
from tertulia.model.events import UserCreated
from tertulia.model.users import CreateUser, User, UserView
from tertulia.store import users as store
from tertulia.store.engine.base import UniqueViolation


async def create_user(unit: Unit, command: CreateUser) -> UserView:
    """Makes an account. Only an admin's word counts for active, approved, external_id and created_at.

    Raises NotAllowed (registration is closed, or a member asks), Refusals with every rule that is broken."""
    trusted = able(unit, "user.admin")
    site = unit.site
    open_to_all = site.allow_new_registrations and site.enable_local_logins and unit.actor.user is None
    if not trusted and not open_to_all:
        raise NotAllowed()
    broken = [*_broken_rules(unit, command, trusted=trusted), *await _taken(unit, command, trusted=trusted)]
    if broken:
        raise Refusals(tuple(broken))
    password_hash = None
    if command.password:
        password_hash = await unit.ports.offload.thread(partial(hash_password, command.password))
    await unit.write()
    taken = await _taken(unit, command, trusted=trusted)
    if taken:
        raise Refusals(taken)
    user = await _insert(unit, command, password_hash=password_hash, trusted=trusted)
    await request_activation(unit, user)
    unit.tell(UserCreated(user_id=user.id, username=user.username))
    return await view_user(unit, as_seen(unit, user))


def _broken_rules(unit: Unit, command: CreateUser, *, trusted: bool) -> list[ForumError]:
    email, password = command.email or "", command.password or ""
    broken = [*rules.username_errors(unit, command.username)]
    broken += rules.field_errors("name", command.name)
    broken += rules.field_errors("locale", command.locale)
    if trusted:
        broken += rules.field_errors("external_id", command.external_id or "")
    if email:
        broken += rules.email_errors(unit, email)
    elif not trusted:
        broken.append(EmailInvalid())
    if password:
        broken += rules.password_errors(unit, password, username=command.username, name=command.name, email=email)
    elif not trusted:
        broken.append(PasswordTooShort(minimum=unit.site.min_password_length))
    return broken


async def _taken(unit: Unit, command: CreateUser, *, trusted: bool) -> tuple[ForumError, ...]:
    taken = await rules.taken_errors(unit, username=command.username, email=command.email)
    if not trusted or not command.external_id:
        return taken
    clash = await store.find_user_by_external_id(unit.tx, command.external_id)
    return (*taken, UserExternalIdTaken()) if clash is not None else taken


async def _insert(unit: Unit, command: CreateUser, *, password_hash: str | None, trusted: bool) -> User:
    created_at = command.created_at if trusted and command.created_at else unit.now
    fields = {
        "username": command.username,
        "username_key": username_key(command.username),
        "name": command.name.strip(),
        "email": command.email.strip() if command.email else None,
        "email_key": email_key(command.email) if command.email else None,
        "password_hash": password_hash,
        "active": int(trusted and command.active),
        "approved": int((trusted and command.approved) or not unit.site.must_approve_users),
        "admin": 0,
        "moderator": 0,
        "trust_level": unit.site.default_trust_level,
        "external_id": (command.external_id or None) if trusted else None,
        "locale": command.locale,
        "created_at": max(0, min(created_at, unit.now)),
        "updated_at": unit.now,
    }
    try:
        user_id = await store.insert_user(unit.tx, fields=fields)
    except UniqueViolation as clash:
        raise Refusals((rules.clash_of(clash.constraint),)) from clash
    user = await store.find_user(unit.tx, user_id)
    if user is None:
        raise LookupError(f"user {user_id} vanished inside the transaction that made it")
    return user
