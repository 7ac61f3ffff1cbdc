"""Writes records as TOML, one record a line, so that a diff shows what changed upstream.

Only what the contract needs: strings, integers, booleans and lists of them. Reading is `tomllib`'s job.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

Value = str | int | bool | list[str] | list[int]


def value(given: Value) -> str:
    """Returns one TOML value. JSON strings are TOML basic strings as long as DEL is escaped too."""
    if isinstance(given, bool):
        return "true" if given else "false"
    if isinstance(given, list):
        return "[" + ", ".join(value(item) for item in given) + "]"
    return json.dumps(given, ensure_ascii=False).replace("\x7f", "\\u007f")


def record(fields: Mapping[str, Value]) -> str:
    """Returns an inline table without the fields that say nothing (empty text, empty list, false)."""
    kept = (f"{name} = {value(given)}" for name, given in fields.items() if given not in ("", [], False))
    return "{ " + ", ".join(kept) + " }"


def table(*, name: str, records: Iterable[Mapping[str, Value]], comment: str) -> str:
    """Returns a whole file: a comment, then `name = [...]` with a record a line."""
    head = "".join(f"# {line}\n" for line in comment.splitlines())
    return head + f"\n{name} = [\n" + "".join(f"  {record(fields)},\n" for fields in records) + "]\n"
