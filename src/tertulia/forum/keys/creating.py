"""Making keys and tokens. The secret is answered once; only its SHA-256 and first characters are kept."""

from __future__ import annotations

import hashlib
import ipaddress
import re
import secrets
import uuid

import msgspec

from tertulia.forum.keys.scopes import check_scopes
from tertulia.forum.keys.viewing import PERSONAL_KINDS, find_key, view_keys
from tertulia.forum.permissions import allow
from tertulia.forum.staff_actions import log_staff_action
from tertulia.forum.unit import Unit
from tertulia.model.actor import CredentialKind
from tertulia.model.errors import (
    KeyDescriptionInvalid,
    KeyMissing,
    KeyScopesMissing,
    ParameterInvalid,
    UserMissing,
)
from tertulia.model.events import KeyCreated
from tertulia.model.keys import CreateKey, Key, KeyScope, KeyView, ScopeMode
from tertulia.model.users import User
from tertulia.store import keys as store
from tertulia.store.users import find_user

MAXIMUM_DESCRIPTION = 255
MAXIMUM_ADDRESSES = 100
TRUNCATED = 4
_CONTROL = re.compile("[\x00-\x1f\x7f\ud800-\udfff]+")
_encode = msgspec.json.Encoder().encode


def make_secret(kind: int) -> str:
    """A fresh secret in the shape of its kind: 64 or 32 hex digits, or a UUID (source: upstreams' shapes)."""
    if kind == CredentialKind.ADMIN_KEY:
        return secrets.token_hex(32)
    if kind == CredentialKind.USER_KEY:
        return secrets.token_hex(16)
    return str(uuid.uuid4())


