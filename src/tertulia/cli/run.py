"""`tertulia run` as the help shows it. The work is in `serving.py`, which is reached without typer."""

from __future__ import annotations

import typer

from tertulia.cli.application import DataOption, application, stoppable
from tertulia.cli.serve import HostOption, PortOption
from tertulia.cli.serving import run as run_forum


@application.command("run")
@stoppable
def run(data: DataOption = None, host: HostOption = None, port: PortOption = None) -> None:
    """Serve the forum; where there is none yet, found one with demo content and print how to get in.

    Takes the same options as serve.
    """
    flags = {"data": data, "host": host, "port": port}
    given = [f"--{name}={value}" for name, value in flags.items() if value is not None]
    raise typer.Exit(run_forum(flags, arguments=given))
