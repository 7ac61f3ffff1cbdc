"""`tertulia init`: founds a forum and prints how to get in."""

from __future__ import annotations

import json
from typing import Annotated

import msgspec
import typer

from tertulia.cli.application import (
    ConfigOption,
    DatabaseOption,
    DataOption,
    JsonOption,
    application,
    stoppable,
)
from tertulia.cli.founding import Admin, found_forum
from tertulia.cli.opening import load_flags
from tertulia.cli.printing import founded_lines


@application.command("init")
@stoppable
def init(
    data: DataOption = None,
    database: DatabaseOption = None,
    admin_username: Annotated[str, typer.Option(help="Name of the first account, user 1.")] = "admin",
    admin_email: Annotated[str, typer.Option(help="Its e-mail address.")] = "admin@example.org",
    admin_password: Annotated[
        str | None, typer.Option(help="Its password, 10 characters or more; without it a random one.")
    ] = None,
    demo: Annotated[bool, typer.Option("--demo", help="With demo content.")] = False,
    host: Annotated[str | None, typer.Option(help="Address that `serve` will listen on, for the printed URL.")] = None,
    port: Annotated[str | None, typer.Option(help="Port that `serve` will listen on, for the printed URL.")] = None,
    base_url: Annotated[str | None, typer.Option(help="The forum's own address, for the printed URL.")] = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Found a forum: tables, an administrator, two categories, a welcome topic, keys for both APIs.

    With --json the last line is one JSON object: url, admin_username, admin_password, discourse_api_key,
    nodebb_user_token, nodebb_master_token. Where there is a forum already nothing changes and the exit code is 2.
    """
    flags = {"data": data, "database": database, "host": host, "port": port, "base_url": base_url, "config": config}
    admin = Admin(username=admin_username, email=admin_email, password=admin_password)
    founded = found_forum(load_flags(flags), admin, demo=demo)
    if as_json:
        print(json.dumps(msgspec.structs.asdict(founded)))
    else:
        print("\n".join(founded_lines(founded)))
