"""`tertulia settings`: every setting with its value and where it comes from; changes to site settings."""

from __future__ import annotations

import json
from difflib import get_close_matches
from typing import Annotated

import typer

from tertulia.cli.application import ConfigOption, DatabaseOption, DataOption, JsonOption, application, stoppable
from tertulia.cli.keys import act_as_system
from tertulia.cli.opening import DATABASE_FILE, load_flags, run_with_forum
from tertulia.cli.stopping import Stop
from tertulia.forum.sites.knobs import change_setting, load_settings
from tertulia.forum.unit import Ports
from tertulia.settings import Loaded, Settings, format_value, list_settings, settings_table, with_database

settings = typer.Typer(help="Every setting: list, set, unset.", invoke_without_command=True)
application.add_typer(settings, name="settings")


@settings.callback()
@stoppable
def list_all(
    context: typer.Context,
    data: DataOption = None,
    database: DatabaseOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """List every setting with its value and where it comes from; set and unset change site settings."""
    if context.invoked_subcommand is None:
        _print_all(load_flags({"data": data, "database": database, "config": config}), as_json=as_json)


@settings.command("list")
@stoppable
def list_them(
    data: DataOption = None, database: DatabaseOption = None, config: ConfigOption = None, as_json: JsonOption = False
) -> None:
    """The same as no command: every setting with its value and where it comes from."""
    _print_all(load_flags({"data": data, "database": database, "config": config}), as_json=as_json)


def _print_all(loaded: Loaded, *, as_json: bool) -> None:
    rows = list_settings(_in_force(loaded))
    if as_json:
        print(
            json.dumps(
                [
                    {
                        "name": row.setting.name,
                        "value": row.value,
                        "default": row.default,
                        "origin": row.origin,
                        "scope": row.setting.scope,
                        "sentence": row.setting.sentence,
                        "allowed": row.allowed,
                    }
                    for row in rows
                ]
            )
        )
        return
    for row in rows:
        print(f"{row.setting.name} = {row.value or '(empty)'}  [{row.origin}]")


@settings.command("set")
@stoppable
def set_one(
    name: Annotated[str, typer.Argument(help="The site setting.")],
    value: Annotated[str, typer.Argument(help="Its new value.")],
    data: DataOption = None,
    database: DatabaseOption = None,
    config: ConfigOption = None,
) -> None:
    """Give a site setting a value; a running forum follows at once."""
    _change(load_flags({"data": data, "database": database, "config": config}), name, value)
    print(f"{name} = {value}")


@settings.command("unset")
@stoppable
def unset(
    name: Annotated[str, typer.Argument(help="The site setting.")],
    data: DataOption = None,
    database: DatabaseOption = None,
    config: ConfigOption = None,
) -> None:
    """Give a site setting its default again."""
    _check_name(name)
    default = format_value(name, value=settings_table()[name].default)
    _change(load_flags({"data": data, "database": database, "config": config}), name, default)
    print(f"{name} = {default}")


def _check_name(name: str) -> None:
    """Raises Stop, with the names that may be meant, where there is no such setting."""
    if name in settings_table():
        return
    close = get_close_matches(name, settings_table(), n=3)
    raise Stop(f"there is no site setting {name}" + (f"; did you mean {' or '.join(close)}?" if close else ""))


def _in_force(loaded: Loaded) -> Settings:
    """With the rows of the database, if there is one."""
    if not loaded.process.database and not (loaded.process.data / DATABASE_FILE).is_file():
        return with_database(loaded, rows={})

    async def work(ports: Ports) -> Settings:
        async with ports.unit() as unit:
            return await load_settings(unit)

    return run_with_forum(loaded, work)


def _change(loaded: Loaded, name: str, text: str) -> None:
    if name in settings_table() and settings_table()[name].scope == "process":
        raise Stop(f"{name} belongs to a process: give it as a flag, in the environment or in tertulia.toml")

    async def work(ports: Ports) -> None:
        _check_name(name)
        async with ports.unit() as unit:
            await act_as_system(unit)
            await change_setting(unit, name, text)
            await unit.commit()

    run_with_forum(loaded, work)
