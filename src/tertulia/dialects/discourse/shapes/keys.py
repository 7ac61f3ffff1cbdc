"""API keys: never their secret but once, right after they were made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from tertulia.dialects.discourse.wire import avatar, iso, maybe_iso
from tertulia.forum.keys.catalogue import ScopeParameter
from tertulia.model.keys import KeyList, KeyScope, KeyView, ScopeMode
from tertulia.model.users import UserCard

_MODES = {ScopeMode.GLOBAL: "global", ScopeMode.READ_ONLY: "read_only", ScopeMode.GRANULAR: "granular"}
_OWN_NAMES = {"wordpress:connect": "wordpress:discourse_connect"}  # our word to the wire's


def wire_scope(scope: str) -> str:
    """A scope as the wire spells it."""
    return _OWN_NAMES.get(scope, scope)


def core_scope(scope: str) -> str:
    """A scope of the wire as the core spells it."""
    return next((ours for ours, theirs in _OWN_NAMES.items() if theirs == scope), scope)


class KeyUser(msgspec.Struct):
    """Whom a key is bound to."""

    id: int
    username: str
    avatar_template: str

    @classmethod
    def of(cls, card: UserCard) -> KeyUser:
        return cls(card.id, card.username, avatar(card.avatar_template, username=card.username))


class Scope(msgspec.Struct):
    """One granular right of a key."""

    resource: str
    action: str
    key: str
    parameters: list[str]
    allowed_parameters: dict[str, list[str]]

    @classmethod
    def of(cls, scope: KeyScope) -> Scope:
        resource, _, action = wire_scope(scope.scope).partition(":")
        allowed = {name: list(values) for name, values in scope.parameters.items()}
        return cls(resource, action, action, list(allowed), allowed)


class Key(msgspec.Struct):
    """One key as admins see it."""

    id: int
    truncated_key: str
    description: str | None
    created_at: str
    updated_at: str
    last_used_at: str | None
    revoked_at: str | None
    scope_mode: str
    user: KeyUser | None
    api_key_scopes: list[Scope]
    key: str | UnsetType = UNSET

    @classmethod
    def of(cls, view: KeyView) -> Key:
        key = view.key
        return cls(
            id=key.id,
            truncated_key=key.truncated,
            description=key.description or None,
            created_at=iso(key.created_at),
            updated_at=iso(key.updated_at),
            last_used_at=maybe_iso(key.last_used_at),
            revoked_at=maybe_iso(key.revoked_at),
            scope_mode=_MODES[ScopeMode(key.scope_mode)],
            user=KeyUser.of(view.user) if view.user else None,
            api_key_scopes=[Scope.of(scope) for scope in view.scopes],
            key=view.secret if view.secret is not None else UNSET,
        )


class KeyAnswer(msgspec.Struct):
    """One key."""

    key: Key


class RevokedKeyAnswer(msgspec.Struct):
    """One key after it was revoked or restored: the wire's root differs here."""

    api_key: Key


class KeyListAnswer(msgspec.Struct):
    """A page of keys."""

    keys: list[Key]
    offset: int
    limit: int

    @classmethod
    def of(cls, found: KeyList) -> KeyListAnswer:
        return cls([Key.of(view) for view in found.keys], found.offset, found.limit)


def catalogue_of(
    scopes: Mapping[str, tuple[ScopeParameter, ...]], *, urls: Mapping[str, list[str]]
) -> dict[str, list[dict[str, Any]]]:
    """Every scope by resource, with the addresses that it opens."""
    resources: dict[str, list[dict[str, Any]]] = {}
    for scope, parameters in scopes.items():
        wire = wire_scope(scope)
        resource, _, action = wire.partition(":")
        resources.setdefault(resource, []).append(
            {
                "scope_id": wire,
                "key": action,
                "name": action.replace("_", " "),
                "params": [parameter.name for parameter in parameters],
                "urls": urls.get(scope, []),
            }
        )
    return resources
