"""What a narrowed key may do: its scopes against the scope of a row and the parameters of a request.

Anything that cannot be read means no right. Read next: `catalogue.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from tertulia.forum.keys.catalogue import ALWAYS, PERSONAL_SCOPES, READ_EVERYTHING, SCOPES, ScopeParameter
from tertulia.model.actor import Credential, CredentialKind
from tertulia.model.errors import KeyScopesMissing, KeyScopeUnknown
from tertulia.model.keys import Key, KeyScope, ScopeMode

MAXIMUM_SCOPES = 200
MAXIMUM_VALUES = 1_000
_decode = msgspec.json.Decoder(tuple[KeyScope, ...]).decode


def find_key_scopes(key: Key) -> tuple[KeyScope, ...]:
    """The scopes of a stored key; none for a global one."""
    return _decode(key.scopes) if key.scopes else ()


def check_scopes(kind: int, scopes: Sequence[KeyScope]) -> tuple[KeyScope, ...]:
    """The scopes without blank values. Raises KeyScopeUnknown for a scope or parameter that the kind does not have."""
    if len(scopes) > MAXIMUM_SCOPES:
        raise KeyScopesMissing()
    return tuple(_checked(kind, scope) for scope in scopes)


def _checked(kind: int, scope: KeyScope) -> KeyScope:
    if kind == CredentialKind.USER_KEY:
        if scope.scope not in PERSONAL_SCOPES or scope.parameters:
            raise KeyScopeUnknown(name=scope.scope)
        return scope
    if scope.scope not in SCOPES:
        raise KeyScopeUnknown(name=scope.scope)
    known = {parameter.name for parameter in SCOPES[scope.scope]}
    kept: dict[str, tuple[str, ...]] = {}
    for name, values in scope.parameters.items():
        if name not in known or len(values) > MAXIMUM_VALUES:
            raise KeyScopeUnknown(name=f"{scope.scope} {name}")
        if given := tuple(value.strip() for value in values if value.strip()):
            kept[name] = given
    return KeyScope(scope.scope, kept)


def permits(
    credential: Credential,
    *,
    row_scope: str | None,
    is_read: bool,
    path_parameters: Mapping[str, object],
    other_parameters: Mapping[str, object],
) -> bool:
    """Whether the credential reaches the row; the caller raises ScopeMissing when it does not.

    `row_scope` holds the words of the row's scopes, parted by spaces; None is a row that no scope opens.
    `is_read`: the request only reads (GET, HEAD). `other_parameters` are those of query and body."""
    words = frozenset((row_scope or "").split())
    if words & ALWAYS:
        return True
    if credential.kind is CredentialKind.USER_KEY:
        return _personal_key_permits(credential, words=words, is_read=is_read)
    if credential.read_only:
        return is_read
    if not credential.scopes:
        return True
    return scopes_permit(
        credential.key_scopes,
        words=words,
        is_read=is_read,
        path_parameters=path_parameters,
        other_parameters=other_parameters,
    )


def _personal_key_permits(credential: Credential, *, words: frozenset[str], is_read: bool) -> bool:
    for scope in credential.scopes:
        if scope == "write" or (scope == "read" and is_read) or words & PERSONAL_SCOPES.get(scope, frozenset()):
            return True
    return False


def scopes_permit(
    key_scopes: Sequence[KeyScope],
    *,
    words: frozenset[str],
    is_read: bool,
    path_parameters: Mapping[str, object],
    other_parameters: Mapping[str, object],
) -> bool:
    """Whether any of the scopes opens a row that is called by one of `words`."""
    for scope in key_scopes:
        if scope.scope == READ_EVERYTHING and is_read:
            return True
        if scope.scope in words and scope.scope in SCOPES:
            rules = {rule.name: rule for rule in SCOPES[scope.scope]}
            bound = ((rules.get(name), values) for name, values in scope.parameters.items() if values)
            sent = (path_parameters, other_parameters)
            if all(rule is not None and _fits(rule, values, *sent) for rule, values in bound):
                return True
    return False


def _fits(
    rule: ScopeParameter, allowed: tuple[str, ...], path: Mapping[str, object], other: Mapping[str, object]
) -> bool:
    """Whether the request names an allowed value: in its path, for a path parameter; never by name and alias both."""
    both = {**other, **path}
    merged = path if rule.path else both
    alias = rule.alias or rule.name
    if alias != rule.name and _is_sent(both.get(rule.name)) and _is_sent(both.get(alias)):
        return False
    value = merged.get(rule.name)
    if not _is_sent(value):
        value = merged.get(alias)
        if rule.last_piece and isinstance(value, str):
            value = value.rstrip("/").rpartition("/")[2]
    if isinstance(value, bool):
        return str(value).lower() in allowed
    return isinstance(value, str | int) and str(value) in allowed


def _is_sent(value: object) -> bool:
    return value is not None and value != ""


def scope_mode_of(key: Key) -> ScopeMode:
    """How far the key reaches."""
    return ScopeMode(key.scope_mode)
