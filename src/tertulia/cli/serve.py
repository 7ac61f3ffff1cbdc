"""`tertulia serve` as the help shows it. The work is in `serving.py`, which is reached without typer."""

from __future__ import annotations

from typing import Annotated

import typer

from tertulia.cli.application import ConfigOption, DatabaseOption, DataOption, application, stoppable
from tertulia.cli.serving import serve as serve_forum

HostOption = Annotated[str | None, typer.Option(help="Address to listen on.", show_default="127.0.0.1")]
PortOption = Annotated[str | None, typer.Option(help="Port to listen on; 0: any free one.", show_default="4200")]
WorkersOption = Annotated[
    str | None, typer.Option(help="Server processes; more than one needs PostgreSQL.", show_default="1")
]
WorkerOption = Annotated[
    bool | None, typer.Option("--worker/--no-worker", help="Run background jobs in the server.", show_default="worker")
]
RedisOption = Annotated[str | None, typer.Option(metavar="URL", help="Redis or Valkey that several processes share.")]
BaseUrlOption = Annotated[str | None, typer.Option(help="The forum's own address, for links.")]
ProxiesOption = Annotated[
    str | None,
    typer.Option(help="Networks whose X-Forwarded-* headers count.", show_default="127.0.0.0/8,::1/128"),
]
LogLevelOption = Annotated[str | None, typer.Option(help="debug, info, warning or error.", show_default="info")]
LogFormatOption = Annotated[str | None, typer.Option(help="json or text.", show_default="json")]


@application.command("serve")
@stoppable
def serve(
    data: DataOption = None,
    host: HostOption = None,
    port: PortOption = None,
    workers: WorkersOption = None,
    worker: WorkerOption = None,
    database: DatabaseOption = None,
    redis: RedisOption = None,
    base_url: BaseUrlOption = None,
    trusted_proxies: ProxiesOption = None,
    log_level: LogLevelOption = None,
    log_format: LogFormatOption = None,
    config: ConfigOption = None,
) -> None:
    """Serve the forum. SIGTERM finishes running requests and jobs, then ends.

    Every other setting is a flag as well, such as --max-body-bytes; the reference of settings lists them.
    """
    raise typer.Exit(serve_forum(locals()))
