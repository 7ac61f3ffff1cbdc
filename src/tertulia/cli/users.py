"""`tertulia users`: makes and lists accounts."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from tertulia.cli.application import ConfigOption, DatabaseOption, DataOption, JsonOption, application, stoppable
from tertulia.cli.keys import act_as_system
from tertulia.cli.opening import load_flags, run_with_forum
from tertulia.forum.sites.founder import make_password
from tertulia.forum.unit import Ports
from tertulia.forum.users.listing import list_users
from tertulia.forum.users.registering import create_user
from tertulia.forum.users.roles import set_role
from tertulia.model.users import CreateUser, ListUsers, User, UserListOrder

users = typer.Typer(help="Accounts: make, list.", no_args_is_help=True)
application.add_typer(users, name="users")

_PAGE = 100


@users.command("create")
@stoppable
def create(
    username: Annotated[str, typer.Option(help="The name.")],
    email: Annotated[str, typer.Option(help="The e-mail address.")],
    password: Annotated[
        str | None, typer.Option(help="The password; without it a random one, which is printed.")
    ] = None,
    name: Annotated[str, typer.Option(help="The full name.")] = "",
    admin: Annotated[bool, typer.Option("--admin", help="With an administrator's rights.")] = False,
    moderator: Annotated[bool, typer.Option("--moderator", help="With a moderator's rights.")] = False,
    data: DataOption = None,
    database: DatabaseOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make an active account and print its id and password."""
    secret = password if password is not None else make_password()
    command = CreateUser(username=username, email=email, name=name, password=secret, active=True, approved=True)

    async def work(ports: Ports) -> User:
        async with ports.unit() as unit:
            await act_as_system(unit)
            user = (await create_user(unit, command)).user
            for role, wanted in (("admin", admin), ("moderator", moderator)):
                if wanted:
                    user = await set_role(unit, user.id, role, True)
            await unit.commit()
            return user

    user = run_with_forum(load_flags({"data": data, "database": database, "config": config}), work)
    if as_json:
        print(json.dumps(_row(user) | {"password": secret}))
        return
    print(f"User {user.username} has the id {user.id}." + ("" if password else f" Password: {secret}"))


@users.command("list")
@stoppable
def list_all(
    data: DataOption = None, database: DatabaseOption = None, config: ConfigOption = None, as_json: JsonOption = False
) -> None:
    """List every account, the oldest first."""

    async def work(ports: Ports) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        async with ports.unit() as unit:
            await act_as_system(unit)
            page = 0
            while True:
                command = ListUsers(flag="all", order=UserListOrder.CREATED, ascending=True, page=page, per_page=_PAGE)
                found = await list_users(unit, command)
                rows.extend(_row(user) for user in found.users)
                if len(rows) >= found.total or not found.users:
                    return rows
                page += 1

    rows = run_with_forum(load_flags({"data": data, "database": database, "config": config}), work)
    if as_json:
        print(json.dumps(rows))
        return
    for row in rows:
        role = "admin" if row["admin"] else "moderator" if row["moderator"] else ""
        print(f"{row['id']:>8}  {row['username']:<24}  {role:<9}  {row['email'] or ''}")


def _row(user: User) -> dict[str, Any]:
    return {
        "id": user.id,
        "username": user.username,
        "name": user.name,
        "email": user.email,
        "admin": user.admin,
        "moderator": user.moderator,
        "active": user.active,
        "trust_level": user.trust_level,
        "created_at": user.created_at,
    }
