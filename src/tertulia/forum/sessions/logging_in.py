"""Logging in by password, and the sessions that come of it. Only the hash of a session's token is stored."""

from __future__ import annotations

import hashlib
import secrets
from functools import partial

import msgspec

from tertulia.forum.batches import note_seen, note_session
from tertulia.forum.permissions import allow
from tertulia.forum.unit import Unit
from tertulia.forum.users.names import email_key, username_key
from tertulia.forum.users.passwords import PasswordRules, hash_password, needs_rehash, verify_password
from tertulia.model.actor import Credential, CredentialKind
from tertulia.model.errors import (
    LoginFailed,
    LoginInactive,
    LoginSuspended,
    LoginUnapproved,
    NotAllowed,
    RateLimited,
    UserMissing,
)
from tertulia.model.events import UserLoggedIn, UserLoggedOut
from tertulia.model.keys import LoggedIn, LogIn, Session
from tertulia.model.users import User
from tertulia.store import sessions as store
from tertulia.store import users as user_store
from tertulia.store.accounts.changes import change_user

MINUTE, HOUR = 60_000, 3_600_000
USE_NOTED_MS = 60_000
TOKEN_LENGTH = 64
_MAXIMUM_LOGIN = 255
_SIZE = 3_000  # bytes of a session and an account in memory


class _Found(msgspec.Struct):
    """A session and whose it is, with the last use as this process noted it."""

    session: Session
    user: User


async def log_in(unit: Unit, command: LogIn) -> LoggedIn:
    """A new session for a username or an e-mail address (a leading `@` is dropped) and its password.

    A wrong name costs as much time as a wrong password. Raises NotAllowed (log-in by password is off), LoginFailed,
    RateLimited (too many attempts from one address), and for the right password LoginUnapproved, LoginInactive,
    LoginSuspended."""
    if not unit.site.enable_local_logins:
        raise NotAllowed()
    await _count_attempt(unit)
    user = await _find(unit, command.login)
    stored = user.password_hash if user is not None else None
    is_right = await unit.ports.offload.thread(partial(verify_password, stored, command.password))
    if user is None or stored is None or not is_right or len(command.password) > PasswordRules().maximum:
        raise LoginFailed()
    fresh = None
    if needs_rehash(stored):
        fresh = await unit.ports.offload.thread(partial(hash_password, command.password))
    await unit.write()
    user = await user_store.lock_user(unit.tx, user.id)
    if user is None or user.password_hash != stored:
        raise LoginFailed()  # somebody changed it while ours was compared
    _check_state(unit, user)
    if fresh is not None:
        await change_user(unit.tx, user.id, fields={"password_hash": fresh})
    return await open_session(unit, user, agent=command.agent)


