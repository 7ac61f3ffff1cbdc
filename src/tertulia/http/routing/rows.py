"""One row of a route table, and the path template that it is found by.

Rows are written in each dialect's `routes.py`. Read next: `table.py`, which finds them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn

from tertulia.model.errors import NotFound

_SUFFIX = re.compile(r"\.[a-z0-9]+")
_PARAMETER = re.compile(r"\{([a-z_][a-z0-9_]*)(?::([a-z]+))?\}")
_ACCESS = ("anyone", "user", "staff", "admin")


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that may be asked. `path` is a template: `/t/{slug}/{id:int}`.

    Converters: `int` (64 bits), `username`, `name` (not blank), `str` (any segment, the default), `path` (all
    that is left). Raises ValueError for a template or an access word that is none.
    """

    method: str
    path: str
    handler: Callable[..., Any]
    formats: tuple[str, ...] = ("json",)
    scope: str | None = None
    access: str = "anyone"  # "anyone" | "user" | "staff" | "admin"
    query: type | None = None
    body: type | None = None
    answer: type | None = None
    status: int = 200
    name: str = ""
    summary: str = ""
    absent: str | None = None  # why the forum has no such thing
    suffixes: tuple[str, ...] = (".json",)  # only these are cut off the path
    dialect: str = ""
    csrf: bool = True
    limit: str = "default"  # "default" | "open" (to visitors of a closed site) | "asset" (open, counted apart) | "none"
    kept: str = ""  # "topic" (that the path names) | "list": visitors may be given an answer made a moment ago
    query_credentials: bool = False  # keys may also stand in query or body: feeds, calendars, received mail

    def __post_init__(self) -> None:
        parse_template(self.path)
        if not (self.method.isalpha() and self.method.isupper()):
            raise ValueError(f"{self}: the method is written in capitals")
        if not self.formats or len(set(self.formats)) < len(self.formats):
            raise ValueError(f"{self}: formats are one or more different words")
        if self.access not in _ACCESS:
            raise ValueError(f"{self}: access is one of {', '.join(_ACCESS)}")
        if not all(_SUFFIX.fullmatch(suffix) for suffix in self.suffixes):
            raise ValueError(f"{self}: a suffix is a dot and lower-case letters or digits")

    def __str__(self) -> str:
        where = f" ({self.dialect})" if self.dialect else ""
        return f"{self.method} {self.path} [{', '.join(self.formats)}]{where}"


async def _answer_absent(*_arguments: object) -> NoReturn:
    raise NotFound()


def absent(method: str, path: str, *, why: str, formats: tuple[str, ...] = ("json",), dialect: str = "") -> Row:
    """A row for what this forum does not have: it answers NotFound, and the ledger shows why."""
    return Row(method, path, _answer_absent, formats=formats, absent=why, dialect=dialect, csrf=False)


# -- templates --------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Parameter:
    """A segment of a template that stands for a value."""

    name: str
    converter: str


def parse_template(path: str) -> tuple[str | Parameter, ...]:
    """The segments of a template; ValueError names the one that is malformed."""
    if not path.startswith("/") or (path.endswith("/") and path != "/"):
        raise ValueError(f"{path}: a path begins with a slash and does not end with one")
    segments: list[str | Parameter] = []
    for segment in path[1:].split("/") if path != "/" else []:
        found = _PARAMETER.fullmatch(segment)
        if found is not None:
            segments.append(Parameter(found[1], found[2] or "str"))
        elif not segment or segment in (".", "..") or set(segment) & set("{}%?#"):
            raise ValueError(f"{path}: {segment!r} is neither a word nor a parameter")
        else:
            segments.append(segment)
    parameters = [segment for segment in segments if isinstance(segment, Parameter)]
    for parameter in parameters:
        if parameter.converter not in CONVERTERS:
            raise ValueError(f"{path}: {parameter.converter} is not one of {', '.join(CONVERTERS)}")
        if parameter.converter == "path" and parameter is not segments[-1]:
            raise ValueError(f"{path}: {parameter.name} takes the rest, so nothing may follow")
    if len({parameter.name for parameter in parameters}) < len(parameters):
        raise ValueError(f"{path}: two parameters have one name")
    return tuple(segments)


def _to_int(segment: str) -> int | None:
    if not _INT.fullmatch(segment):
        return None
    number = int(segment)
    # Beyond 64 bits no row of any table can be meant, and databases refuse such numbers loudly.
    return number if -(2**63) <= number < 2**63 else None


def _to_username(segment: str) -> str | None:
    return segment if _USERNAME.fullmatch(segment) else None


def _to_name(segment: str) -> str | None:
    return segment if segment.strip() else None


def _to_str(segment: str) -> str | None:
    return segment


_INT = re.compile(r"-?[0-9]{1,19}")
_USERNAME = re.compile(r"[\w.\-]{1,255}")
CONVERTERS: dict[str, Callable[[str], str | int | None]] = {  # the narrowest first: the order of the search
    "int": _to_int,
    "username": _to_username,
    "name": _to_name,
    "str": _to_str,
    "path": _to_str,
}
