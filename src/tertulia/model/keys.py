"""Keys and sessions: one table of credentials for both dialects, and cookie sessions."""

from __future__ import annotations

from enum import IntEnum

import msgspec

from tertulia.model.users import UserCard


class ScopeMode(IntEnum):
    """How far a key reaches."""

    GLOBAL = 0
    READ_ONLY = 1
    GRANULAR = 2


class Key(msgspec.Struct, frozen=True):
    """A stored credential: never the secret, only its SHA-256 and first characters. `kind` is a CredentialKind.
    `client_id` and `application` say which program of its owner's a personal key was given to.
    `scopes` is JSON: a list of {"scope": "topics:read", "parameters": {"topic_id": ["1"]}}."""

    id: int
    kind: int
    secret_hash: str
    truncated: str
    user_id: int | None
    description: str
    scope_mode: int
    scopes: str
    allowed_addresses: str
    created_by: int | None
    created_at: int
    updated_at: int
    last_used_at: int | None
    last_used_address: str | None
    last_used_agent: str | None
    revoked_at: int | None
    revoked_by: int | None
    expires_at: int | None
    client_id: str
    application: str


class KeyScope(msgspec.Struct, frozen=True):
    """One granular right, with the parameter values it is bound to (empty = any)."""

    scope: str
    parameters: dict[str, tuple[str, ...]] = {}


class KeyView(msgspec.Struct, frozen=True, kw_only=True):
    """A key for its list; `secret` only right after it was made."""

    key: Key
    user: UserCard | None
    scopes: tuple[KeyScope, ...]
    secret: str | None = None


class KeyList(msgspec.Struct, frozen=True, kw_only=True):
    """Keys, active ones first, newest first."""

    keys: tuple[KeyView, ...]
    offset: int
    limit: int
    total: int


class CreateKey(msgspec.Struct, frozen=True, kw_only=True):
    """A new credential. `user_id` None = may act as anybody (admin keys and master tokens).

    `client_id` and `application` name the program that a personal key is for."""

    kind: int
    user_id: int | None = None
    description: str = ""
    scope_mode: int | None = None
    scopes: tuple[KeyScope, ...] = ()
    allowed_addresses: tuple[str, ...] = ()
    expires_at: int | None = None
    client_id: str = ""
    application: str = ""


class DeprecatedCall(msgspec.Struct, frozen=True, kw_only=True):
    """A way of calling that no longer works: a key in query or body. `route` is method and path template.

    `key` is the key that was shown, where it was a real one; `calls` were made from `first_at` to `last_at` (ms)."""

    id: int
    route: str
    address: str
    agent: str
    key: Key | None
    calls: int
    first_at: int
    last_at: int


class Session(msgspec.Struct, frozen=True):
    """A log-in by cookie; only the hash of its token is stored."""

    id: int
    token_hash: str
    user_id: int
    created_at: int
    seen_at: int
    expires_at: int
    address: str
    agent: str


class LogIn(msgspec.Struct, frozen=True, kw_only=True):
    """Username or e-mail, and password."""

    login: str
    password: str
    agent: str = ""


class LoggedIn(msgspec.Struct, frozen=True, kw_only=True):
    """A fresh session and its secret for the cookie."""

    user_id: int
    token: str
    expires_at: int
