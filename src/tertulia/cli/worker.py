"""`tertulia worker`: runs background jobs in a process of its own."""

from __future__ import annotations

import asyncio
import signal
from typing import Annotated

import typer

from tertulia.cli.application import ConfigOption, DatabaseOption, DataOption, application, stoppable
from tertulia.cli.opening import load_flags, run_with_forum
from tertulia.cli.serve import LogFormatOption, LogLevelOption, RedisOption
from tertulia.forum.unit import Ports
from tertulia.telemetry.logs import set_up_logs
from tertulia.worker import Worker


@application.command("worker")
@stoppable
def worker(
    data: DataOption = None,
    database: DatabaseOption = None,
    redis: RedisOption = None,
    once: Annotated[bool, typer.Option("--once", help="Run what is due, then end.")] = False,
    log_level: LogLevelOption = None,
    log_format: LogFormatOption = None,
    config: ConfigOption = None,
) -> None:
    """Run background jobs until SIGTERM; a running job is finished first."""
    flags = {"data": data, "database": database, "redis": redis, "log_level": log_level, "log_format": log_format}
    loaded = load_flags({**flags, "config": config})
    set_up_logs(level=loaded.process.log_level, form=loaded.process.log_format)

    async def work(ports: Ports) -> None:
        running = Worker(ports)
        if once:
            print(f"{await running.drain()} jobs run")
            return
        loop = asyncio.get_running_loop()
        stops: set[asyncio.Task[None]] = set()
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, lambda: stops.add(loop.create_task(running.stop())))
        await running.run()
        await asyncio.gather(*stops)

    run_with_forum(loaded, work)
