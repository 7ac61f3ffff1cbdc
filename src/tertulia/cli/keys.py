"""`tertulia keys`: makes, lists and revokes credentials of both APIs."""

from __future__ import annotations

import json
from enum import Enum
from typing import Annotated, Any
from urllib.parse import parse_qsl

import typer

from tertulia.cli.application import ConfigOption, DatabaseOption, DataOption, JsonOption, application, stoppable
from tertulia.cli.opening import load_flags, run_with_forum
from tertulia.cli.stopping import REFUSED, Stop
from tertulia.forum.keys.creating import create_key
from tertulia.forum.keys.listing import list_keys
from tertulia.forum.keys.revoking import revoke_key
from tertulia.forum.sessions.actors import system_actor
from tertulia.forum.sites.knobs import load_settings
from tertulia.forum.unit import Ports, Unit
from tertulia.forum.users.names import username_key
from tertulia.model.actor import CredentialKind
from tertulia.model.errors import UserMissing
from tertulia.model.keys import CreateKey, KeyScope, KeyView, ScopeMode
from tertulia.store.users import find_user_by_key

keys = typer.Typer(help="Credentials of both APIs: make, list, revoke.", no_args_is_help=True)
application.add_typer(keys, name="keys")

_MOST = 1000


class Kind(Enum):
    """What a credential is for."""

    ADMIN = "admin"
    USER_API = "user-api"
    USER_TOKEN = "user-token"
    MASTER_TOKEN = "master-token"


_KINDS = {
    Kind.ADMIN: CredentialKind.ADMIN_KEY,
    Kind.USER_API: CredentialKind.USER_KEY,
    Kind.USER_TOKEN: CredentialKind.USER_TOKEN,
    Kind.MASTER_TOKEN: CredentialKind.MASTER_TOKEN,
}
_WORDS = {int(number): kind.value for kind, number in _KINDS.items()}


