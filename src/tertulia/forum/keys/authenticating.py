"""From a secret that was shown to the user it acts for. A secret of the wrong kind is an unknown one.

Nothing is written here: the last use goes to the batch, at most once a minute and key.
"""

from __future__ import annotations

import hmac
import ipaddress

import msgspec

from tertulia.forum.batches import note_key_client, note_key_use
from tertulia.forum.handles import handle_key
from tertulia.forum.keys.creating import hash_secret
from tertulia.forum.keys.scopes import find_key_scopes, scope_mode_of
from tertulia.forum.unit import Unit
from tertulia.model.actor import Credential, CredentialKind
from tertulia.model.errors import (
    ActingUserMissing,
    ActingUserUnknown,
    ApiUsernameMismatch,
    ApiUsernameMissing,
    ApiUsernameUnknown,
    KeyAddressRefused,
    KeyExpired,
    KeyRevoked,
    KeyUnknown,
    UserInactive,
    UserSuspended,
)
from tertulia.model.keys import Key, ScopeMode
from tertulia.model.users import SYSTEM_ID, User
from tertulia.store import keys as store
from tertulia.store import users as user_store

MAXIMUM_SECRET = 512
USE_NOTED_MS = 60_000
_ANYBODY = -1  # whose a key is that acts for all: it ends with any change to keys
_SIZE = 3_000  # bytes of a key or an account in memory


async def authenticate_admin_key(
    unit: Unit,
    secret: str,
    *,
    username: str | None = None,
    user_id: int | None = None,
    external_id: str | None = None,
    address: str,
    agent: str,
) -> tuple[User, Credential]:
    """The user that an admin key acts for: its own, else by username, else by id, else by external id.

    A key of one user needs no name, and no other name may be given. Raises KeyUnknown, KeyRevoked, KeyExpired,
    KeyAddressRefused, ApiUsernameMissing, ApiUsernameUnknown, ApiUsernameMismatch, UserInactive, UserSuspended."""
    key = await _find(unit, secret, kinds=(CredentialKind.ADMIN_KEY,), address=address)
    if key.user_id is not None:
        user = await _owner(unit, key)
        if username is not None and handle_key(username) != user.username_key:
            raise ApiUsernameMismatch()
    else:
        if username is None and user_id is None and external_id is None:
            raise ApiUsernameMissing()
        found = await _named(unit, username=username, user_id=user_id, external_id=external_id)
        if found is None:
            raise ApiUsernameUnknown()
        user = found
    return _accept(unit, key, user, address=address, agent=agent)


async def authenticate_user_key(
    unit: Unit, secret: str, *, address: str, agent: str, client_id: str | None = None
) -> tuple[User, Credential]:
    """The owner of a personal key. A `client_id` other than the key's is the program's new name: it is noted.

    Raises KeyUnknown, KeyRevoked, KeyExpired, KeyAddressRefused, UserInactive, UserSuspended."""
    key = await _find(unit, secret, kinds=(CredentialKind.USER_KEY,), address=address)
    accepted = _accept(unit, key, await _owner(unit, key), address=address, agent=agent)
    if client_id and client_id != key.client_id:
        note_key_client(unit.ports, key.id, client_id)
    return accepted


async def authenticate_token(
    unit: Unit, secret: str, *, acting_user_id: int | None, address: str, agent: str
) -> tuple[User, Credential]:
    """The owner of a user token (`acting_user_id` is then ignored), or whom a master token names.

    Raises KeyUnknown, KeyRevoked, KeyExpired, KeyAddressRefused, ActingUserMissing, ActingUserUnknown,
    UserInactive, UserSuspended."""
    kinds = (CredentialKind.USER_TOKEN, CredentialKind.MASTER_TOKEN)
    key = await _find(unit, secret, kinds=kinds, address=address)
    if key.kind == CredentialKind.USER_TOKEN:
        user = await _owner(unit, key)
    else:
        user = await find_acting_user(unit, acting_user_id)
    return _accept(unit, key, user, address=address, agent=agent)


