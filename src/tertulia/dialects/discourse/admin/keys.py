"""API keys for admins: list, make, describe, revoke, delete, and what scopes there are."""

from __future__ import annotations

from typing import Any

from tertulia.dialects.discourse.answers import Success, success
from tertulia.dialects.discourse.shapes.keys import Key as KeyShape
from tertulia.dialects.discourse.shapes.keys import (
    KeyAnswer,
    KeyListAnswer,
    RevokedKeyAnswer,
    catalogue_of,
    core_scope,
)
from tertulia.forum.keys import revoking
from tertulia.forum.keys.catalogue import SCOPES
from tertulia.forum.keys.creating import create_key as make_key
from tertulia.forum.keys.listing import list_keys, read_key
from tertulia.forum.users.profiles import read_user
from tertulia.http.bodies import Parameters
from tertulia.http.call import Call
from tertulia.model.actor import CredentialKind
from tertulia.model.errors import KeyScopeUnknown, ParameterInvalid, ParameterMissing
from tertulia.model.keys import CreateKey, KeyScope, ScopeMode

KINDS = (int(CredentialKind.ADMIN_KEY),)
_MODES = {"global": ScopeMode.GLOBAL, "read_only": ScopeMode.READ_ONLY, "granular": ScopeMode.GRANULAR}
_PAGE = 50  # source: upstream's default and largest page


async def get_keys(call: Call) -> KeyListAnswer:
    offset = call.parameters.integer("offset", default=0, minimum=0)
    limit = call.parameters.integer("limit", default=_PAGE, minimum=1)
    return KeyListAnswer.of(await list_keys(call.unit, kinds=KINDS, offset=offset, limit=min(limit, _PAGE)))


async def get_key(call: Call) -> KeyAnswer:
    return KeyAnswer(KeyShape.of(await read_key(call.unit, call.integer("key_id"), kinds=KINDS)))


async def create_key(call: Call) -> KeyAnswer:
    key = _fields(call)
    username = key.text("username", default="").strip()
    user_id = (await read_user(call.unit, username=username)).user.id if username else None
    command = CreateKey(
        kind=KINDS[0],
        user_id=user_id,
        description=key.text("description", default=""),
        scope_mode=_mode(key),
        scopes=tuple(_scope(record) for record in key.records("scopes")),
    )
    return KeyAnswer(KeyShape.of(await make_key(call.unit, command)))


def _fields(call: Call) -> Parameters:
    """The wrapper is called `key`: `api_key` would be a credential. Raises ParameterMissing."""
    key = call.parameters.nested("key")
    if not key.values:
        raise ParameterMissing(name="key")
    return key


def _mode(key: Parameters) -> ScopeMode | None:
    text = key.text("scope_mode") or ""
    if text and text not in _MODES:
        raise ParameterInvalid(name="key[scope_mode]", problem="choice")
    return _MODES.get(text)


def _scope(record: Parameters) -> KeyScope:
    """`scope_id`, and beside it each parameter with its values parted by commas."""
    wire = record.text("scope_id") or record.text("id") or ""
    scope = core_scope(wire)
    if scope not in SCOPES:
        raise KeyScopeUnknown(name=wire[:100])
    names = {parameter.name for parameter in SCOPES[scope]}
    given = {name: tuple(record.texts(name, commas=True)) for name in names if record.has(name)}
    return KeyScope(scope, {name: values for name, values in given.items() if values})


async def update_key(call: Call) -> KeyAnswer:
    """Only the description can change."""
    description = _fields(call).text("description", default="")
    view = await revoking.update_key(call.unit, call.integer("key_id"), description=description, kinds=KINDS)
    return KeyAnswer(KeyShape.of(view))


async def delete_key(call: Call) -> Success:
    await revoking.delete_key(call.unit, call.integer("key_id"), kinds=KINDS)
    return success()


async def revoke_key(call: Call) -> RevokedKeyAnswer:
    view = await revoking.revoke_key(call.unit, call.integer("key_id"), kinds=KINDS)
    return RevokedKeyAnswer(KeyShape.of(view))


async def restore_key(call: Call) -> RevokedKeyAnswer:
    view = await revoking.restore_key(call.unit, call.integer("key_id"), kinds=KINDS)
    return RevokedKeyAnswer(KeyShape.of(view))


def scopes_answer(urls: dict[str, list[str]]) -> dict[str, Any]:
    """Every scope with its parameters and the addresses that it opens, which only the table of routes knows."""
    return {"scopes": catalogue_of(SCOPES, urls=urls)}
