"""`tertulia doctor`: says what is wrong with an installation, and what to do. The checks are in `checks.py`."""

from __future__ import annotations

import json

import msgspec
import typer

from tertulia.cli.application import ConfigOption, DatabaseOption, DataOption, JsonOption, application, stoppable
from tertulia.cli.checks import check_installation
from tertulia.cli.opening import load_flags
from tertulia.cli.serve import RedisOption
from tertulia.cli.stopping import FAILED


@application.command("doctor")
@stoppable
def doctor(
    data: DataOption = None,
    database: DatabaseOption = None,
    redis: RedisOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check the installation; what is wrong is said with what to do, and the exit code is 1."""
    loaded = load_flags({"data": data, "database": database, "redis": redis, "config": config})
    found = check_installation(loaded)
    if as_json:
        print(json.dumps([msgspec.structs.asdict(finding) for finding in found]))
    else:
        for finding in found:
            print(f"{finding.state:<7}  {finding.subject}: {finding.text}")
    if any(finding.state == "wrong" for finding in found):
        raise typer.Exit(FAILED)
