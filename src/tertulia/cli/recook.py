"""`tertulia recook`: posts that an older version cooked are cooked again."""

from __future__ import annotations

import asyncio
import signal
import sys
import time
from typing import Annotated

import typer

from tertulia.cli.application import ConfigOption, DatabaseOption, DataOption, application, stoppable
from tertulia.cli.opening import load_flags, run_with_forum
from tertulia.cli.stopping import say
from tertulia.forum.cooking import VERSION
from tertulia.forum.page_forms.keeping import renew_page_forms
from tertulia.forum.recooking import Recook, put_recooking, recook_all
from tertulia.forum.unit import Ports


class _Meter:
    """Says once a second on standard error how far it is."""

    def __init__(self) -> None:
        self.said_at = 0.0

    def __call__(self, done: int, total: int) -> None:
        now = time.monotonic()
        if now - self.said_at >= 1:
            self.said_at = now
            say(f"{done} of {total} posts")


@application.command("recook")
@stoppable
def recook(
    since: Annotated[
        int,
        typer.Option(
            "--since", metavar="VERSION", min=1, max=VERSION, help="The version of cooking that brought the change."
        ),
    ] = VERSION,
    imported: Annotated[
        bool, typer.Option("--imported", help="Also posts that still have the HTML of the forum they came from.")
    ] = False,
    later: Annotated[bool, typer.Option("--later", help="Leave it to the worker, and end at once.")] = False,
    data: DataOption = None,
    database: DatabaseOption = None,
    config: ConfigOption = None,
) -> None:
    """Cook posts again that were cooked before a version of cooking; without --since, before the present one.

    The forms that pages keep of posts are renewed where their rules changed. Nobody is notified, nothing is bumped.
    May run while the forum is served, and may be interrupted: run it again to go on. Posts that were imported
    without their Markdown stay as they are.
    """
    wanted = Recook(before=since, imported=imported)
    loaded = load_flags({"data": data, "database": database, "config": config})
    if later:
        run_with_forum(loaded, lambda ports: _put(ports, wanted))
        print("Left to the worker.")
        return
    done, renewed, ended = run_with_forum(loaded, lambda ports: _cook(ports, wanted))
    print(f"{done} posts cooked again.")
    if renewed:
        print(f"{renewed} posts have a new form for pages.")
    if not ended:
        say("Interrupted. Run the same command again to go on.")
        raise typer.Exit(130)


async def _put(ports: Ports, wanted: Recook) -> None:
    async with ports.unit() as unit:
        await put_recooking(unit, wanted)
        await unit.commit()


async def _cook(ports: Ports, wanted: Recook) -> tuple[int, int, bool]:
    """How many were cooked, how many forms for pages renewed, and whether it came to the end.

    Ends after the slice it is in when the process is asked to."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    signals = (signal.SIGINT, signal.SIGTERM) if sys.platform != "win32" else ()
    for each in signals:
        loop.add_signal_handler(each, stop.set)
    try:
        done, ended = await recook_all(wanted, open_unit=ports.unit, tell=_Meter(), stopped=stop.is_set)
        renewed, ended = await renew_page_forms(open_unit=ports.unit, stopped=stop.is_set) if ended else (0, False)
        return done, renewed, ended
    finally:
        for each in signals:
            loop.remove_signal_handler(each)
