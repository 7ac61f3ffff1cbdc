"""Where values come from before the database is open: flags, environment, TOML file. Texts only, unchecked.

Every source becomes a list of `Found`. Read next: `loading.py`, which orders and checks them.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from tertulia.settings.knob import Form, Setting
from tertulia.settings.table import PREFIX, settings_table

FILE_NAME = "tertulia.toml"
SECTIONS = ("process", "site")
# Read by this project's tests only; a developer's shell may hold them while a forum starts.
_OF_TESTS = "TERTULIA_TEST_"
_CORPUS = "TERTULIA_CORPUS"


class SettingsProblem(Exception):
    """Values that stop a start, all of them: one sentence each, which may be shown (secrets are masked)."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class Found(msgspec.Struct, frozen=True):
    """The text of one setting in one source; None where the source holds something that no text means."""

    name: str
    text: str | None
    origin: str


def from_flags(flags: Mapping[str, object]) -> list[Found]:
    """What the command line said. A flag that was not given is None.

    Raises SettingsProblem on unknown names.
    """
    given = {name: raw for name, raw in flags.items() if raw is not None}
    unknown = tuple(f"--{name.replace('_', '-')}: there is no such setting" for name in unknown_names(given))
    if unknown:
        raise SettingsProblem(unknown)
    return [Found(name, text_of(name, raw), _flag(name, raw)) for name, raw in given.items()]


def from_environment(environ: Mapping[str, str]) -> list[Found]:
    """What the environment says; a variable that is set to nothing is an empty value."""
    found = []
    for setting in settings_table().values():
        variable = next((each for each in setting.environment if each in environ), None)
        if variable is not None:
            found.append(Found(setting.name, environ[variable], f"environment {variable}"))
    return found


def environment_warnings(environ: Mapping[str, str]) -> list[str]:
    """A sentence for each TERTULIA_ variable that no setting reads, with the nearest one that is read."""
    known = {variable for setting in settings_table().values() for variable in setting.environment}
    return [
        f"environment {variable!r} is not a setting{_nearest(variable, known)}"
        for variable in sorted(environ)
        if variable.startswith(PREFIX) and variable not in known
        if not variable.startswith(_OF_TESTS) and variable != _CORPUS
    ]


def from_file(path: Path, *, required: bool) -> tuple[list[Found], list[str]]:
    """What a TOML file says, flat or in sections [process] and [site], and a warning for each unknown name.

    A missing file is an empty one unless it is required. Raises SettingsProblem when the file cannot be read,
    is not TOML, holds a setting in the wrong section or holds one twice.
    """
    entries = _entries(_document(path, required=required))
    table = settings_table()
    found: list[Found] = []
    problems: list[str] = []
    for section, name, raw in entries:
        setting = table.get(name)
        if setting is None:
            continue
        if section not in ("", setting.scope):
            problems.append(f"{name}: a {setting.scope} setting, but {path} has it in [{section}]")
        elif any(each.name == name for each in found):
            problems.append(f"{name}: {path} has it twice")
        found.append(Found(name, text_of(name, raw), f"file {path}"))
    if problems:
        raise SettingsProblem(tuple(problems))
    unknown = unknown_names(name for _, name, _ in entries)
    return found, [f"file {path}: {name!r} is not a setting{_nearest(name, table)}" for name in unknown]


def unknown_names(names: Iterable[str]) -> list[str]:
    """Those of `names` that are no settings, in order."""
    return [name for name in names if name not in settings_table()]


def text_of(name: str, raw: object) -> str | None:
    """The text that a value of TOML or of the command line stands for; None where there is none."""
    setting = settings_table()[name]
    if isinstance(raw, list | tuple):
        return _text_of_list(setting, raw)
    if isinstance(raw, bool):
        return "true" if raw else "false"
    return str(raw) if isinstance(raw, str | int | float | Path) else None


def _text_of_list(setting: Setting, raw: list[object] | tuple[object, ...]) -> str | None:
    if setting.form not in (Form.LIST, Form.NETWORKS):
        return None
    items = [str(item) for item in raw]
    return None if any("|" in item for item in items) else "|".join(items)


def _document(path: Path, *, required: bool) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        if not required:
            return {}
        raise SettingsProblem((f"config: there is no file {path}",)) from None
    except (OSError, ValueError, RecursionError) as error:  # not readable, not UTF-8, not TOML, too deep
        raise SettingsProblem((f"config: {path} cannot be read: {error}",)) from None


def _entries(document: dict[str, object]) -> list[tuple[str, str, object]]:
    entries: list[tuple[str, str, object]] = []
    for name, raw in document.items():
        if name in SECTIONS and isinstance(raw, dict):
            entries.extend((name, str(inner), value) for inner, value in raw.items())
        else:
            entries.append(("", name, raw))
    return entries


def _flag(name: str, raw: object) -> str:
    return f"flag --{'no-' if raw is False else ''}{name.replace('_', '-')}"


def _nearest(name: str, known: Iterable[str]) -> str:
    import difflib

    # Without the prefix that all variables share, and which would make any two of them look alike.
    by_tail = {each.removeprefix(PREFIX): each for each in known}
    near = difflib.get_close_matches(name.removeprefix(PREFIX), list(by_tail), n=1)
    return f"; did you mean {by_tail[near[0]]}?" if near else ""
