"""The command line: `tertulia COMMAND`. One file per command; scripts rely on names, exit codes and JSON.

`serve` and `run` are parsed here without typer, so that a server holds nothing it does not need.
Exit codes: 0 done, 1 failed, 2 wrong usage or settings, or a forum that exists already.
"""

from __future__ import annotations

import sys

_HELP = {"--help", "-h"}


def main() -> None:
    """The entry point of the command `tertulia` and of `python -m tertulia`."""
    arguments = sys.argv[1:]
    if arguments[:1] in (["serve"], ["run"]) and not _HELP & set(arguments):
        from tertulia.cli.serving import run_command, serve_command

        command = serve_command if arguments[0] == "serve" else run_command
        sys.exit(command(arguments[1:]))
    from tertulia.cli.commands import application

    application(prog_name="tertulia")