@keys.command("create")
@stoppable
def create(
    data: DataOption = None,
    database: DatabaseOption = None,
    username: Annotated[str | None, typer.Option(help="Acts as this user only.")] = None,
    all_users: Annotated[bool, typer.Option("--all-users", help="May act as anybody.")] = False,
    scope: Annotated[
        list[str] | None, typer.Option(help="Only this, such as topics:read or topics:read?topic_id=1,2; repeatable.")
    ] = None,
    read_only: Annotated[bool, typer.Option("--read-only", help="Reads everything, changes nothing.")] = False,
    kind: Annotated[
        Kind,
        typer.Option(
            help="admin: Discourse API key; user-api: Discourse user API key; "
            "user-token, master-token: NodeBB bearer tokens."
        ),
    ] = Kind.ADMIN,
    user_api: Annotated[bool, typer.Option("--user-api", help="The same as --kind user-api.")] = False,
    scopes: Annotated[
        str | None, typer.Option(help="Of a user API key: read, write, notifications and so on, parted by commas.")
    ] = None,
    client_id: Annotated[str, typer.Option(help="Of a user API key: what its program calls itself.")] = "",
    application: Annotated[str, typer.Option(help="Of a user API key: its program's name, for people.")] = "",
    expires_in: Annotated[int | None, typer.Option(help="Seconds from now in which it works.", min=1)] = None,
    description: Annotated[str, typer.Option(help="What it is for.")] = "",
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a key or token and print it, once. Name --username or --all-users (a master token is for all)."""
    kind = Kind.USER_API if user_api else kind
    wanted = (*(scope or ()), *(each.strip() for each in (scopes or "").split(",") if each.strip()))
    _check(kind, username=username, all_users=all_users, scopes=wanted, is_named=bool(client_id or application))

    async def work(ports: Ports) -> KeyView:
        async with ports.unit() as unit:
            await act_as_system(unit)
            user_id = await _find_id(unit, username) if username else None
            view = await create_key(
                unit,
                CreateKey(
                    kind=int(_KINDS[kind]),
                    user_id=user_id,
                    description=description,
                    scope_mode=int(ScopeMode.READ_ONLY) if read_only else None,
                    scopes=tuple(_scope(text) for text in wanted),
                    expires_at=unit.now + 1000 * expires_in if expires_in is not None else None,
                    client_id=client_id,
                    application=application,
                ),
            )
            await unit.commit()
            return view

    view = run_with_forum(load_flags({"data": data, "database": database, "config": config}), work)
    row = _row(view) | {"key": view.secret}
    print(json.dumps(row) if as_json else view.secret)


def _check(kind: Kind, *, username: str | None, all_users: bool, scopes: tuple[str, ...], is_named: bool) -> None:
    """Raises Stop for options that do not fit together."""
    if kind is not Kind.MASTER_TOKEN and (username is None) is not all_users:
        raise Stop("name either --username or --all-users", code=REFUSED)
    if kind is Kind.MASTER_TOKEN and username is not None:
        raise Stop("a master token acts for anybody; leave --username out", code=REFUSED)
    if kind in (Kind.USER_TOKEN, Kind.USER_API) and username is None:
        raise Stop(f"a {kind.value} needs --username", code=REFUSED)
    if kind is Kind.USER_API and not scopes:
        raise Stop("a user API key needs --scopes, such as read,write", code=REFUSED)
    if kind is not Kind.USER_API and is_named:
        raise Stop("only a user API key has --client-id and --application", code=REFUSED)


@keys.command("list")
@stoppable
def list_all(
    data: DataOption = None, database: DatabaseOption = None, config: ConfigOption = None, as_json: JsonOption = False
) -> None:
    """List keys and tokens, active ones first; never their secrets."""

    async def work(ports: Ports) -> list[dict[str, Any]]:
        async with ports.unit() as unit:
            await act_as_system(unit)
            found = await list_keys(unit, kinds=list(_WORDS), limit=_MOST)
            return [_row(view) for view in found.keys]

    rows = run_with_forum(load_flags({"data": data, "database": database, "config": config}), work)
    if as_json:
        print(json.dumps(rows))
        return
    for row in rows:
        state = "revoked" if row["revoked"] else "active"
        who = row["username"] or "all users"
        print(
            f"{row['id']:>6}  {row['begins_with']}...  {row['kind']:<12}  {state:<7}  {who:<20}  {row['description']}"
        )


@keys.command("revoke")
@stoppable
def revoke(
    key_id: Annotated[int, typer.Argument(help="The id that `keys list` shows.")],
    data: DataOption = None,
    database: DatabaseOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Revoke a key: it means nothing from now on."""

    async def work(ports: Ports) -> KeyView:
        async with ports.unit() as unit:
            await act_as_system(unit)
            view = await revoke_key(unit, key_id)
            await unit.commit()
            return view

    view = run_with_forum(load_flags({"data": data, "database": database, "config": config}), work)
    print(json.dumps(_row(view)) if as_json else f"Key {key_id} is revoked.")


async def act_as_system(unit: Unit) -> None:
    """The unit acts for the system user, with the site settings in force."""
    unit.settings = await load_settings(unit)
    unit.actor = await system_actor(unit)


async def _find_id(unit: Unit, username: str) -> int:
    user = await find_user_by_key(unit.tx, username_key(username))
    if user is None:
        raise UserMissing()
    return user.id


def _scope(text: str) -> KeyScope:
    name, _, query = text.partition("?")
    return KeyScope(name, {key: tuple(value.split(",")) for key, value in parse_qsl(query)})


def _row(view: KeyView) -> dict[str, Any]:
    return {
        "id": view.key.id,
        "kind": _WORDS[view.key.kind],
        "begins_with": view.key.truncated,
        "username": view.user.username if view.user else None,
        "description": view.key.description,
        "scopes": [scope.scope for scope in view.scopes],
        "read_only": view.key.scope_mode == ScopeMode.READ_ONLY,
        "created_at": view.key.created_at,
        "last_used_at": view.key.last_used_at,
        "expires_at": view.key.expires_at,
        "client_id": view.key.client_id,
        "application": view.key.application,
        "revoked": view.key.revoked_at is not None,
    }
