"""The page `docs/reference/cli.md`, rendered from the commands themselves; a test compares the two.

To write it again: `python -m tertulia.cli.reference > docs/reference/cli.md`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import typer.main

_HEAD = """\
# The command line

<!-- Rendered by tertulia.cli.reference from the commands. Do not edit. -->

Scripts may rely on the names, options, exit codes and JSON of this page. With `--json` the last line of standard
output is one JSON document; progress, warnings and problems go to standard error.

| exit code | meaning |
|---|---|
| 0 | done |
| 1 | failed; standard error says why |
| 2 | wrong usage or settings, or what is asked for exists already; nothing was changed |
| 130 | interrupted |

`--data`, `--database` and every other setting may also come from the environment or a file, see
[Settings](settings.md). `serve` and `run` take every setting as a flag.
"""


def render_reference() -> str:
    """The whole page in Markdown, ending with a line feed."""
    from tertulia.cli.commands import application

    root = typer.main.get_command(application)
    parts = [_HEAD]
    for path, command in sorted(_commands(root, ("tertulia",)), key=lambda found: found[0]):
        parts.append(_section(path, command))
    return "".join(parts)


def _commands(command: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    below: dict[str, Any] = getattr(command, "commands", {})
    if len(path) > 1 and (not below or command.invoke_without_command):
        yield path, command
    for name, child in below.items():
        yield from _commands(child, (*path, name))


def _section(path: tuple[str, ...], command: Any) -> str:
    arguments = [each for each in command.params if each.param_type_name == "argument"]
    options = [each for each in command.params if each.param_type_name == "option"]
    shown = " ".join(["`" + " ".join(path), *(each.name.upper() for each in arguments), "[OPTIONS]`"])
    text = " ".join((command.help or "").split())
    lines = [f"\n## {' '.join(path)}\n\n{shown}\n\n{text}\n\n"]
    lines += ["| option | meaning | default |\n|---|---|---|\n"] if arguments or options else []
    lines += [f"| `{each.name.upper()}` | {each.help or ''} | must be given |\n" for each in arguments]
    lines += [_row(each) for each in options]
    return "".join(lines)


def _row(option: Any) -> str:
    names = ", ".join(f"`{name}`" for name in (*option.opts, *option.secondary_opts))
    metavar = "" if option.is_flag else f" {option.metavar or option.name.upper()}"
    return f"| {names}{metavar} | {option.help or ''} | {_default(option)} |\n"


def _default(option: Any) -> str:
    if option.required:
        return "must be given"
    if isinstance(option.show_default, str):
        return f"`{option.show_default}`"
    default = getattr(option.default, "value", option.default)
    return "" if default in (None, False, "", ()) or option.multiple else f"`{default}`"


if __name__ == "__main__":
    print(render_reference(), end="")