async def _count_attempt(unit: Unit) -> None:
    """Counts right passwords as well as wrong ones, before the costly comparison. Source: upstream's limits."""
    windows, address = unit.ports.windows, unit.actor.address
    for name, limit, window in (
        ("login_60_secs_limit", unit.site.max_logins_per_ip_per_minute, MINUTE),
        ("login_1_hour_limit", unit.site.max_logins_per_ip_per_hour, HOUR),
    ):
        counts = limit and address  # without an address nobody came over the network
        wait = await windows.hit(name, address, limit=limit, window=window, now=unit.now) if counts else 0
        if wait:
            raise RateLimited(seconds=max(1, -(-wait // 1000)), limit=name)


async def _find(unit: Unit, login: str) -> User | None:
    name = login.strip().removeprefix("@")
    if not name or len(name) > _MAXIMUM_LOGIN or "\0" in name:
        return None
    if "@" in name:
        return await user_store.find_user_by_email(unit.tx, email_key(name))
    return await user_store.find_user_by_key(unit.tx, username_key(name))


def _check_state(unit: Unit, user: User) -> None:
    if unit.site.must_approve_users and not user.approved and not user.is_staff:
        raise LoginUnapproved()
    if not user.active:
        raise LoginInactive(email=user.email)
    if user.is_suspended(unit.now):
        raise LoginSuspended(until=user.suspended_till, reason=user.suspend_reason)


async def open_session(unit: Unit, user: User, *, agent: str = "") -> LoggedIn:
    """A session for somebody who proved who they are, in a unit that writes."""
    token = secrets.token_hex(TOKEN_LENGTH // 2)
    expires_at = unit.now + _age(unit)
    session = Session(
        id=0,
        token_hash=_hash(token),
        user_id=user.id,
        created_at=unit.now,
        seen_at=unit.now,
        expires_at=expires_at,
        address=unit.actor.address[:64],
        agent=agent.replace("\0", "")[:255],
    )
    await store.insert_session(unit.tx, session)
    note_seen(unit.ports, user.id, unit.now)
    unit.tell(UserLoggedIn(user_id=user.id, actor_id=user.id))
    return LoggedIn(user_id=user.id, token=token, expires_at=expires_at)


async def resume(unit: Unit, token: str) -> User | None:
    """Who is logged in with the token; None for a token that means nothing (any more), and for accounts that are
    suspended, not activated or not approved. Use keeps the session alive."""
    found = await resume_session(unit, token)
    return found[0] if found else None


async def resume_session(unit: Unit, token: str) -> tuple[User, Credential] | None:
    """The same with the credential, which says which session it is."""
    if len(token) != TOKEN_LENGTH:
        return None
    found = await _find_session(unit, _hash(token))
    if found is None or found.session.expires_at <= unit.now:
        return None
    session, user = found.session, found.user
    if not user.active or user.is_suspended(unit.now):
        return None
    if unit.site.must_approve_users and not user.approved and not user.is_staff:
        return None
    unit.hold_until(user.silenced_till)
    if session.seen_at + USE_NOTED_MS <= unit.now:
        note_session(unit.ports, session.id, unit.now, unit.now + _age(unit))
        found.session = msgspec.structs.replace(session, seen_at=unit.now)
    if user.last_seen_at is None or user.last_seen_at + USE_NOTED_MS <= unit.now:
        note_seen(unit.ports, user.id, unit.now)
        found.user = msgspec.structs.replace(user, last_seen_at=unit.now)
    return user, Credential(kind=CredentialKind.SESSION, id=session.id)


async def _find_session(unit: Unit, token_hash: str) -> _Found | None:
    """The session with its account. Where it is kept, log-out and whatever changes the account end it; it may be
    found by its hash only, which nobody can choose the beginning of."""
    key = ("session", token_hash)
    known: _Found | None = unit.recall(key)
    if known is not None:
        return known
    session = await store.find_session(unit.tx, token_hash)
    user = await user_store.find_user(unit.tx, session.user_id) if session is not None else None
    if session is None or user is None:
        return None
    found = _Found(session, user)
    unit.keep(key, found, user_id=user.id, size=_SIZE)
    return found


async def log_out(unit: Unit, token: str) -> None:
    """Ends one session; a token that means nothing changes nothing."""
    session = await store.find_session(unit.tx, _hash(token))
    if session is None:
        return
    await unit.write()
    if await store.delete_session(unit.tx, session.token_hash):
        unit.tell(UserLoggedOut(user_id=session.user_id, actor_id=session.user_id))


async def log_out_everywhere(unit: Unit, user_id: int) -> int:
    """Ends every session of oneself, or as staff of somebody else; answers how many there were.

    Raises UserMissing, LoginRequired, NotAllowed, UserIsProtected (an admin's, for moderators)."""
    user = await user_store.find_user(unit.tx, user_id)
    if user is None:
        raise UserMissing()
    allow(unit, "user.edit", user=user)
    await unit.write()
    ended = await store.delete_sessions_of(unit.tx, user_id)
    if ended:
        unit.tell(UserLoggedOut(user_id=user_id))
    return ended


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _age(unit: Unit) -> int:
    return unit.site.maximum_session_age * HOUR
