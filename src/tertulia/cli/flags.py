"""Flags of `serve` and `run`: one for every setting, read without typer so that a server stays small."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tertulia.cli.stopping import REFUSED, Stop
from tertulia.settings import Form, settings_table


def parse_flags(arguments: Sequence[str], *, command: str) -> Mapping[str, object]:
    """Settings by name: `--port 4300`, `--port=4300`, `--no-worker`. Raises Stop for anything else."""
    flags: dict[str, object] = {}
    rest = list(arguments)
    while rest:
        given, has_value, value = rest.pop(0).partition("=")
        name = given.removeprefix("--").replace("-", "_")
        setting = settings_table().get(name)
        if given.startswith("--no-") and setting is None:
            setting = settings_table().get(name.removeprefix("no_"))
            if setting is not None and setting.form is Form.BOOLEAN and not has_value:
                flags[setting.name] = False
                continue
        if not given.startswith("--") or setting is None:
            raise Stop(f"{command}: there is no option {given}; `tertulia {command} --help` lists them", code=REFUSED)
        if setting.form is Form.BOOLEAN and not has_value:
            flags[name] = True
            continue
        if not has_value and not rest:
            raise Stop(f"{command}: {given} needs a value", code=REFUSED)
        flags[name] = value if has_value else rest.pop(0)
    return flags