def hash_secret(secret: str) -> str:
    """What is kept of a secret. Secrets are random, so a plain digest suffices."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


async def create_key(unit: Unit, command: CreateKey) -> KeyView:
    """A new credential with its secret. Admins make any; others a token or personal key for themselves.

    Raises LoginRequired, NotAllowed, UserMissing, ParameterInvalid (kind, user_id, scopes, allowed_addresses,
    expires_at), KeyScopeUnknown, KeyScopesMissing, KeyDescriptionInvalid."""
    user = await _owner(unit, command)
    if command.kind in PERSONAL_KINDS:
        allow(unit, "user.own", user=user)
    else:
        allow(unit, "key.manage")
    _check_shape(unit, command)
    mode, scopes = _reach(command)
    secret = make_secret(command.kind)
    fields = {
        "kind": int(command.kind),
        "secret_hash": hash_secret(secret),
        "truncated": secret[:TRUNCATED],
        "user_id": user.id if user else None,
        "description": checked_description(command.description),
        "scope_mode": int(mode),
        "scopes": _encode(scopes).decode() if scopes else "",
        "allowed_addresses": " ".join(_networks(command.allowed_addresses)),
        "created_by": unit.actor.user_id,
        "created_at": unit.now,
        "updated_at": unit.now,
        "expires_at": command.expires_at,
        "client_id": one_line(command.client_id, name="client_id"),
        "application": one_line(command.application, name="application_name"),
    }
    await unit.write()
    key = await _stored(unit, await store.insert_key(unit.tx, fields=fields))
    unit.tell(KeyCreated(key_id=key.id))
    await log_key_action(unit, "api_key_create", key)
    view = (await view_keys(unit, [key]))[0]
    return msgspec.structs.replace(view, secret=secret)


async def roll_key(unit: Unit, key_id: int, *, kinds: tuple[int, ...] | None = None) -> KeyView:
    """A new secret for the same key; the old one means nothing from then on. For admins and owners.

    Raises LoginRequired, KeyMissing."""
    await find_key(unit, key_id, kinds=kinds)
    await unit.write()
    key = await find_key(unit, key_id, kinds=kinds)
    secret = make_secret(key.kind)
    await store.set_key_secret(
        unit.tx, key.id, secret_hash=hash_secret(secret), truncated=secret[:TRUNCATED], now=unit.now
    )
    key = await _stored(unit, key.id)
    await log_key_action(unit, "api_key_update", key)
    view = (await view_keys(unit, [key]))[0]
    return msgspec.structs.replace(view, secret=secret)


def checked_description(text: str) -> str:
    """The description on one line. Raises KeyDescriptionInvalid for more than 255 characters."""
    plain = _CONTROL.sub(" ", text).strip()
    if len(plain) > MAXIMUM_DESCRIPTION:
        raise KeyDescriptionInvalid(maximum=MAXIMUM_DESCRIPTION)
    return plain


def one_line(text: str, *, name: str) -> str:
    """The name of a program on one line. Raises ParameterInvalid for more than 255 characters."""
    plain = _CONTROL.sub(" ", text).strip()
    if len(plain) > MAXIMUM_DESCRIPTION:
        raise ParameterInvalid(name=name, problem=f"is longer than {MAXIMUM_DESCRIPTION} characters")
    return plain


async def log_key_action(unit: Unit, action: str, key: Key) -> None:
    """A line in the staff log, never with more of the secret than lists show."""
    details = f"{CredentialKind(key.kind).name.lower()} {key.description}".strip()
    await log_staff_action(unit, action, subject=key.truncated, details=details, target_user_id=key.user_id)


async def _owner(unit: Unit, command: CreateKey) -> User | None:
    allow(unit, "member")
    personal = command.kind in PERSONAL_KINDS
    if command.kind not in (*PERSONAL_KINDS, CredentialKind.ADMIN_KEY, CredentialKind.MASTER_TOKEN):
        raise ParameterInvalid(name="kind", problem="unknown")
    if command.user_id is None:
        if personal:
            raise ParameterInvalid(name="user_id", problem="missing")
        return None
    if command.kind == CredentialKind.MASTER_TOKEN:
        raise ParameterInvalid(name="user_id", problem="a master token acts for anybody")
    user = await find_user(unit.tx, command.user_id)
    if user is None:
        raise UserMissing()
    return user


def _check_shape(unit: Unit, command: CreateKey) -> None:
    if command.expires_at is not None and command.expires_at <= unit.now:
        raise ParameterInvalid(name="expires_at", problem="past")
    if command.scope_mode is not None and command.scope_mode not in tuple(ScopeMode):
        raise ParameterInvalid(name="scope_mode", problem="unknown")


def _reach(command: CreateKey) -> tuple[ScopeMode, tuple[KeyScope, ...]]:
    scopes = check_scopes(command.kind, command.scopes)
    narrow = ScopeMode.GRANULAR if scopes else ScopeMode.GLOBAL
    if command.kind == CredentialKind.USER_KEY:
        narrow = ScopeMode.GRANULAR
    mode = narrow if command.scope_mode is None else ScopeMode(command.scope_mode)
    if mode is ScopeMode.GRANULAR and not scopes:
        raise KeyScopesMissing()
    if mode is not ScopeMode.GRANULAR and scopes:
        # Ignoring either would make a key that reaches further than somebody meant.
        raise ParameterInvalid(name="scopes", problem="only with scope_mode granular")
    return mode, scopes


def _networks(addresses: tuple[str, ...]) -> list[str]:
    if len(addresses) > MAXIMUM_ADDRESSES:
        raise ParameterInvalid(name="allowed_addresses", problem=f"at most {MAXIMUM_ADDRESSES}")
    try:
        return [str(ipaddress.ip_network(address.strip(), strict=False)) for address in addresses if address.strip()]
    except ValueError as problem:
        raise ParameterInvalid(name="allowed_addresses", problem="not an address or network") from problem


async def _stored(unit: Unit, key_id: int) -> Key:
    key = await store.find_key(unit.tx, key_id)
    if key is None:
        raise KeyMissing()
    return key