async def find_acting_user(unit: Unit, user_id: int | None) -> User:
    """The person whom a credential that may act for anybody names. Raises ActingUserMissing, ActingUserUnknown."""
    if user_id is None:
        raise ActingUserMissing()
    user = await user_store.find_user(unit.tx, user_id) if user_id != SYSTEM_ID else None
    if user is None:
        raise ActingUserUnknown()
    return user


def check_usable(unit: Unit, user: User) -> None:
    """Raises UserInactive or UserSuspended for an account that no credential works for."""
    if not user.active:
        raise UserInactive()
    if user.is_suspended(unit.now):
        raise UserSuspended(until=user.suspended_till)
    unit.hold_until(user.silenced_till)


async def _find(unit: Unit, secret: str, *, kinds: tuple[CredentialKind, ...], address: str) -> Key:
    if not secret or len(secret) > MAXIMUM_SECRET:
        raise KeyUnknown()
    digest = hash_secret(secret)
    key = await _find_by_digest(unit, digest)
    # The index compares digests, of which nobody can choose the first characters; the digest is compared once
    # more in constant time, so that this does not depend on how an engine compares text.
    if key is None or not hmac.compare_digest(key.secret_hash, digest) or key.kind not in kinds:
        raise KeyUnknown()
    if key.revoked_at is not None:
        raise KeyRevoked()
    if key.expires_at is not None and key.expires_at <= unit.now:
        raise KeyExpired()
    unit.hold_until(key.expires_at)
    if key.allowed_addresses and not _is_allowed(address, networks=key.allowed_addresses.split()):
        raise KeyAddressRefused()
    return key


class _Found(msgspec.Struct):
    """A key, with its last use as this process noted it."""

    key: Key


async def _find_by_digest(unit: Unit, digest: str) -> Key | None:
    """The key; where it is kept, every change to any key ends it, and what is kept is found by the digest only."""
    known: _Found | None = unit.recall(_place(digest))
    if known is not None:
        return known.key
    key = await store.find_key_by_hash(unit.tx, digest)
    if key is not None:
        unit.keep(_place(digest), _Found(key), user_id=key.user_id or _ANYBODY, size=_SIZE)
    return key


def _place(digest: str) -> tuple[str, str]:
    return ("key", digest)


def _is_allowed(address: str, *, networks: list[str]) -> bool:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv6Address):
        parsed = parsed.ipv4_mapped or parsed
    return any(parsed in ipaddress.ip_network(network) for network in networks)


async def _owner(unit: Unit, key: Key) -> User:
    user = await user_store.find_user(unit.tx, key.user_id) if key.user_id is not None else None
    if user is None:
        raise KeyUnknown()
    return user


async def _named(unit: Unit, *, username: str | None, user_id: int | None, external_id: str | None) -> User | None:
    if username is not None:
        place = ("user", handle_key(username))
        user: User | None = unit.recall(place)
        if user is None and (user := await user_store.find_user_by_key(unit.tx, place[1])) is not None:
            unit.keep(place, user, user_id=user.id, size=_SIZE)
        return user
    if user_id is not None:
        return await user_store.find_user(unit.tx, user_id)
    return await user_store.find_user_by_external_id(unit.tx, external_id or "")


def _accept(unit: Unit, key: Key, user: User, *, address: str, agent: str) -> tuple[User, Credential]:
    check_usable(unit, user)
    if key.last_used_at is None or key.last_used_at + USE_NOTED_MS <= unit.now:
        note_key_use(unit.ports, key.id, unit.now, address, agent)
        known: _Found | None = unit.recall(_place(key.secret_hash))
        if known is not None:
            known.key = msgspec.structs.replace(key, last_used_at=unit.now)
    scopes = find_key_scopes(key)
    return user, Credential(
        kind=CredentialKind(key.kind),
        id=key.id,
        read_only=scope_mode_of(key) is ScopeMode.READ_ONLY,
        scopes=tuple(scope.scope for scope in scopes),
        key_scopes=scopes,
    )
