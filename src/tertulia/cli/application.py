"""The typer application that every command registers with, and the options that commands share."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, ParamSpec, TypeVar

import typer

from tertulia import __version__
from tertulia.cli.stopping import Stop, say

Parameters = ParamSpec("Parameters")
ResultT = TypeVar("ResultT")

application = typer.Typer(
    name="tertulia",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _say_version(wanted: bool) -> None:
    if wanted:
        print(f"tertulia {__version__}")
        raise typer.Exit


@application.callback()
def tertulia(
    version: Annotated[
        bool, typer.Option("--version", callback=_say_version, is_eager=True, help="Print the version and end.")
    ] = False,
) -> None:
    """A forum server that speaks Discourse's HTTP API and NodeBB's APIs over one content."""


DataOption = Annotated[
    Path | None, typer.Option("--data", metavar="DIR", help="Directory that holds the forum.", show_default="data")
]
DatabaseOption = Annotated[
    str | None,
    typer.Option("--database", metavar="URL", help="PostgreSQL instead of SQLite: postgresql://user@host/name."),
]
ConfigOption = Annotated[
    str | None,
    typer.Option("--config", metavar="FILE", help="TOML file of settings.", show_default="DIR/tertulia.toml"),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for scripts.")]


def stoppable(command: Callable[Parameters, ResultT]) -> Callable[Parameters, ResultT]:
    """Lets a command end by raising Stop: its message on standard error, its code as exit code."""

    @functools.wraps(command)
    def run(*arguments: Parameters.args, **options: Parameters.kwargs) -> ResultT:
        try:
            return command(*arguments, **options)
        except Stop as stop:
            say(f"tertulia: {stop}")
            raise typer.Exit(stop.code) from None
        except KeyboardInterrupt:
            say("interrupted")
            raise typer.Exit(130) from None

    return run
