"""`tertulia import`: brings the content of another forum."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from tertulia.cli.application import ConfigOption, DatabaseOption, DataOption, JsonOption, application, stoppable
from tertulia.cli.opening import load_flags, run_with_forum
from tertulia.cli.stopping import REFUSED, Stop, say
from tertulia.forum.unit import Ports
from tertulia.importers.discourse_archive import (
    ArchiveProblem,
    ImportRefused,
    ImportRequest,
    Progress,
    Report,
    import_archive,
)

imports = typer.Typer(help="Bring the content of another forum.", no_args_is_help=True)
application.add_typer(imports, name="import")


class _Meter:
    """Says how far an import is, once a second: on one line of a terminal, on a new line elsewhere."""

    def __init__(self) -> None:
        self.in_place = sys.stderr.isatty()
        self.said_at = 0.0

    def __call__(self, progress: Progress) -> None:
        now = time.monotonic()
        if now - self.said_at < 1 and progress.done < progress.total:
            return
        self.said_at = now
        left = f", {progress.seconds_left:.0f} s left" if progress.seconds_left is not None else ""
        line = f"{progress.done} of {progress.total} posts, {progress.rate:.0f} posts/s{left}"
        ending = "\r" if self.in_place and progress.done < progress.total else "\n"
        print(f"{line:<70}" if self.in_place else line, end=ending, file=sys.stderr, flush=True)


@imports.command("discourse-archive")
@stoppable
def discourse_archive(
    path: Annotated[Path, typer.Argument(help="The archive: a directory or a .tar.gz.")],
    data: DataOption = None,
    database: DatabaseOption = None,
    categories: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="JSON that names categories: id to name, or /site.json, /categories.json."),
    ] = None,
    offset_ids: Annotated[
        bool, typer.Option("--offset-ids", help="Give everything in the archive ids above those here.")
    ] = False,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Import an archive of a Discourse forum: json/ holds the bodies of /t/ID.json, raw/ the Markdown.

    Run it again after an interruption: it goes on where it was. Ends with a report of what was kept and what not.
    """
    loaded = load_flags({"data": data, "database": database, "config": config})

    async def work(ports: Ports) -> Report:
        request = ImportRequest(path=path, categories=categories, offset_ids=offset_ids)
        return await import_archive(request, open_unit=ports.unit, tell=_Meter())

    try:
        report = run_with_forum(loaded, work)
    except (ArchiveProblem, ImportRefused) as problem:
        raise Stop(str(problem), code=REFUSED) from problem
    except KeyboardInterrupt:
        say("Interrupted. What is here stays; run the same command again to go on.")
        raise typer.Exit(130) from None
    print(json.dumps(msgspec.to_builtins(report)) if as_json else "\n".join(report.lines()))
